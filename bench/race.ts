/** Contenders take turns in one run, so that a noisy minute hits all of them. */

import { median, spread } from './statistics.js'

/** What one turn came to; a figure is undefined where the contender failed at it. */
export interface Outcome {
  readonly figures: Readonly<Record<string, number | undefined>>
  /** What has to be known about the figures, such as how much was lost. */
  readonly note?: string | undefined
}

export interface Contender {
  readonly name: string
  /** Most rounds it takes part in; for those that are very slow. */
  readonly maxRounds?: number
  run(round: number): Promise<Outcome>
}

/** A figure over all rounds. */
export interface Figure {
  readonly value: number
  readonly spread: readonly [number, number]
}

/** The order of a round: a later round begins with a later contender, so that no one always runs first. */
export function rotated<T>(items: readonly T[], round: number): T[] {
  const at = items.length === 0 ? 0 : round % items.length
  return [...items.slice(at), ...items.slice(0, at)]
}

export class Results {
  readonly #outcomes = new Map<string, Outcome[]>()

  add(name: string, outcome: Outcome): void {
    this.#outcomes.set(name, [...(this.#outcomes.get(name) ?? []), outcome])
  }

  get names(): string[] {
    return [...this.#outcomes.keys()]
  }

  /** Median and spread; null when there is none or the contender failed in any round: a failure is never averaged away. */
  figure(name: string, metric: string): Figure | null {
    const values = (this.#outcomes.get(name) ?? []).map(({ figures }) => figures[metric])
    const good = values.filter((value) => value !== undefined)
    if (good.length === 0 || good.length < values.length) return null
    return { value: median(good), spread: spread(good) }
  }

  /** Whether the contender has been measured at this at all. */
  measures(name: string, metric: string): boolean {
    return (this.#outcomes.get(name) ?? []).some(({ figures }) => metric in figures)
  }

  /** `NAME: NOTE`, each once. */
  notes(): string[] {
    const all = [...this.#outcomes].flatMap(([name, outcomes]) =>
      outcomes.flatMap(({ note }) => (note === undefined ? [] : [`${name}: ${note}`])),
    )
    return [...new Set(all)]
  }
}

/** Runs all rounds. A contender that throws has failed in that round, at all its figures. */
export async function race(contenders: readonly Contender[], rounds: number): Promise<Results> {
  const results = new Results()
  const failed = new Set<string>()
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of rotated(contenders, round)) {
      if (round >= (contender.maxRounds ?? rounds) || failed.has(contender.name)) continue
      try {
        results.add(contender.name, await contender.run(round))
      } catch (thrown) {
        failed.add(contender.name)
        results.add(contender.name, { figures: {}, note: thrown instanceof Error ? thrown.message : String(thrown) })
      }
    }
  }
  return results
}
