/** Declares the cells of a row of the lifetime matrix, and judges what their processes report. */

import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Ending, FULL, LIVING_ROUNDS, type Report, STEPS, type Stage, type Step } from './stage.js'

/** What belongs to a test file of the matrix. */
export interface Context {
  stage: Stage
}

/**
 * What the resident memory may grow by in the second half of the rounds, when Node and its allocator have their size. An
 * engine that stays behind costs more (its thread's stack and its buffers, some 100 KiB a round).
 */
const GROWTH_LIMIT_KIB = 16_384
/** Of the samples of the memory, the first after which growth counts. */
const FIRST_SAMPLE = 4

/** A crash shows as the signal, a failed check as what the program said. */
export function mustEnd(ending: Ending, exitCode: number): void {
  const { signal, timedOut, stderr } = ending
  assert.is(timedOut, false, `the process hangs; it said: ${stderr}`)
  assert.is(signal, undefined, `the process has crashed; it said: ${stderr}`)
  assert.is(ending.exitCode, exitCode, stderr)
}

function judge(ending: Ending, title: string): void {
  mustEnd(ending, 0)
  const report = JSON.parse(ending.stdout) as Report
  const { before, after, residentKiB, rounds, ms } = report
  assert.is(rounds, LIVING_ROUNDS)
  assert.ok(after.descriptors <= before.descriptors, `descriptors: ${before.descriptors}, then ${after.descriptors}`)
  assert.ok(after.threads <= before.threads, `threads: ${before.threads}, then ${after.threads}`)
  const growthKiB = (residentKiB.at(-1) ?? 0) - (residentKiB[FIRST_SAMPLE] ?? 0)
  if (!FULL) return
  process.stdout.write(`${title}: ${(ms / rounds).toFixed(1)} ms a round, memory ${growthKiB} KiB more\n`)
  assert.ok(growthKiB < GROWTH_LIMIT_KIB, `memory in KiB: ${residentKiB.join(' ')}`)
}

/** One test a step: many rounds in one process that must survive them all and hold afterwards what it held before. */
export function livingCells(
  test: Test<Context>,
  { row, steps = STEPS }: { row: string; steps?: readonly Step[] },
): void {
  for (const step of steps) {
    const title = `${row} × ${step}: nothing crashes, nothing is left behind`
    test(title, async ({ stage }) => judge(await stage.rounds(row, step), title))
  }
}
