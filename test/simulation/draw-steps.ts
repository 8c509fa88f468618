/** Draws the steps of a seed. */

import { Dice } from './dice.js'
import { drawConfig, drawMadeConfig, IFNAMES, MADE_NAMES } from './draw-config.js'
import type { Action, ForeignDeed, OutsideStep, Step } from './step.js'
import { ADAPTERS, SPARE_NAME } from './step.js'

/** Turns of the microtask queue that a step may have before the next; a save takes some dozens. */
const MAX_TURN_COUNT = 60

/** The steps of a seed, `count` of them; the world is mended in the middle of it and at its end. */
export function drawSteps(seed: number, count: number): Step[] {
  const dice = new Dice(seed)
  const steps: Step[] = []
  while (steps.length < count) {
    const action = drawAction(dice)
    steps.push({ ...action, pause: drawPause(dice, action) })
  }
  return steps
}

function drawPause(dice: Dice, action: Action): Step['pause'] {
  if (action.do === 'heal') return 'quiet'
  return dice.oneIn(3) ? dice.roll(dice.pick([1, 4, MAX_TURN_COUNT])) : 'quiet'
}

function drawAction(dice: Dice): Action {
  const adapter = dice.roll(ADAPTERS.length)
  const ifname = dice.pick(IFNAMES)
  return dice.weighted<() => Action>([
    [30, () => drawOutside(dice)],
    [14, () => ({ do: 'wait', ms: dice.pick([1, 50, 400, 1000, 3000, 6000, 15_000, 40_000, 120_000]) })],
    [10, () => ({ do: 'configure', ifname, config: drawConfig(dice, ifname), persist: !dice.oneIn(4) })],
    [2, () => ({ do: 'deconfigure', ifname, persist: dice.oneIn(2) })],
    [3, () => drawMade(dice)],
    [2, () => ({ do: 'reset', ifname })],
    [6, () => drawServer(dice, adapter)],
    [
      5,
      () => ({
        do: 'beyond',
        adapter,
        answer: dice.pick(['connected', 'connected', 'refused', 'timeout', 'unreachable']),
      }),
    ],
    [4, () => ({ do: 'report', ifname, event: dice.pick(['renew', 'bound', 'nak', 'leasefail', 'deconfig']) })],
    [3, () => ({ do: 'kill', ifname, exitCode: dice.pick([undefined, 1]) })],
    [3, () => ({ do: 'overrun', unheard: Array.from({ length: dice.roll(4) }, () => drawOutside(dice)) })],
    [2, () => drawRefusal(dice)],
    [2, () => drawFault(dice)],
    [1, () => ({ do: 'metrics' })],
    [1, () => ({ do: 'crash' })],
    [1, () => ({ do: 'powerCut', lasting: dice.roll(4) })],
    [1, () => ({ do: 'restart' })],
    [1, () => ({ do: 'heal' })],
  ])()
}

function drawMade(dice: Dice): Action {
  const ifname = dice.pick(MADE_NAMES)
  if (dice.oneIn(4)) return { do: 'deconfigure', ifname, persist: dice.oneIn(2) }
  return { do: 'configure', ifname, config: drawMadeConfig(dice, ifname), persist: !dice.oneIn(4) }
}

function drawOutside(dice: Dice): OutsideStep {
  const adapter = dice.roll(ADAPTERS.length)
  return dice.weighted<() => OutsideStep>([
    [10, () => ({ do: 'cable', adapter, in: !dice.oneIn(3) })],
    [4, () => ({ do: 'plug', adapter })],
    [2, () => ({ do: 'unplug', adapter })],
    [2, () => ({ do: 'rename', adapter, to: dice.pick([...IFNAMES, SPARE_NAME]) })],
    [9, () => ({ do: 'foreign', what: drawDeed(dice) })],
  ])()
}

function drawDeed(dice: Dice): ForeignDeed {
  const ifname = dice.pick(IFNAMES)
  const nth = dice.roll(16)
  return dice.weighted<ForeignDeed>([
    [3, { deed: 'addRoute', nth }],
    [2, { deed: 'deleteRoute', nth }],
    [2, { deed: 'addRule', nth }],
    [1, { deed: 'deleteRule', nth }],
    [3, { deed: 'addAddress', ifname, nth }],
    [2, { deed: 'deleteAddress', ifname, nth }],
    [1, { deed: 'linkDown', ifname }],
    [2, { deed: 'linkUp', ifname }],
    [3, { deed: 'stealRoute', nth }],
    [1, { deed: 'stealRule', nth }],
    [2, { deed: 'stealAddress', nth }],
  ])
}

function drawServer(dice: Dice, adapter: number): Action {
  return {
    do: 'server',
    adapter,
    answering: dice.pick(['answers', 'answers', 'answers', 'silent', 'refuses']),
    subnet: dice.roll(3),
    leaseS: dice.pick([30, 120, 3600]),
  }
}

function drawRefusal(dice: Dice): Action {
  const types = dice.pick([
    [],
    [],
    ['addRoute', 'replaceRoute'],
    ['addRule'],
    ['addAddress', 'replaceAddress'],
    ['setLink'],
  ])
  return { do: 'refuse', types, errno: dice.pick(['EPERM', 'ENOMEM', 'EBUSY']) }
}

function drawFault(dice: Dice): Action {
  const code = dice.pick([undefined, undefined, 'ENOSPC', 'EIO', 'EROFS'] as const)
  return {
    do: 'disk',
    code,
    operations: dice.pick([['writeFile'], ['open', 'writeFile'], ['sync'], ['rename'], ['unlink', 'rename']]),
  }
}
