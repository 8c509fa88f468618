/** A table full of routes, for those that dump and those that replace. */

import { freshNamespace, type Namespace } from '../test/support/world.js'
import { LineProcess } from './line-process.js'
import type { Outcome } from './race.js'
import { within } from './receivers.js'
import { type Command, c } from './setting.js'
import { median } from './statistics.js'

export const TABLE = 1000
export const LINK = 'r0'
/** Both are on the link's subnet; replacing goes back and forth between them. */
export const GATEWAYS = ['192.0.2.1', '192.0.2.3'] as const

/** Of each process, whatever it is written in, as of a program that has run for a while: an optimising compiler is done by then. */
const WARM_UPS = 6
/** Behind those. */
const MEASURED = 3

/** A namespace whose table has `count` routes. */
export async function filledNamespace(count: number): Promise<Namespace> {
  const namespace = await freshNamespace()
  try {
    await namespace.ip('link', 'add', LINK, 'up', 'type', 'veth', 'peer', 'name', 'r1')
    await namespace.ip('link', 'set', 'dev', 'r1', 'up')
    await namespace.ip('address', 'add', '192.0.2.2/24', 'dev', LINK)
    await using filler = await LineProcess.start(within(namespace, c('replace', 'bulk', TABLE, count, LINK)))
    await filler.ask(GATEWAYS[0])
    return namespace
  } catch (thrown) {
    await namespace.delete()
    throw thrown
  }
}

export interface Answer {
  readonly ms: number
  readonly routes?: number
  readonly sameGateway?: number
}

export interface Turn {
  readonly namespace: Namespace
  readonly command: Command
  /** The line of the next go. */
  readonly line: () => string
  /** Takes so long that it has one go, which is not warmed up. */
  readonly slow?: boolean
  /** What is wrong after a go, if something is. */
  readonly check: (answer: Answer, line: string) => Promise<string | undefined> | string | undefined
}

/** One process, a few goes: the median of their milliseconds. */
export async function turn({ namespace, command, line, slow = false, check }: Turn): Promise<Outcome> {
  await using process = await LineProcess.start(within(namespace, command))
  const all: number[] = []
  const warmUps = slow ? 0 : WARM_UPS
  for (let go = 0; go < warmUps + (slow ? 1 : MEASURED); go += 1) {
    const answer = await process.askJson<Answer>(line())
    const wrong = await check(answer, line())
    if (wrong !== undefined) return { figures: { ms: undefined }, note: wrong }
    if (go >= warmUps) all.push(answer.ms)
  }
  return { figures: { ms: median(all) } }
}

/** A contender that may be absent. */
export interface Program {
  readonly name: string
  readonly command: Command | undefined
  readonly maxRounds?: number
  readonly slow?: boolean
}
