/**
 * Failover: from just before the link-down system call on the far end of the cable to the kernel's acknowledgement that
 * moves the default route to the other uplink. Three ways, in turns of a few failovers each, in one run: the whole
 * library, the engine alone with a prepared command, and a program that reads `ip monitor` and spawns `ip`.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NetworkError } from '../../lib/errors.js'
import { openKernel } from '../../lib/kernel/index.js'
import type { Kernel } from '../../lib/kernel/kernel.js'
import type { RouteCommand } from '../../lib/kernel/messages.js'
import { VintageNet } from '../../lib/vintage-net.js'
import { INTERNET_HOSTS, Lab } from '../../test/support/lab.js'
import type { BenchOptions } from '../index.js'
import { LineProcess } from '../line-process.js'
import { printTable, type Row } from '../report.js'
import { median, quantile } from '../statistics.js'

const FAR_IFNAME = 'wan0'
/** Failovers of one way before the next way's turn, so that a noisy minute hits all. */
const TURN_ROUNDS = 20
const ONLINE_LIMIT_MS = 30_000
/** What the whole library has to reach. */
const MUST_MS = 1
const MUST_TIMES_FASTER = 8

const FIRST = { address: '192.0.2.2', gateway: '192.0.2.1' }
const SECOND = { address: '198.51.100.2', gateway: '198.51.100.1' }

/** One way of failing over. Set up anew for each turn. */
interface Way {
  readonly name: string
  /** Resolves with the time of each acknowledgement, in ns of CLOCK_MONOTONIC, after a cable was pulled. */
  acknowledged(): Promise<bigint>
  /** Resolves when the first uplink is preferred again. */
  restored(): Promise<void>
  close(): Promise<void>
}

type MakeWay = (lab: Lab) => Promise<Way>

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

const wholeLibrary: MakeWay = async (lab) => {
  const folder = await mkdtemp(join(tmpdir(), 'vintage-net-bench-'))
  const real = await openKernel({ netns: lab.namespace })
  let answered: (atNs: bigint) => void = () => undefined
  // The acknowledgement is seen where the library sees it: when its own send has been answered.
  const kernel = new Proxy(real, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target)
      if (key === 'send') {
        return async (commands: Parameters<Kernel['send']>[0]) => {
          const results = await target.send(commands)
          if (bestDefault(target) === 'eth1') answered(process.hrtime.bigint())
          return results
        }
      }
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
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
      await net.until(['interface', ifname, 'connection'], 'internet', { deadlineMs: ONLINE_LIMIT_MS })
    }
    await until(real, () => bestDefault(real) === 'eth0')
  }
  await restored()
  return {
    name: 'vintage-net',
    acknowledged: () => new Promise((resolve) => (answered = resolve)),
    restored,
    async close() {
      await net.stop()
      await real.close()
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
  const kernel = await openKernel({ netns: lab.namespace })
  await layRoutes(kernel)
  let answered: (atNs: bigint) => void = () => undefined
  kernel.subscribe((changes) => {
    for (const change of changes) {
      if (change.type !== 'link' || change.ifname !== 'eth0' || !change.previous?.lowerUp || change.lowerUp) continue
      void kernel.send([PREPARED]).then(() => answered(process.hrtime.bigint()))
    }
  })
  return {
    name: 'engine alone',
    acknowledged: () => new Promise((resolve) => (answered = resolve)),
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
  const program = new LineProcess('ip', [
    'netns',
    'exec',
    lab.name,
    process.execPath,
    peer('../peers/ip-spawn.mjs'),
    'eth0',
    ...command,
  ])
  await program.line()
  return {
    name: 'ip monitor + spawn ip',
    async acknowledged() {
      const [atNs, status] = (await program.line()).split(' ')
      if (status !== '0' || atNs === undefined) throw new Error(`ip ended with status ${status}`)
      return BigInt(atNs)
    },
    restored: () => restoreRoute(kernel),
    async close() {
      await program[Symbol.asyncDispose]()
      await removeRoutes(kernel)
      await kernel.close()
    },
  }
}

/** One turn: milliseconds of each failover. */
async function turn(
  lab: Lab,
  farEnd: LineProcess,
  make: MakeWay,
  rounds: number,
): Promise<{ name: string; ms: number[] }> {
  const way = await make(lab)
  const ms: number[] = []
  try {
    for (let round = 0; round < rounds; round += 1) {
      const acknowledged = way.acknowledged()
      farEnd.say('down')
      const pulledAtNs = BigInt(await farEnd.line())
      ms.push(Number((await acknowledged) - pulledAtNs) / 1e6)
      farEnd.say('up')
      await farEnd.line()
      await way.restored()
    }
  } finally {
    await way.close()
  }
  return { name: way.name, ms }
}

/** Runs the case; prints a table unless JSON is wanted. */
export async function failover(options: BenchOptions): Promise<Row[]> {
  const samples = new Map<string, number[]>()
  await using lab = await Lab.create()
  const uplink = await lab.addUplink({ ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'none' })
  await lab.addUplink({ ifname: 'eth1', subnet: '198.51.100.0/24', index: 11, dhcp: 'none' })
  await using farEnd = new LineProcess('ip', [
    'netns',
    'exec',
    uplink.routerNamespace,
    process.execPath,
    peer('../far-end.mjs'),
    FAR_IFNAME,
  ])
  await farEnd.line()
  for (let done = 0; done < options.rounds; done += TURN_ROUNDS) {
    for (const make of [wholeLibrary, engineAlone, spawningProgram]) {
      const { name, ms } = await turn(lab, farEnd, make, Math.min(TURN_ROUNDS, options.rounds - done))
      samples.set(name, [...(samples.get(name) ?? []), ...ms])
    }
  }
  return report(samples, options)
}

function report(samples: ReadonlyMap<string, readonly number[]>, { json, rounds }: BenchOptions): Row[] {
  const p50 = (name: string): number => median(samples.get(name) ?? [])
  const p99 = (name: string): number => quantile(samples.get(name) ?? [], 0.99)
  const ours = p50('vintage-net')
  if (!json) {
    process.stdout.write(
      `failover, ${rounds} a way, ms from just before the link-down system call to the acknowledgement\n`,
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
    const times = p50('ip monitor + spawn ip') / ours
    process.stdout.write(
      `whole library p50 ≤ ${MUST_MS} ms: ${ours <= MUST_MS ? 'yes' : 'NO'}; ≥ ${MUST_TIMES_FASTER} times faster than spawning: ${
        times >= MUST_TIMES_FASTER ? 'yes' : 'NO'
      } (${times.toFixed(1)})\n`,
    )
  }
  const row = (metric: string, figure: (name: string) => number, must?: number): Row => ({
    case: 'failover',
    metric,
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
