/** The contract on the real kernel, in namespaces of the run's own; and what only the real one does. */

import { existsSync } from 'node:fs'
import { release } from 'node:os'
import * as assert from 'uvu/assert'
import type { KernelCommand } from '../../lib/kernel/messages.js'
import { openKernel } from '../../lib/kernel/native-kernel.js'
import type { DesiredTable } from '../../lib/kernel/replace-table.js'
import { skip } from '../support/skip.js'
import { kernelContract } from './contract.js'
import { lackingKinds, realWorld, UNPRIVILEGED } from './real-world.js'
import { printResults } from './unprivileged.js'
import { addPair, codes, mustBeExact, mustSend } from './world.js'

/** Then nothing but results may be printed. */
const unprivileged = process.argv[2] === UNPRIVILEGED

const contract = kernelContract('real kernel', realWorld, {
  lacking: unprivileged ? new Set() : await lackingKinds(),
  release: release(),
})

/** Each `ip` command, one after the other; the mirror must be exact after each. */
function foreignScript(title: string, lines: readonly string[], first: readonly KernelCommand[] = []): void {
  contract(title, async () => {
    const world = await realWorld()
    try {
      await addPair(world.kernel)
      await mustSend(world.kernel, [
        { type: 'addAddress', ifname: 'v0', address: '192.0.2.2', prefixLength: 24 },
        { type: 'addAddress', ifname: 'v0', address: '2001:db8::2', prefixLength: 64 },
        ...first,
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

/** Routes of two protocols and one key, which only `append` makes: the foreign one first, then ours. */
for (const [family, theirs, ours, wanted] of [
  [4, 'via 192.0.2.1', '192.0.2.5', '192.0.2.7'],
  [6, 'dev v1', '2001:db8::5', '2001:db8::7'],
] as const) {
  contract(
    `replaceTable leaves a foreign route alone that stands before ours of the same key: IPv${family}`,
    async () => {
      const world = await realWorld()
      const { kernel } = world
      try {
        await addPair(kernel)
        await mustSend(kernel, [
          { type: 'addAddress', ifname: 'v0', address: '192.0.2.2', prefixLength: 24 },
          { type: 'addAddress', ifname: 'v0', address: '2001:db8::2', prefixLength: 64 },
        ])
        const route = (verb: string, way: string, protocol: number): Promise<unknown> =>
          world.namespace.ip(...`-${family} route ${verb} default ${way} table 100 proto ${protocol}`.split(' '))
        await route('add', theirs, 9)
        const foreign = await kernel.routes({ table: 100 })
        await route('append', `via ${ours} dev v0`, 183)
        const to = (gateway: string): DesiredTable => ({
          ...{ table: 100, family, protocol: 183 },
          routes: [{ destination: 'default', gateway, ifname: 'v0' }],
        })
        const { unchanged, refused } = await kernel.replaceTable(to(ours))
        assert.equal([unchanged, refused], [1, []])
        for (const deleted of [1, 0]) {
          const done = await kernel.replaceTable(to(wanted))
          assert.equal([done.deleted, done.added, done.replaced, codes(done.refused)], [deleted, 0, 0, ['EEXIST']])
          assert.equal(await kernel.routes({ table: 100 }), foreign)
        }
        await mustBeExact(world)
      } finally {
        await world.dispose()
      }
    },
  )
}

const silentTitle = 'IPv6 routes that go without a word with the IPv6 of their link: the mirror finds out'
const silentPath = ['ipv6', 'route', 'skip_notify_on_dev_down']
if (existsSync(`/proc/sys/net/${silentPath.join('/')}`)) {
  const anew = ['addr add 2001:db8::2/64 dev v0', does('add', to6, '1')]
  const silent = { type: 'setSysctl', path: silentPath, value: '1' } as const
  foreignScript(
    silentTitle,
    [does('add', to6, '1'), 'link set v0 down', 'link set v0 up', ...anew]
      .concat(['link set v0 mtu 1200', 'link set v0 mtu 1500', ...anew])
      .concat(['link del v0']),
    [silent],
  )
} else if (!unprivileged) skip(contract, silentTitle, 'a user namespace is not shown the sysctl')

contract('a namespace that does not exist is refused at open', async () => {
  const error = await openKernel({ netns: '/run/netns/none' }).catch((thrown: unknown) => thrown)
  assert.match(String(error), /NetworkError: .*ENOENT/)
})

contract('hwPath tells nothing of a namespace that /sys does not show', async () => {
  const world = await realWorld()
  try {
    // Both have a link of this name and index.
    assert.is(await world.kernel.hwPath('lo'), '')
    const own = await openKernel({ netns: process.pid })
    try {
      assert.is(await own.hwPath('lo'), '/devices/virtual')
    } finally {
      await own.close()
    }
  } finally {
    await world.dispose()
  }
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

if (unprivileged) await printResults(process.argv[3] ?? '[]')
else contract.run()
