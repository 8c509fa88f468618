/** The real kernel as a contract test's world: a namespace of its own, of which `ip` is asked as well. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Kernel } from '../../lib/kernel/kernel.js'
import type { AddLink, KernelCommand } from '../../lib/kernel/messages.js'
import { openKernel } from '../../lib/kernel/native-kernel.js'
import { mustRun } from '../support/lab/command.js'
import { MessageDevice } from '../support/message-device.js'
import { freshNamespace, type Namespace } from '../support/world.js'
import { viewOfIp, viewOfMirror } from './ip-view.js'
import { addRealRadios, canMakeRadios } from './real-radio.js'
import { codes, type DeviceWorld, mustSend, type RadioWorld, type World, type WorldOptions } from './world.js'

/** linkwatch gathers carrier changes for up to a second. */
const PATIENCE_MS = 5_000
/**
 * While JavaScript stands still the engine queues 1 MiB of events, some 10,000, and then reads no more, so that the socket overflows.
 * Each address of a round is two events when it comes and two when it goes: 32,000 events, three times the queue.
 */
const FLOOD_ROUNDS = 40
const FLOOD_ADDRESSES = 200

/** First argument of the process that may change nothing: the test file again, which must then call `printResults`. */
export const UNPRIVILEGED = 'unprivileged'

const LISTENER = `const server = require('node:net').createServer((socket) => socket.destroy())
server.listen(0, '127.0.0.1', () => console.log(server.address().port))`

/** A world on the real kernel. */
export class RealWorld implements World {
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
    // This program again, in its other role.
    const program = [...process.execArgv, process.argv[1] ?? '']
    const node = [process.execPath, ...program, UNPRIVILEGED, JSON.stringify(commands)]
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

  addRadio(): Promise<RadioWorld> {
    return addRealRadios(this.namespace, this.kernel, (end) => this.#ends.push(end))
  }

  async addDevice(): Promise<DeviceWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'vintage-net-'))
    this.#ends.push(() => rm(folder, { recursive: true }))
    const path = join(folder, 'device')
    const device = await MessageDevice.plug(path)
    this.#ends.push(() => device[Symbol.asyncDispose]())
    return {
      path,
      answerWith: (answer) => {
        device.onMessage = (message) => device.send(Uint8Array.from(answer(message)))
      },
      unplug: () => device[Symbol.asyncDispose](),
    }
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

/** Opens a kernel in a fresh namespace. */
export async function realWorld({ receiveBufferBytes, follow }: WorldOptions = {}): Promise<RealWorld> {
  const namespace = await freshNamespace()
  try {
    return new RealWorld(namespace, await openKernel({ netns: namespace.path, receiveBufferBytes, follow }))
  } catch (thrown) {
    await namespace.delete()
    throw thrown
  }
}

/** Which of the kinds that the contract speaks of this kernel was built without. */
export async function lackingKinds(): Promise<Set<string>> {
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
    const lacking = kinds.filter((_, at) => codes(results)[at] === 'EOPNOTSUPP').map(({ kind }) => kind)
    return new Set(canMakeRadios() ? lacking : [...lacking, 'radio'])
  } finally {
    await world.dispose()
  }
}
