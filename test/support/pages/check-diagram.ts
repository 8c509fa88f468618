/** The verdicts of a check as a diagram and a table, from what its reducer does. */

import {
  type CheckInput,
  type CheckState,
  initialCheckState,
  reduceCheck,
} from '../../../lib/connectivity/check-logic.js'
import { table } from './generated-page.js'
import { stateDiagram } from './state-diagram.js'

const INPUTS: readonly CheckInput[] = ['ifup', 'ifdown', 'succeeded', 'failed', 'addressed', 'unaddressed']
const STARTS = [initialCheckState('disconnected'), initialCheckState('lan'), initialCheckState('internet')]

interface Step {
  readonly from: string
  readonly input: CheckInput
  readonly to: string
  /** Until the next check, of every way in which the step was taken. */
  readonly waits: Set<number>
}

/** Each step that changes something, with the waits that follow it. */
export function checkSteps(): readonly Step[] {
  const steps = new Map<string, Step>()
  const seen = new Set(STARTS.map(keyOf))
  const queue: CheckState[] = [...STARTS]
  for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
    for (const input of INPUTS) {
      const next = reduceCheck(state, input)
      const key = `${nameOf(state)} ${input} ${nameOf(next)}`
      if (keyOf(next) !== keyOf(state) || nameOf(next) !== nameOf(state)) {
        const step = steps.get(key) ?? { from: nameOf(state), input, to: nameOf(next), waits: new Set() }
        step.waits.add(next.intervalMs)
        steps.set(key, step)
      }
      if (seen.has(keyOf(next))) continue
      seen.add(keyOf(next))
      queue.push(next)
    }
  }
  return [...steps.values()].sort((one, two) => order(one.from) - order(two.from))
}

/** Both, as the page has them. */
export function checkDiagram(): string {
  const steps = checkSteps()
  const transitions = steps.map(({ from, to, input }) => ({ from, to, label: input, effects: [] }))
  const rows = steps.map(({ from, input, to, waits }) => [from, input, to, waitsText(waits)])
  const diagram = stateDiagram(STARTS.map(nameOf), transitions)
  return `${diagram}\n\n${table(['in', 'input', 'then', 'next check after'], rows)}`
}

/** Strikes matter only while there is internet to lose. */
function nameOf({ connection, strikes }: CheckState): string {
  if (connection !== 'internet' || strikes === 0) return connection
  return `internet, ${strikes} ${strikes === 1 ? 'strike' : 'strikes'}`
}

function keyOf({ connection, strikes, intervalMs }: CheckState): string {
  return `${connection} ${connection === 'internet' ? strikes : ''} ${intervalMs}`
}

function order(name: string): number {
  return STARTS.map(nameOf).findIndex((start) => name.startsWith(start))
}

function waitsText(waits: ReadonlySet<number>): string {
  const sorted = [...waits].sort((one, two) => one - two)
  if (sorted[0] === Number.POSITIVE_INFINITY) return 'no check'
  return `${sorted.join(', ')} ms`
}
