// The engine by itself: prints the links, then every change of links and addresses until it is interrupted.

import { openKernel } from 'vintage-net/kernel'

const kernel = await openKernel({ netns: process.argv[2] })
const abort = new AbortController()
process.once('SIGINT', () => abort.abort())

for await (const change of kernel.watch({ signal: abort.signal })) {
  switch (change.type) {
    case 'snapshot':
      for (const link of change.links) console.log(`${link.ifindex} ${link.ifname} ${link.operstate}`)
      console.log('watching')
      break
    case 'link':
      console.log(`${change.ifname} ${change.lowerUp ? 'has carrier' : 'has no carrier'}`)
      break
    case 'address':
    case 'addressGone':
      console.log(`${change.type} ${change.address}/${change.prefixLength}`)
      break
  }
}

await kernel.close()
