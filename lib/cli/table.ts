/** Tables that fit: the last column takes what is left, and goes on below itself. Pure. */

/** What a cell shows must not move the cursor or colour the screen: a name of a network can hold anything. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g
const GAP = '  '
/** A last column narrower than this is no column: then lines are longer than the terminal. */
const MIN_LAST_COLUMNS = 16

export interface TableOptions {
  /** Characters a line may have; undefined: any number. */
  readonly columns: number | undefined
  /** Called with the padded text of a cell; what it adds takes no room. */
  readonly paint?: (text: string, row: number, column: number) => string
}

/** A text without what a terminal would obey. */
export function harmless(text: string): string {
  return text.replace(CONTROL, '\ufffd')
}

/** The lines of a table with a head. Cells that are undefined are empty. */
export function tableLines(
  head: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
  { columns, paint = (text) => text }: TableOptions,
): string[] {
  const cells = [head, ...rows.map((row) => head.map((_, at) => harmless(String(row[at] ?? ''))))]
  const widths = head.map((_, at) => Math.max(...cells.map((row) => widthOf(row[at] ?? ''))))
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0)
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(columns - before, MIN_LAST_COLUMNS)
  return cells.flatMap((row, index) => {
    const [first = '', ...further] = wrap(row.at(-1) ?? '', room)
    const leading = row.slice(0, -1).map((cell, at) => paint(pad(cell, widths[at] ?? 0), index - 1, at))
    const line = [...leading, paint(first, index - 1, head.length - 1)].join(GAP)
    return [line.trimEnd(), ...further.map((text) => `${' '.repeat(before)}${paint(text, index - 1, head.length - 1)}`)]
  })
}

/** Columns of a terminal, as far as its characters are one or two wide (East Asian Wide of UAX 11, the common blocks). */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += isWide(character.codePointAt(0) ?? 0) ? 2 : 1
  return width
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff)
  )
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** Lines of at most so many columns, broken at blanks where there are any. */
export function wrap(text: string, columns: number): string[] {
  if (widthOf(text) <= columns) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (widthOf(joined) <= columns) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (widthOf(line) > columns) {
      lines.push([...line].slice(0, columns).join(''))
      line = [...line].slice(columns).join('')
    }
  }
  return [...lines, line]
}
