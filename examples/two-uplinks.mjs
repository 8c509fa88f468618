// Two Ethernet interfaces by DHCP; prints each change of their connection until it is interrupted.
// Options of VintageNet.start can be given as a JSON file.

import { readFileSync } from 'node:fs'
import { VintageNet } from 'vintage-net'

const given = process.argv[2] === undefined ? {} : JSON.parse(readFileSync(process.argv[2], 'utf8'))

const net = await VintageNet.start({
  config: { eth0: { type: 'ethernet' }, eth1: { type: 'ethernet' } },
  ...given,
})

net.subscribe(['interface', '*', 'connection'], ({ path, oldValue, newValue }) => {
  console.log(`${path[1]}: ${oldValue ?? 'unknown'} → ${newValue}`)
})

process.once('SIGINT', () => net.stop())

await net.until(['connection'], 'internet', { deadlineMs: 30_000 })
console.log(`online by ${net.get(['available_interfaces']).join(', then ')}`)
