/** Deletes addresses of ours without taking others along. */

import type { CommandResult, Kernel } from '../kernel/kernel.js'
import type { AddressCommand, KernelCommand } from '../kernel/messages.js'

export interface AddressDeletion {
  /** The link of all the addresses. */
  readonly ifname: string
  readonly addresses: readonly { readonly address: string; readonly prefixLength: number }[]
  /** What is sent right behind the deletions. */
  readonly followedBy?: readonly KernelCommand[] | undefined
}

/**
 * Deletes the addresses, and resolves with one result for each of them.
 *
 * Deleting the primary address of an IPv4 subnet deletes its secondaries too, whoever added them, unless the kernel is
 * told to promote one of them (ip-sysctl, promote_secondaries). So it is told so for as long as it takes. Where the
 * setting cannot be written (a read-only /proc/sys), the kernel does as it always does.
 */
export async function deleteAddresses(kernel: Kernel, deletion: AddressDeletion): Promise<CommandResult[]> {
  const { ifname, addresses, followedBy = [] } = deletion
  if (addresses.length === 0) return []
  const path = ['ipv4', 'conf', ifname, 'promote_secondaries']
  const before = await kernel.readSysctl(path).catch(() => undefined)
  const promote = (value: string): KernelCommand[] => (before === '0' ? [{ type: 'setSysctl', path, value }] : [])
  const deletions = addresses.map(
    ({ address, prefixLength }): AddressCommand => ({ type: 'deleteAddress', ifname, address, prefixLength }),
  )
  const results = await kernel.send([...promote('1'), ...deletions, ...followedBy, ...promote('0')])
  const first = promote('1').length
  return results.slice(first, first + deletions.length)
}
