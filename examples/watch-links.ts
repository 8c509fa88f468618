// Prints what changes in the links and addresses of a network namespace until it is interrupted.
// node --import tsx examples/watch-links.ts [NETNS [RECEIVE_BUFFER_BYTES]]
// NETNS is a path or the pid of a process in it; by default the namespace is our own.

import { type Address, type KernelChange, type KernelSnapshot, type Link, openKernel } from 'vintage-net/kernel'

const [netns, bytes] = process.argv.slice(2)
const kernel = await openKernel({
  netns: netns !== undefined && /^\d+$/.test(netns) ? Number(netns) : netns,
  receiveBufferBytes: bytes === undefined ? undefined : Number(bytes),
})
const abort = new AbortController()
process.once('SIGINT', () => abort.abort())

function describe(link: Link): string {
  const master = link.master === undefined ? '' : ` in ${nameOf(link.master)}`
  return `${link.ifname}${master}: ${link.up ? 'up' : 'down'}, ${link.lowerUp ? 'carrier' : 'no carrier'}`
}

function nameOf(ifindex: number): string {
  return kernel.mirror.link(ifindex)?.ifname ?? `link ${ifindex}`
}

function place(address: Address): string {
  return `${address.address}/${address.prefixLength} on ${nameOf(address.ifindex)}`
}

function print(change: KernelSnapshot | KernelChange): void {
  switch (change.type) {
    case 'snapshot':
      for (const link of change.links) console.log(describe(link))
      for (const address of change.addresses) console.log(place(address))
      console.log('watching')
      break
    case 'link':
      console.log(`${change.previous === undefined ? '+' : '~'} ${describe(change)}`)
      break
    case 'linkGone':
      console.log(`- ${change.ifname}`)
      break
    case 'address':
      console.log(`+ ${place(change)}`)
      break
    case 'addressGone':
      console.log(`- ${place(change)}`)
      break
    case 'overrun':
      // Nothing to repair: what was missed comes as ordinary changes, as soon as the kernel has been asked again.
      console.log('overrun: notifications were lost, the differences follow')
      break
  }
}

for await (const change of kernel.watch({ signal: abort.signal })) print(change)
await kernel.close()
console.log('ended')
