/** Pages of docs/ that are made from the sources: `npm run docs` writes them, tests compare them. */

import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'

/** The page is what `make` makes of the present page; with WRITE_PAGES=1 it is written. */
export async function checkPage(path: string, make: (page: string) => string | Promise<string>): Promise<void> {
  const url = new URL(`../../../${path}`, import.meta.url)
  const page = readFileSync(url, 'utf8')
  const made = await make(page)
  if (process.env['WRITE_PAGES'] === '1') writeFileSync(url, made)
  else assert.is(page, made, `${path} is not what the sources say; npm run docs writes it`)
}

/** The page with `text` between the marks of `name`. @throws Error where there is no such pair of marks */
export function withBlock(page: string, name: string, text: string): string {
  const begin = `<!-- made: ${name} -->\n`
  const end = `<!-- end of ${name} -->`
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`the page has no pair of marks called ${name}`)
  return `${page.slice(0, from + begin.length)}\n${text}\n\n${page.slice(to)}`
}

/** A table; a bar inside a cell does not end it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
