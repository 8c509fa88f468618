/** Those that hear address changes, and one turn of theirs: started, warmed up, measured alone, ended. */

import { freshNamespace, type Namespace } from '../test/support/world.js'
import { LineProcess } from './line-process.js'
import { type Command, c, go, node, ours, PEER_ROUNDS, python, type Setting } from './setting.js'

/** Holds 200,000 events; beyond rmem_max, so it takes CAP_NET_ADMIN of the first user namespace. */
export const FORCED_BYTES = 256 * 1024 * 1024
/** What one queued address change takes of a socket buffer's size, with room to spare (measured: 420). */
const EVENT_BYTES = 700
/** The link whose addresses change. It stays down, so that no routes change with them. */
const LINK = 'storm0'

/** Between the sends of the warm-up: what falls behind has its buffer, and who is slow gets fewer. */
const WARM_UP_GAP_US = 2_000

export interface Receiver {
  readonly name: string
  readonly command: Command
  readonly maxRounds?: number
  /** Needs more than ten times as long an event as the others: gets fewer events. */
  readonly slow?: boolean
}

/** What a receiver has to say at the end. */
export interface Heard {
  readonly events: number
  readonly cpuUs: number
  readonly lastAtNs: number
  readonly stampsNs: readonly number[]
  readonly overruns?: number
  readonly exact?: boolean
  readonly died?: string
}

export const OURS = 'ours'
export const PLAIN_C = 'C, no gathering'
export const GATHERING_C = 'C'

/** The peers that are not C, as far as they are there. */
export function peers(): Receiver[] {
  const all: readonly (Omit<Receiver, 'command'> & { readonly command: Command | undefined })[] = [
    { name: 'Go netlink', command: go('receive', FORCED_BYTES) },
    { name: 'pyroute2', command: python('receive', FORCED_BYTES), slow: true },
    { name: 'Node + ip monitor', command: node('iproute2/receive', FORCED_BYTES) },
  ]
  return all.flatMap(({ command, ...rest }) =>
    command === undefined ? [] : [{ maxRounds: PEER_ROUNDS, ...rest, command }],
  )
}

export const oursAs = (mode: 'changes' | 'objects', bytes: number): Command => ours('receive', mode, bytes)
export const cAs = (way: 'plain' | 'gather' | 'handed', bytes: number): Command => c('receive', way, bytes)

/** A namespace with a link and the generator of its changes. */
export class Source implements AsyncDisposable {
  readonly namespace: Namespace
  readonly generator: LineProcess
  /** Most events that the forced buffer holds here. */
  readonly capacity: number

  private constructor(namespace: Namespace, generator: LineProcess, capacity: number) {
    this.namespace = namespace
    this.generator = generator
    this.capacity = capacity
  }

  static async create(): Promise<Source> {
    const namespace = await freshNamespace()
    try {
      await namespace.ip('link', 'add', LINK, 'type', 'veth', 'peer', 'name', 'storm1')
      const generator = await LineProcess.start(within(namespace, c('generate', LINK)))
      await using asked = await LineProcess.start(within(namespace, cAs('plain', FORCED_BYTES)))
      return new Source(namespace, generator, Math.floor(asked.granted / EVENT_BYTES))
    } catch (thrown) {
      await namespace.delete()
      throw thrown
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.generator[Symbol.asyncDispose]()
    await this.namespace.delete()
  }
}

export function within(namespace: Namespace, [program, args]: Command): Command {
  return namespace.command(program, ...args)
}

/** One turn; `work` makes the changes between the mark and the end. */
export async function turn<T>(
  source: Source,
  receiver: Receiver,
  setting: Setting,
  work: (receiver: LineProcess) => Promise<T>,
): Promise<{ heard: Heard; made: T }> {
  await using process = await LineProcess.start(within(source.namespace, receiver.command))
  const warmUpEvents = receiver.slow === true ? setting.sizes.slowStormEvents : setting.sizes.warmUpEvents
  await source.generator.ask(`paced ${warmUpEvents} ${WARM_UP_GAP_US}`)
  await process.ask('mark')
  const made = await work(process)
  return { heard: await process.askJson<Heard>('finish'), made }
}

/** What went wrong with a receiver, if something did. */
export function complaint({ events, died }: Heard, expected: number): string | undefined {
  const share = `heard ${events} of ${expected}`
  if (died !== undefined) return `died (${died}): ${share}`
  return events === expected ? undefined : share
}
