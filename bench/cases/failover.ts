/**
 * Failover: from just before the link-down system call on the far end of the cable to the kernel's acknowledgement that
 * moves the default route to the other uplink. Three ways, in turns of a few failovers each, in one run: the whole
 * library, the engine alone with a prepared command, and a program that reads `ip monitor` and spawns `ip`.
 *
 * The acknowledgement is stamped by the engine's thread when it reads it. What the spawned `ip` reads cannot be seen from
 * outside: for it the notification counts that the kernel sends in the same system call, read by an engine that only
 * watches. That leaves out the end of `ip`, in the peer's favour.
 *
 * Twice: in a row, each failover as soon as the last one is restored, with hosts that do not answer, so that no check has to
 * succeed in between; and rested, 0.7 s apart with everything online, as cables are really pulled: then processors have
 * gone to sleep and caches are cold, for all three.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { NetworkError } from '../../lib/errors.js'
import type { EngineBinding } from '../../lib/kernel/engine-binding.js'
import { openKernel } from '../../lib/kernel/index.js'
import type { Kernel } from '../../lib/kernel/kernel.js'
import { loadAddon } from '../../lib/kernel/load-addon.js'
import type { RouteCommand } from '../../lib/kernel/messages.js'
import { VintageNet } from '../../lib/vintage-net.js'
import { INTERNET_HOSTS, Lab } from '../../test/support/lab.js'
import type { BenchOptions } from '../index.js'
import { LineProcess } from '../line-process.js'
import { printTable, type Row } from '../report.js'
import { median, quantile } from '../statistics.js'

const FAR_IFNAME = 'wan0'
/** Rest before a rested failover: longer than the library's first check after the cable is back, which makes it prefer eth0 again. */
const REST_MS = 700
/** Failovers of one way before the next way's turn, so that a noisy minute hits all. */
const TURN_ROUNDS = 50
const ONLINE_LIMIT_MS = 30_000
/** What the whole library has to reach. */
const MUST_MS = 1
const MUST_TIMES_FASTER = 8

const FIRST = { address: '192.0.2.2', gateway: '192.0.2.1' }
const SECOND = { address: '198.51.100.2', gateway: '198.51.100.1' }

/** One way of failing over. Set up anew for each turn. */
interface Way {
  readonly name: string
  /** Resolves with the time of the next acknowledgement, in ms of CLOCK_MONOTONIC. */
  acknowledged(): Promise<number>
  /** Resolves when the first uplink is preferred again. */
  restored(): Promise<void>
  close(): Promise<void>
}

interface Mode {
  readonly name: 'in a row' | 'rested'
  readonly restMs: number
  /** What a healthy uplink is judged to be. */
  readonly connection: 'lan' | 'internet'
}

const MODES: readonly Mode[] = [
  { name: 'in a row', restMs: 0, connection: 'lan' },
  { name: 'rested', restMs: REST_MS, connection: 'internet' },
]

type MakeWay = (lab: Lab, mode: Mode) => Promise<Way>

const peer = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Resolves with the time when `accepts` holds after a batch of the kernel, or at once. */
async function until(kernel: Kernel, accepts: () => boolean): Promise<void> {
  if (accepts()) return
  await new Promise<void>((resolve) => {
    const subscription = kernel.subscribe(() => {
      if (!accepts()) return
      subscription.unsubscribe()
      resolve()
    })
  })
}

function bestDefault(kernel: Kernel): string | undefined {
  const routes = kernel.mirror
    .routes({ table: 254 })
    .filter((route) => route.family === 4 && route.destination === 'default')
  const best = routes.sort((one, other) => one.metric - other.metric)[0]
  return best?.ifindex === undefined ? undefined : kernel.mirror.link(best.ifindex)?.ifname
}

/** The addon, with a look at the replies as the engine stamped them. */
function watchedBinding(onReplies: (atMs: number) => void): EngineBinding {
  const addon = loadAddon()
  return {
    ...addon,
    open: (options, onBatch) =>
      addon.open(options, (events) => {
        for (const event of events) if (event.type === 'reply' && event.error === undefined) onReplies(event.atMs)
        onBatch(events)
      }),
  }
}

/**
 * A kernel that says when its first command after a pulled cable was acknowledged: for the library that is the delete of
 * the dead default route, which goes out alone and first; for the engine alone it is the prepared command.
 */
