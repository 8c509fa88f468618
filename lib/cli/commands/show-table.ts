/** Prints a table, as wide as the terminal. */

import type { CommandContext } from '../context.js'
import { tableLines } from '../table.js'

export function showTable(
  { out }: CommandContext,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const paint = (text: string, row: number): string => (row < 0 ? out.paint('bold', text) : text)
  for (const line of tableLines(head, rows, { columns: out.columns, paint })) out.line(line)
}
