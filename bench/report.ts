/** One line of a benchmark, for people and for machines. */

export interface Row {
  readonly case: string
  readonly metric: string
  readonly unit: string
  readonly better: 'lower' | 'higher'
  readonly ours: number
  /** The same done with as little as possible; undefined where nothing stands for it. */
  readonly limit?: number
  /** ours / limit. */
  readonly ratio?: number
  /** What the figure has to reach. */
  readonly must?: number
  readonly aim?: number
  readonly peers: Readonly<Record<string, number>>
}

/** A text table. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  process.stdout.write(`${line(head)}\n${rows.map((row) => `${line(row)}\n`).join('')}`)
}

export function printJson(rows: readonly Row[]): void {
  for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`)
}
