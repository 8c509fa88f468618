/** Rows as a table or as lines of JSON. */

import type { Figure } from './race.js'
import { type Row, ratioOf, reaches } from './row.js'

/** Enough digits to compare, no more. */
function short(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toPrecision(3)
}

function cell(figure: Figure | null): string {
  if (figure === null) return '-'
  const [least, most] = figure.spread
  return least === most ? short(figure.value) : `${short(figure.value)} [${short(least)}–${short(most)}]`
}

function verdict(row: Row): string {
  const reached = reaches(row)
  return reached === undefined ? '' : reached ? 'yes' : 'NO'
}

/** Aligned text, or a Markdown table. */
function layOut(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)))
  const text = (cells: readonly string[]): string =>
    `| ${cells.map((value, column) => value.padEnd(widths[column] ?? 0)).join(' | ')} |\n`
  return text(head) + text(widths.map((width) => '-'.repeat(width))) + lines.map(text).join('')
}

const HEAD = ['case', 'metric', 'unit', 'ours', 'limit', 'x limit', 'must', 'aim', 'reached', 'peers']

/** All rows, as a Markdown table that is readable as it stands. */
export function tableOf(rows: readonly Row[]): string {
  return layOut(
    HEAD,
    rows.map((row) => {
      const ratio = ratioOf(row)
      const sign = row.better === 'lower' ? '≤' : '≥'
      const bound = (value: number | null): string => (value === null ? '' : `${sign} ${value}`)
      const peers = Object.entries(row.peers).map(
        ([name, figure]) => `${name} ${figure === null ? '-' : short(figure.value)}`,
      )
      return [
        ...[row.case, row.metric, row.unit, cell(row.ours), row.limit === null ? '' : cell(row.limit)],
        ...[ratio === null ? '' : ratio.toFixed(2), bound(row.must), bound(row.aim), verdict(row), peers.join(', ')],
      ]
    }),
  )
}

/** One row as a line of JSON. */
export function jsonOf(row: Row): string {
  const value = (figure: Figure | null): number | null => figure?.value ?? null
  const peers = Object.fromEntries(Object.entries(row.peers).map(([name, figure]) => [name, value(figure)]))
  const { case: name, metric, unit, better, must, aim } = row
  const line = { case: name, metric, unit, better, ours: value(row.ours), limit: value(row.limit) }
  return `${JSON.stringify({ ...line, ratio: ratioOf(row), must, aim, peers })}\n`
}
