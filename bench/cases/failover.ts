/**
 * Failover: from just before the link-down system call on the far end of the cable to the kernel's acknowledgement of the
 * command that makes the default route lead to the other uplink.
 *
 * Twice: in a row, each failover as soon as the last one is restored, with hosts that do not answer, so that no check has to
 * succeed in between, in processes that have done a thousand before; and rested, apart, in fresh processes and with
 * everything online, as cables are really pulled: then processors have gone to sleep and caches are cold, for all ways.
 */

import { setTimeout as rest } from 'node:timers/promises'
import { namespacePath } from '../../test/support/lab/command.js'
import { Lab } from '../../test/support/lab.js'
import { LineProcess } from '../line-process.js'
import { type Contender, type Outcome, race } from '../race.js'
import { type Row, rowOf } from '../row.js'
import { type Command, c, node, ours, PEER_ROUNDS, type Setting } from '../setting.js'
import { median } from '../statistics.js'
import { FIRST, METRIC, PREFIX_LENGTH, SECOND } from '../uplinks.js'

const FAR_IFNAME = 'wan0'
/** Rest before a rested failover: longer than the library's first check after the cable is back, which makes it prefer eth0 again. */
const REST_MS = 700

interface Mode {
  readonly name: 'in a row' | 'rested'
  readonly restMs: number
  /** What the library judges a healthy uplink to be. */
  readonly connection: 'lan' | 'internet'
}

const MODES: readonly Mode[] = [
  { name: 'in a row', restMs: 0, connection: 'lan' },
  { name: 'rested', restMs: REST_MS, connection: 'internet' },
]

interface Way {
  readonly name: string
  readonly maxRounds?: number
  readonly command: (mode: Mode) => Command
  /** Keeps addresses and routes by itself, and has to be asked. */
  readonly library?: boolean
}

function ways(lab: Lab): readonly Way[] {
  const args = [FIRST.ifname, FIRST.gateway, SECOND.ifname, SECOND.gateway, METRIC]
  const inside = (command: Command): Command => ['nsenter', [`--net=${lab.namespace}`, command[0], ...command[1]]]
  return [
    { name: 'ours, standing order', command: () => ours('failover', 'order', lab.namespace) },
    { name: 'C', command: () => inside(c('failover', ...args)) },
    { name: 'ours, JavaScript', command: () => ours('failover', 'javascript', lab.namespace) },
    {
      name: 'ours, whole library',
      library: true,
      command: ({ connection }) => ours('failover-library', lab.namespace, connection),
    },
    {
      name: 'ip monitor + spawned ip',
      maxRounds: PEER_ROUNDS,
      command: () => inside(node('iproute2/failover', ...args)),
    },
  ]
}

/** The default route that all ways but the library's work with. */
async function layRoutes(lab: Lab): Promise<void> {
  for (const { ifname, address } of [FIRST, SECOND]) {
    await lab.ip('address', 'replace', `${address}/${PREFIX_LENGTH}`, 'dev', ifname)
    await lab.ip('link', 'set', 'dev', ifname, 'up')
  }
  const { gateway, ifname } = FIRST
  await lab.ip('route', 'replace', 'default', 'via', gateway, 'dev', ifname, 'metric', String(METRIC), 'proto', '183')
}

async function removeRoutes(lab: Lab): Promise<void> {
  for (const { ifname } of [FIRST, SECOND]) {
    await lab.ip('address', 'flush', 'dev', ifname)
    await lab.ip('link', 'set', 'dev', ifname, 'down')
  }
}

/** One failover there and back: milliseconds. */
async function failOver(process: LineProcess, farEnd: LineProcess, library: boolean): Promise<number> {
  if (library) await process.ask('next')
  const pulledNs = Number(await farEnd.ask('down'))
  const acknowledgedNs = Number(await process.line())
  await farEnd.ask('up')
  const answer = library ? await process.ask('restored?') : await process.line()
  if (answer !== 'restored') throw new Error(`said ${answer} instead of restored`)
  return (acknowledgedNs - pulledNs) / 1e6
}

interface Place {
  readonly lab: Lab
  readonly farEnd: LineProcess
  /** Before those that count. */
  readonly warmUps: number
  readonly failovers: number
}

async function turn({ command, library = false }: Way, mode: Mode, place: Place): Promise<Outcome> {
  const { lab, farEnd, warmUps, failovers } = place
  if (!library) await layRoutes(lab)
  try {
    await using process = await LineProcess.start(command(mode))
    const ms: number[] = []
    for (let done = 0; done < warmUps; done += 1) await failOver(process, farEnd, library)
    for (let done = 0; done < failovers; done += 1) {
      if (mode.restMs > 0) await rest(mode.restMs)
      ms.push(await failOver(process, farEnd, library))
    }
    return { figures: { p50: median(ms) } }
  } finally {
    await farEnd.ask('up') // a way that failed has left it down
    await removeRoutes(lab)
  }
}

export async function run(setting: Setting): Promise<Row[]> {
  const { warmUpFailovers, failovers, restedFailovers } = setting.sizes
  await using lab = await Lab.create()
  const uplinks = [
    await lab.addUplink({ ifname: FIRST.ifname, subnet: '192.0.2.0/24', index: 10, dhcp: 'none' }),
    await lab.addUplink({ ifname: SECOND.ifname, subnet: '198.51.100.0/24', index: 11, dhcp: 'none' }),
  ]
  const router = namespacePath(uplinks[0]?.routerNamespace ?? '')
  const [generate, args] = c('generate', FAR_IFNAME)
  await using farEnd = await LineProcess.start(['nsenter', [`--net=${router}`, generate, ...args]])
  const rows: Row[] = []
  for (const mode of MODES) {
    for (const uplink of uplinks) await uplink.dropBeyond(mode.connection === 'lan')
    const inARow = mode.restMs === 0
    const place = {
      lab,
      farEnd,
      warmUps: inARow ? warmUpFailovers : 0,
      failovers: inARow ? failovers : restedFailovers,
    }
    const contenders = ways(lab).map((way): Contender => ({ ...way, run: () => turn(way, mode, place) }))
    const results = await race(contenders, setting.rounds)
    for (const note of results.notes()) setting.note(`failover ${mode.name}: ${note}`)
    const row = { case: 'failover', unit: 'ms', better: 'lower', figure: 'p50', limit: 'C' } as const
    const judged = (must: number, aim: number): object => (inARow ? { must, aim } : {})
    rows.push(
      rowOf(results, {
        ...row,
        metric: `standing order, ${mode.name}`,
        ours: 'ours, standing order',
        ...judged(1.3, 1.1),
      }),
      rowOf(results, {
        ...row,
        metric: `through JavaScript, ${mode.name}`,
        ours: 'ours, JavaScript',
        ...judged(1.8, 1.4),
      }),
      rowOf(results, { ...row, metric: `whole library, ${mode.name}`, ours: 'ours, whole library' }),
    )
  }
  return rows
}
