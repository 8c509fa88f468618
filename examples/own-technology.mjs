// A technology of your own: `normalize` checks the configuration, `plan` says what it means. This one makes a bridge.
// Options of VintageNet.start can be given as a JSON file. Ends when the bridge is there and gone again.

import { readFileSync } from 'node:fs'
import { makePlan, NetworkError, VintageNet } from 'vintage-net'

const given = process.argv[2] === undefined ? {} : JSON.parse(readFileSync(process.argv[2], 'utf8'))

const bridge = {
  type: 'my-bridge',
  normalize(config) {
    if (typeof config.ports !== 'undefined' && !Array.isArray(config.ports)) {
      throw new NetworkError('ERR_INVALID_CONFIG', 'ports: expected a list of interface names', { field: 'ports' })
    }
    return { type: 'my-bridge', ports: config.ports ?? [] }
  },
  plan(ifname, config) {
    const kernel = (command) => ({ type: 'kernel', command })
    return makePlan({
      ifname,
      type: 'my-bridge',
      source: config,
      requires: config.ports,
      up: [
        kernel({ type: 'addLink', ifname, kind: 'bridge' }),
        ...config.ports.map((port) => kernel({ type: 'setLink', ifname: port, master: ifname })),
        kernel({ type: 'setLink', ifname, up: true }),
      ],
      down: [kernel({ type: 'deleteLink', ifname })],
      connectivity: 'lan',
    })
  },
}

const net = await VintageNet.start({ ...given, technologies: [bridge] })
await net.configure('br0', { type: 'my-bridge', ports: ['eth0'] }, { persist: false })
await net.until(['interface', 'br0', 'state'], 'configured', { deadlineMs: 10_000 })
console.log(`br0 is there: ${net.get(['interface', 'br0', 'present'])}`)
await net.stop()
console.log('stopped')
