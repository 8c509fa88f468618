/** After a crash: removes the addresses that an earlier run had added, and no others. */

import type { Logger } from '../base/logger.js'
import { NetworkError } from '../errors.js'
import type { Kernel } from '../kernel/kernel.js'
import { OUR_PROTOCOL } from '../kernel/messages.js'
import type { Ledger } from '../supervision/ledger.js'
import { deleteAddresses } from './delete-addresses.js'

export interface LeftoverDeps {
  readonly kernel: Kernel
  readonly ledger: Ledger
  readonly logger: Logger
}

interface Leftover {
  readonly address: string
  readonly prefixLength: number
}

/** An address is ours when the kernel says so (IFA_PROTO, 5.18 and later) or the ledger does. */
export async function removeLeftoverAddresses({ kernel, ledger, logger }: LeftoverDeps): Promise<void> {
  const marked = kernel.mirror.addresses().flatMap((address) => {
    const ifname = kernel.mirror.link(address.ifindex)?.ifname
    return address.protocol === OUR_PROTOCOL && ifname !== undefined ? [{ ...address, ifname }] : []
  })
  // Where the kernel knows who added an address, its word holds: the note may be of one that was removed and added anew.
  const knowsOwners = kernel.mirror.addresses().some((address) => address.protocol !== 0)
  const noted = knowsOwners
    ? []
    : ledger.addresses.filter((address) => kernel.mirror.linkByName(address.ifname) !== undefined)
  const byLink = new Map<string, Map<string, Leftover>>()
  for (const { ifname, address, prefixLength } of [...marked, ...noted]) {
    const known = byLink.get(ifname) ?? new Map<string, Leftover>()
    byLink.set(ifname, known.set(`${address}/${prefixLength}`, { address, prefixLength }))
  }
  for (const [ifname, leftovers] of byLink) {
    const results = await deleteAddresses(kernel, { ifname, addresses: [...leftovers.values()] })
    for (const [index, address] of [...leftovers.keys()].entries()) {
      const result = results[index]
      if (result instanceof NetworkError) logger.debug({ ifname, address }, `leftover address: ${result.message}`)
      else logger.info({ ifname, address }, 'removed an address that an earlier run had left behind')
    }
  }
  for (const address of [...ledger.addresses]) await ledger.removeAddress(address)
}
