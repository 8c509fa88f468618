/** After a crash: removes the addresses that an earlier run had added, and no others. */

import type { Logger } from '../base/logger.js'
import { NetworkError } from '../errors.js'
import type { Kernel } from '../kernel/kernel.js'
import { type AddressCommand, OUR_PROTOCOL } from '../kernel/messages.js'
import type { Ledger } from '../supervision/ledger.js'

export interface LeftoverDeps {
  readonly kernel: Kernel
  readonly ledger: Ledger
  readonly logger: Logger
}

/** An address is ours when the kernel says so (IFA_PROTO, 5.18 and later) or the ledger does. */
export async function removeLeftoverAddresses({ kernel, ledger, logger }: LeftoverDeps): Promise<void> {
  const marked = kernel.mirror.addresses().flatMap((address) => {
    const ifname = kernel.mirror.link(address.ifindex)?.ifname
    return address.protocol === OUR_PROTOCOL && ifname !== undefined ? [{ ...address, ifname }] : []
  })
  const noted = ledger.addresses.filter((address) => kernel.mirror.linkByName(address.ifname) !== undefined)
  const leftovers = new Map(
    [...marked, ...noted].map(({ ifname, address, prefixLength }) => [
      `${ifname} ${address}/${prefixLength}`,
      { type: 'deleteAddress', ifname, address, prefixLength } satisfies AddressCommand,
    ]),
  )
  const results = await kernel.send([...leftovers.values()])
  for (const [index, name] of [...leftovers.keys()].entries()) {
    const result = results[index]
    if (result instanceof NetworkError) logger.debug({ address: name }, `leftover address: ${result.message}`)
    else logger.info({ address: name }, 'removed an address that an earlier run had left behind')
  }
  for (const address of [...ledger.addresses]) await ledger.removeAddress(address)
}
