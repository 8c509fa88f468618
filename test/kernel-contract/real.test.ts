/** The contract on the real kernel, in namespaces of the run's own; and what only the real one does. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import type { Kernel } from '../../lib/kernel/kernel.js'
import type { AddLink, KernelCommand } from '../../lib/kernel/messages.js'
import { openKernel } from '../../lib/kernel/native-kernel.js'
import { mustRun } from '../support/lab/command.js'
import { freshNamespace, type Namespace } from '../support/world.js'
import { kernelContract } from './contract.js'
import { viewOfIp, viewOfMirror } from './ip-view.js'
import { addPair, codes, mustBeExact, mustSend, type World, type WorldOptions } from './world.js'

/** linkwatch gathers carrier changes for up to a second. */
const PATIENCE_MS = 5_000
/**
 * While JavaScript stands still the engine queues 16,384 events and then reads no more, so that the socket overflows.
 * Each address of a round is two events when it comes and two when it goes: 32,000 events, twice the queue.
 */
const FLOOD_ROUNDS = 40
const FLOOD_ADDRESSES = 200

const LISTENER = `const server = require('node:net').createServer((socket) => socket.destroy())
server.listen(0, '127.0.0.1', () => console.log(server.address().port))`

class RealWorld implements World {
  readonly namespace: Namespace
  readonly kernel: Kernel
  readonly patienceMs = PATIENCE_MS
  readonly #ends: (() => unknown)[] = []

  constructor(namespace: Namespace, kernel: Kernel) {
    this.namespace = namespace
    this.kernel = kernel
  }

  async openSecond(): Promise<Kernel> {
    const kernel = await openKernel({ netns: this.namespace.path })
    this.#ends.push(() => kernel.close())
    return kernel
  }

  async foreign(commands: readonly KernelCommand[]): Promise<void> {
    const kernel = await openKernel({ netns: this.namespace.path })
    try {
      await mustSend(kernel, commands)
    } finally {
      await kernel.close()
    }
  }

  async sendUnprivileged(commands: readonly KernelCommand[]) {
    const program = fileURLToPath(new URL('./unprivileged.ts', import.meta.url))
    const node = [process.execPath, '--import', 'tsx', program, JSON.stringify(commands)]
    // Of a check with a sanitizer: the library that the addon needs.
    const preload = process.env['VINTAGE_NET_PRELOAD']
    if (preload !== undefined) node.unshift('env', `LD_PRELOAD=${preload}`)
    const args = ['--bounding-set', '-net_admin', '--inh-caps', '-net_admin', ...node]
    return JSON.parse(await mustRun(...this.namespace.command('setpriv', ...args))) as {
      code: string
      errno?: number
    }[]
  }

  async overrun(last: KernelCommand): Promise<void> {
    const hosts = Array.from({ length: FLOOD_ADDRESSES }, (_, host) => `198.51.100.${host + 1}/24 dev v0`)
    // Deleting the primary deletes all of its secondaries.
    const round = [...hosts.map((host) => `addr add ${host}`), `addr del ${hosts[0]}`]
    this.namespace.ipBatchSync(Array.from({ length: FLOOD_ROUNDS }, () => round).flat())
    await this.foreign([last])
  }

  async listen(): Promise<number> {
    const { line } = await this.start(process.execPath, '-e', LISTENER)
    return Number(line)
  }

  /** Starts a program in the namespace, ended with the world; resolves when it has printed its first line. */
  async start(
    program: string,
    ...args: string[]
  ): Promise<{ readonly pid: number | undefined; readonly line: string }> {
    const child = spawn(...this.namespace.command(program, ...args), { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#ends.push(() => child.kill('SIGKILL'))
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    return { pid: child.pid, line: line.toString() }
  }

  async addSilentHost(): Promise<void> {
    const host = ['192.0.2.99', 'lladdr', '02:00:00:00:00:99', 'dev', 'v0', 'nud', 'permanent']
    await this.namespace.ip('neighbour', 'add', ...host)
  }

  async compareWithOthers(): Promise<void> {
    assert.equal(viewOfMirror(this.kernel.mirror), await viewOfIp(this.namespace))
  }

  async dispose(): Promise<void> {
    await this.kernel.close()
    for (const end of this.#ends.reverse()) await end()
    await this.namespace.delete()
  }
}

async function realWorld({ receiveBufferBytes, follow }: WorldOptions = {}): Promise<RealWorld> {
  const namespace = await freshNamespace()
  try {
    return new RealWorld(namespace, await openKernel({ netns: namespace.path, receiveBufferBytes, follow }))
  } catch (thrown) {
    await namespace.delete()
    throw thrown
  }
}

/** Which of the kinds that the contract speaks of this kernel was built without. */
async function lackingKinds(): Promise<Set<string>> {
  const world = await realWorld()
  try {
    await mustSend(world.kernel, [{ type: 'addLink', ifname: 'p0', kind: 'veth', peer: { ifname: 'p1' } }])
    const kinds: readonly AddLink[] = [
      { type: 'addLink', ifname: 'x0', kind: 'vlan', parent: 'p0', vlan: { id: 7 } },
      { type: 'addLink', ifname: 'x1', kind: 'vrf', vrf: { table: 100 } },
      ...['bond', 'dummy', 'ifb', 'wireguard'].map(
        (kind, at) => ({ type: 'addLink', ifname: `y${at}`, kind }) as const,
      ),
    ]
    const results = await world.kernel.send(kinds)
    return new Set(kinds.filter((_, at) => codes(results)[at] === 'EOPNOTSUPP').map(({ kind }) => kind))
  } finally {
    await world.dispose()
  }
}

const contract = kernelContract('real kernel', realWorld, await lackingKinds())

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

contract.run()