async function watchedKernel(lab: Lab): Promise<{ kernel: Kernel; acknowledged: () => Promise<number> }> {
  let answered: ((atMs: number) => void) | undefined
  const binding = watchedBinding((atMs) => {
    answered?.(atMs)
    answered = undefined
  })
  const kernel = await openKernel({ netns: lab.namespace, binding })
  const acknowledged = async (): Promise<number> => {
    const atMs = await new Promise<number>((resolve) => {
      answered = resolve
    })
    if (bestDefault(kernel) !== 'eth1') throw new Error('the first acknowledgement did not move the default route')
    return atMs
  }
  return { kernel, acknowledged }
}

const wholeLibrary: MakeWay = async (lab, mode) => {
  const folder = await mkdtemp(join(tmpdir(), 'vintage-net-bench-'))
  const { kernel, acknowledged } = await watchedKernel(lab)
  const staticConfig = (side: typeof FIRST) => ({
    type: 'ethernet' as const,
    ipv4: { method: 'static' as const, prefixLength: 24, ...side },
  })
  const net = await VintageNet.start({
    kernel,
    netns: lab.namespace,
    tmpDir: join(folder, 'run'),
    resolvConf: null,
    persistence: 'none',
    internetHostList: INTERNET_HOSTS.map((host) => ({ host, port: 53 })),
    config: { eth0: staticConfig(FIRST), eth1: staticConfig(SECOND) },
  })
  const restored = async (): Promise<void> => {
    for (const ifname of ['eth0', 'eth1']) {
      await net.until(['interface', ifname, 'connection'], mode.connection, { deadlineMs: ONLINE_LIMIT_MS })
    }
    await until(kernel, () => bestDefault(kernel) === 'eth0')
  }
  await restored()
  return {
    name: 'vintage-net',
    acknowledged,
    restored,
    async close() {
      await net.stop()
      await kernel.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The two static default routes that the other two ways work with. */
async function layRoutes(kernel: Kernel): Promise<void> {
  const link = async (ifname: string, side: typeof FIRST, metric: number): Promise<void> => {
    const results = await kernel.send([
      { type: 'replaceAddress', ifname, address: side.address, prefixLength: 24 },
      { type: 'setLink', ifname, up: true },
      { type: 'replaceRoute', family: 4, destination: 'default', ifname, gateway: side.gateway, metric },
    ])
    for (const result of results) if (result instanceof NetworkError) throw result
  }
  await link('eth0', FIRST, 10)
  await link('eth1', SECOND, 11)
}

async function removeRoutes(kernel: Kernel): Promise<void> {
  for (const [ifname, side] of [
    ['eth0', FIRST],
    ['eth1', SECOND],
  ] as const) {
    await kernel.send([
      { type: 'deleteAddress', ifname, address: side.address, prefixLength: 24 },
      { type: 'setLink', ifname, up: false },
    ])
  }
}

/** Over the route that the cut uplink had: the one that the kernel takes. */
const PREPARED: RouteCommand = {
  type: 'replaceRoute',
  family: 4,
  destination: 'default',
  ifname: 'eth1',
  gateway: SECOND.gateway,
  metric: 10,
}
const ORIGINAL: RouteCommand = { ...PREPARED, ifname: 'eth0', gateway: FIRST.gateway }

async function restoreRoute(kernel: Kernel): Promise<void> {
  await until(kernel, () => kernel.mirror.linkByName('eth0')?.lowerUp === true)
  const [result] = await kernel.send([ORIGINAL])
  if (result instanceof NetworkError) throw result
}

const engineAlone: MakeWay = async (lab) => {
  const { kernel, acknowledged } = await watchedKernel(lab)
  await layRoutes(kernel)
  const { ifname: _, ...rest } = PREPARED
  const prepared: RouteCommand = { ...rest, ifindex: kernel.mirror.linkByName('eth1')?.ifindex }
  kernel.prepare([prepared])
  kernel.subscribe((changes) => {
    for (const change of changes) {
      if (change.type !== 'link' || change.ifname !== 'eth0' || !change.previous?.lowerUp || change.lowerUp) continue
      void kernel.send([prepared])
    }
  })
  return {
    name: 'engine alone',
    acknowledged,
    restored: () => restoreRoute(kernel),
    async close() {
      await removeRoutes(kernel)
      await kernel.close()
    },
  }
}

const spawningProgram: MakeWay = async (lab) => {
  const kernel = await openKernel({ netns: lab.namespace })
  await layRoutes(kernel)
  const command = ['route', 'replace', 'default', 'via', SECOND.gateway, 'dev', 'eth1', 'metric', '10']
  const script = peer('../peers/ip-spawn.mjs')
  const program = new LineProcess('ip', ['netns', 'exec', lab.name, process.execPath, script, 'eth0', ...command])
  await program.line()
  return {
    name: 'ip monitor + spawn ip',
    async acknowledged() {
      const moved = new Promise<number>((resolve) => {
        const subscription = kernel.subscribe((changes) => {
          const route = changes.find((change) => change.type === 'route')
          if (route === undefined || bestDefault(kernel) !== 'eth1') return
          subscription.unsubscribe()
          resolve(route.atMs)
        })
      })
      const [, status] = (await program.line()).split(' ')
      if (status !== '0') throw new Error(`ip ended with status ${status}`)
      return moved
    },
    restored: () => restoreRoute(kernel),
    async close() {
      await program[Symbol.asyncDispose]()
      await removeRoutes(kernel)
      await kernel.close()
    },
  }
}

interface Turn {
  readonly mode: Mode
  readonly rounds: number
  readonly farEnd: LineProcess
}

/** One turn: milliseconds of each failover. */
async function turn(lab: Lab, make: MakeWay, { mode, rounds, farEnd }: Turn): Promise<{ name: string; ms: number[] }> {
  const way = await make(lab, mode)
  const ms: number[] = []
  try {
    for (let round = 0; round < rounds; round += 1) {
      if (mode.restMs > 0) await rest(mode.restMs)
      const acknowledged = way.acknowledged()
      farEnd.say('down')
      const pulledAtMs = Number(BigInt(await farEnd.line())) / 1e6
      ms.push((await acknowledged) - pulledAtMs)
      farEnd.say('up')
      await farEnd.line()
      await way.restored()
    }
  } finally {
    await way.close()
  }
  return { name: way.name, ms }
}

type Samples = Map<string, number[]>

/** Runs the case; prints a table unless JSON is wanted. */
export async function failover(options: BenchOptions): Promise<Row[]> {
  await using lab = await Lab.create()
  const uplinks = [
    await lab.addUplink({ ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'none' }),
    await lab.addUplink({ ifname: 'eth1', subnet: '198.51.100.0/24', index: 11, dhcp: 'none' }),
  ]
  const router = uplinks[0]?.routerNamespace ?? ''
  await using farEnd = new LineProcess('ip', [
    ...['netns', 'exec', router],
    ...[process.execPath, peer('../far-end.mjs'), FAR_IFNAME],
  ])
  await farEnd.line()
  const rows: Row[] = []
  for (const mode of MODES) {
    for (const uplink of uplinks) await uplink.dropBeyond(mode.connection === 'lan')
    const samples: Samples = new Map()
    for (let done = 0; done < options.rounds; done += TURN_ROUNDS) {
      for (const make of [wholeLibrary, engineAlone, spawningProgram]) {
        const rounds = Math.min(TURN_ROUNDS, options.rounds - done)
        const { name, ms } = await turn(lab, make, { mode, rounds, farEnd })
        samples.set(name, [...(samples.get(name) ?? []), ...ms])
      }
    }
    rows.push(...report(samples, mode, options))
  }
  return rows
}

function report(samples: Samples, mode: Mode, { json, rounds }: BenchOptions): Row[] {
  const p50 = (name: string): number => median(samples.get(name) ?? [])
  const p99 = (name: string): number => quantile(samples.get(name) ?? [], 0.99)
  const ours = p50('vintage-net')
  const timesFaster = p50('ip monitor + spawn ip') / ours
  if (!json) {
    process.stdout.write(
      `\nfailover ${mode.name}, ${rounds} a way: ms from just before the link-down system call to the ACK\n`,
    )
    printTable(
      ['', 'p50', 'p99', 'min', 'x vintage-net'],
      [...samples].map(([name, ms]) => [
        name,
        p50(name).toFixed(3),
        p99(name).toFixed(3),
        Math.min(...ms).toFixed(3),
        (p50(name) / ours).toFixed(2),
      ]),
    )
    const verdict = (reached: boolean): string => (reached ? 'yes' : 'NO')
    process.stdout.write(
      `whole library p50 ≤ ${MUST_MS} ms: ${verdict(ours <= MUST_MS)}; ` +
        `≥ ${MUST_TIMES_FASTER} times faster than spawning: ${verdict(timesFaster >= MUST_TIMES_FASTER)} (${timesFaster.toFixed(1)})\n`,
    )
  }
  const row = (metric: string, figure: (name: string) => number, must?: number): Row => ({
    case: 'failover',
    metric: `${metric}, ${mode.name}`,
    unit: 'ms',
    better: 'lower',
    ours: figure('vintage-net'),
    limit: figure('engine alone'),
    ratio: figure('vintage-net') / figure('engine alone'),
    ...(must === undefined ? {} : { must }),
    peers: { 'ip monitor + spawn ip': figure('ip monitor + spawn ip') },
  })
  return [row('p50', p50, MUST_MS), row('p99', p99)]
}
