/** Random changes by us and behind our back: our dump, our mirror and `ip` must agree, field for field. */

import { execa } from 'execa'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Kernel } from '../../lib/kernel/kernel.js'
import type { KernelCommand } from '../../lib/kernel/messages.js'
import { openKernel } from '../../lib/kernel/native-kernel.js'
import { eventually } from '../support/eventually.js'
import { freshNamespace, type Namespace } from '../support/world.js'
import { Dice } from './dice.js'
import { COMPARED, type Dump, dumpOfIp } from './ip-dump.js'
import { type Operation, randomOperation } from './operations.js'

/** The full check runs with VINTAGE_NET_FULL=1. */
const FULL = process.env['VINTAGE_NET_FULL'] === '1'
const OPERATIONS = FULL ? 20_000 : 2_000
const COMPARE_EVERY = 100
/** A send or a process of `ip` does so many at most. */
const LONGEST_BURST = 8
/** linkwatch gathers carrier changes for up to a second, and IPv6 works on after a command. */
const PATIENCE_MS = 10_000
const BATCH_LIMIT_MS = 20_000

/** SEED=7 replays one walk. */
function seeds(): number[] {
  const given = process.env['SEED']
  if (given !== undefined) return [Number(given)]
  const fresh = Math.floor(Math.random() * 1_000_000)
  return FULL ? [1, 2, fresh] : [fresh]
}

/** In this order, whoever lists them. */
const HOP_FIELDS = ['id', 'gateway', 'ifindex', 'weight', 'onlink']

function textOf(record: object, fields: readonly string[]): string {
  const known = record as Readonly<Record<string, unknown>>
  return fields
    .filter((field) => known[field] !== undefined)
    .map((field) => {
      const value = known[field]
      // Hops are a set: IPv6 dumps them in another order than it announces them.
      return `${field} ${Array.isArray(value) ? value.map((item) => JSON.stringify(item, HOP_FIELDS)).sort() : value}`
    })
    .join(', ')
}

const SUBJECTS = ['links', 'addresses', 'routes', 'rules', 'nexthops'] as const

/** One text a record; routes that differ only in what our vocabulary lacks are one to us. */
function textsOf(dump: Dump): string[] {
  return SUBJECTS.flatMap((subject) =>
    [
      ...new Set(
        (dump[subject] as readonly object[]).map((record) => `${subject}: ${textOf(record, COMPARED[subject])}`),
      ),
    ].sort(),
  )
}

function mustAgree(who: string, ours: readonly string[], theirs: readonly string[]): void {
  const [left, right] = [new Set(ours), new Set(theirs)]
  const onlyOurs = ours.filter((text) => !right.has(text)).map((text) => `+ ${text}`)
  const onlyTheirs = theirs.filter((text) => !left.has(text)).map((text) => `- ${text}`)
  assert.is([...onlyOurs, ...onlyTheirs].join('\n'), '', `${who}: + only ours, - only theirs`)
}

async function compare(namespace: Namespace, kernel: Kernel): Promise<void> {
  const [links, addresses, routes, rules, nexthops] = await Promise.all([
    kernel.links(),
    kernel.addresses(),
    kernel.routes(),
    kernel.rules(),
    kernel.nexthops(),
  ])
  const dump = textsOf({ links, addresses, routes, rules, nexthops })
  await kernel.settled()
  const { mirror } = kernel
  const held = {
    links: mirror.links(),
    addresses: mirror.addresses(),
    routes: mirror.routes(),
    rules: mirror.rules(),
    nexthops: mirror.nexthops(),
  }
  mustAgree('mirror and dump', textsOf(held), dump)
  mustAgree('dump and ip', dump, textsOf(await dumpOfIp(namespace)))
}

/** The difference itself says more than that it lasted. */
function showCause(thrown: unknown): never {
  throw thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown
}

/** Runs lines that all need the same family in one process. */
async function ipBatch(namespace: Namespace, lines: readonly string[], ip6: boolean): Promise<void> {
  const input = `${lines.join('\n')}\n`
  const args = [...(ip6 ? ['-6'] : []), '-n', namespace.name, '-force', '-batch', '-']
  const { exitCode, stderr } = await execa('ip', args, { input, reject: false, timeout: BATCH_LIMIT_MS })
  // 1: a line was refused; 255: one named a link that is not there, and the rest was left out. A line that `ip` does not
  // understand would test nothing.
  assert.ok([0, 1, 255].includes(exitCode ?? -1), stderr)
  assert.ok(!/garbage|Usage|is expected|is unknown|duplicate/.test(stderr), `${input}${stderr}`)
}

async function behindOurBack(namespace: Namespace, burst: readonly Operation[]): Promise<void> {
  let lines: string[] = []
  for (const [at, { line, ip6 }] of burst.entries()) {
    lines.push(line)
    if (at + 1 < burst.length && burst[at + 1]?.ip6 === ip6) continue
    await ipBatch(namespace, lines, ip6 === true)
    lines = []
  }
}

async function walk(seed: number): Promise<void> {
  const dice = new Dice(seed)
  const namespace = await freshNamespace()
  const counts = { done: 0, refused: 0 }
  const recent: string[] = []
  try {
    const kernel = await openKernel({ netns: namespace.path })
    try {
      for (let at = 0; at < OPERATIONS; ) {
        const untilCompared = COMPARE_EVERY - (at % COMPARE_EVERY)
        const length = Math.min(dice.roll(LONGEST_BURST) + 1, untilCompared, OPERATIONS - at)
        const links = await kernel.links()
        const present = links.map(({ ifname }) => ifname)
        const up = links.filter((link) => link.up).map(({ ifname }) => ifname)
        const burst = Array.from({ length }, () => randomOperation({ dice, present, up }))
        const commands = burst.flatMap(({ command }): KernelCommand[] => (command === undefined ? [] : [command]))
        // What only `ip` can do is left out of a burst of ours.
        const ours = commands.length > 0 && dice.oneIn(2)
        for (const { line, command } of burst) {
          if (!ours || command !== undefined) recent.push(`${ours ? 'ours' : 'ip'}: ${line}`)
        }
        if (ours) for (const result of await kernel.send(commands)) counts[result === 'done' ? 'done' : 'refused'] += 1
        else await behindOurBack(namespace, burst)
        at += length
        if (at % COMPARE_EVERY !== 0 && at !== OPERATIONS) continue
        const agree = async (): Promise<true> => {
          await compare(namespace, kernel)
          return true
        }
        await eventually(`they agree after ${at}`, agree, { deadlineMs: PATIENCE_MS }).catch((thrown: unknown) => {
          process.stdout.write(`SEED=${seed}, after ${at}; the last were\n${recent.slice(-COMPARE_EVERY).join('\n')}\n`)
          showCause(thrown)
        })
      }
    } finally {
      await kernel.close()
    }
  } finally {
    await namespace.delete()
  }
  process.stdout.write(`SEED=${seed}: ${OPERATIONS} changes; of ours ${counts.done} done, ${counts.refused} refused\n`)
  assert.ok(counts.done > OPERATIONS / 20, 'hardly anything was done')
}

const test = suite('differential')

for (const seed of seeds()) {
  test(`after random changes mirror, dump and ip agree (SEED=${seed} replays)`, () => walk(seed))
}

test.run()
