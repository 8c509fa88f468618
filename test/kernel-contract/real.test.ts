/** The contract on the real kernel, in namespaces of the run's own; and what only the real one does. */

import { release } from 'node:os'
import * as assert from 'uvu/assert'
import { openKernel } from '../../lib/kernel/native-kernel.js'
import { kernelContract } from './contract.js'
import { lackingKinds, realWorld, UNPRIVILEGED } from './real-world.js'
import { printResults } from './unprivileged.js'
import { addPair, mustBeExact, mustSend } from './world.js'

const contract = kernelContract('real kernel', realWorld, {
  lacking: process.argv[2] === UNPRIVILEGED ? new Set() : await lackingKinds(),
  release: release(),
})

/** Each `ip` command, one after the other; the mirror must be exact after each. */
function foreignScript(title: string, lines: readonly string[]): void {
  contract(title, async () => {
    const world = await realWorld()
    try {
      await addPair(world.kernel)
      await mustSend(world.kernel, [
        { type: 'addAddress', ifname: 'v0', address: '192.0.2.2', prefixLength: 24 },
        { type: 'addAddress', ifname: 'v0', address: '2001:db8::2', prefixLength: 64 },
      ])
      for (const line of lines) {
        await world.namespace.ip(...line.split(' '))
        // A dump stands behind what was done before it, so the mirror has read the events of it.
        await world.kernel.links()
        await mustBeExact(world)
      }
    } finally {
      await world.dispose()
    }
  })
}

const to4 = 'route KIND 203.0.113.0/24 via 192.0.2.'
const to6 = 'route KIND 2001:db8:1::/64 via 2001:db8::'
const does = (kind: string, text: string, host: string): string => `${text.replace('KIND', kind)}${host}`

foreignScript('IPv4 twins: append, prepend, replace and delete keep the mirror exact', [
  does('add', to4, '1'),
  does('append', to4, '5'),
  does('prepend', to4, '6'),
  does('replace', to4, '7'),
  does('change', to4, '8'),
  does('del', to4, '5'),
  'route replace blackhole 203.0.113.0/24',
  'route del 203.0.113.0/24',
])

foreignScript('IPv6 hops: append makes a multipath route, deleting hops unmakes it', [
  does('add', to6, '1'),
  does('append', to6, '5'),
  does('append', to6, '6'),
  does('del', to6, '5'),
  does('del', to6, '6'),
  does('append', to6, '7'),
  does('replace', to6, '8'),
  'route append 2001:db8:1::/64 dev v0',
  does('replace', to6, '9'),
  'route del 2001:db8:1::/64',
])

foreignScript('nexthop objects and their routes vanish with the carrier; the mirror finds out', [
  'nexthop add id 7 via 192.0.2.1 dev v0',
  'route add 203.0.113.0/24 nhid 7',
  'link set v1 down',
  'link set v1 up',
])

foreignScript('a multipath route over two links stays exact while they come and go', [
  'addr add 198.51.100.2/24 dev v1',
  'route add 203.0.113.0/24 nexthop via 192.0.2.1 dev v0 nexthop via 198.51.100.1 dev v1',
  'link set v0 down',
  'link set v1 down',
  'link set v0 up',
])

contract('a namespace that does not exist is refused at open', async () => {
  const error = await openKernel({ netns: '/run/netns/none' }).catch((thrown: unknown) => thrown)
  assert.match(String(error), /NetworkError: .*ENOENT/)
})

contract('the pid of a process names its namespace', async () => {
  const world = await realWorld()
  try {
    await addPair(world.kernel)
    const child = await world.start('sh', '-c', 'echo entered; exec sleep 60')
    const kernel = await openKernel({ netns: child.pid })
    const indices = kernel.mirror.links().map(({ ifindex }) => ifindex)
    await kernel.close()
    assert.equal(
      indices.sort((a, b) => a - b),
      [1, 10, 20],
    )
  } finally {
    await world.dispose()
  }
})

if (process.argv[2] === UNPRIVILEGED) await printResults(process.argv[3] ?? '[]')
else contract.run()
