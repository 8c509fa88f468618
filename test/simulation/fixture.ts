/** Failures that were found, kept as the steps that lead there; each run of the suite replays them all. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Step } from './step.js'

const FOLDER = fileURLToPath(new URL('../fixtures/simulation/', import.meta.url))

export interface Fixture {
  /** What it showed, in a sentence. */
  readonly what: string
  readonly seed: number
  readonly invariant: string
  readonly steps: readonly Step[]
}

/** The stored failures by file name, sorted. */
export function readFixtures(): [name: string, fixture: Fixture][] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
  return names.sort().map((name) => [name, JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Fixture])
}

/** Stores a failure; returns its file's name. */
export function keepFixture(fixture: Fixture): string {
  const name = `seed-${fixture.seed}-${fixture.steps.length}-steps.json`
  mkdirSync(FOLDER, { recursive: true })
  const steps = fixture.steps.map((step) => `    ${JSON.stringify(step)}`).join(',\n')
  const { what, seed, invariant } = fixture
  const head = `  "what": ${JSON.stringify(what)},\n  "seed": ${seed},\n  "invariant": ${JSON.stringify(invariant)},`
  writeFileSync(join(FOLDER, name), `{\n${head}\n  "steps": [\n${steps}\n  ]\n}\n`)
  return name
}
