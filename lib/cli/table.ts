/** Tables that fit: cells go on below themselves, first those of the last column, then those of the widest ones. Pure. */

/** What a cell shows must not move the cursor or colour the screen: a name of a network can hold anything. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g
const GAP = '  '
/** The last column is not made narrower than this while others can be. */
const MIN_LAST_COLUMNS = 16
/** A column narrower than this, or than its head, is no column: then lines are longer than the terminal. */
const MIN_COLUMNS = 6

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
  const natural = head.map((_, at) => Math.max(...cells.map((row) => widthOf(row[at] ?? ''))))
  const widths = columns === undefined ? natural : fitted(natural, head, columns)
  return cells.flatMap((row, index) => {
    const wrapped = row.map((cell, at) => wrap(cell, widths[at] ?? 0))
    const height = Math.max(...wrapped.map((lines) => lines.length))
    return Array.from({ length: height }, (_, line) => {
      const texts = wrapped.map((lines) => lines[line] ?? '')
      const last = texts.findLastIndex((text) => text !== '')
      const padded = texts.map((text, at) => (at < last ? pad(text, widths[at] ?? 0) : text))
      const shown = padded.map((text, at) => (texts[at] === '' ? text : paint(text, index - 1, at)))
      return shown
        .slice(0, last + 1)
        .join(GAP)
        .trimEnd()
    })
  })
}

/** Widths whose sum fits, as far as that can be. */
function fitted(natural: readonly number[], head: readonly string[], columns: number): number[] {
  const least = natural.map((width, at) => Math.min(width, Math.max(widthOf(head[at] ?? ''), MIN_COLUMNS)))
  const widths = [...natural]
  const room = columns - GAP.length * (widths.length - 1)
  let excess = widths.reduce((sum, width) => sum + width, 0) - room
  const last = widths.length - 1
  const spare = Math.min(excess, (widths[last] ?? 0) - MIN_LAST_COLUMNS)
  if (spare > 0) {
    widths[last] = (widths[last] ?? 0) - spare
    excess -= spare
  }
  for (; excess > 0; excess -= 1) {
    const spares = widths.map((width, at) => (width > (least[at] ?? 0) ? width : 0))
    const widest = spares.indexOf(Math.max(...spares))
    if (spares[widest] === 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
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
      const length = fittingLength(line, columns)
      lines.push(line.slice(0, length))
      line = line.slice(length)
    }
  }
  return [...lines, line]
}

/** How much of a word that is too long stands on a line: up to a colon in its second half, where addresses are broken. */
function fittingLength(word: string, columns: number): number {
  let length = 0
  let width = 0
  for (const character of word) {
    width += widthOf(character)
    if (length > 0 && width > columns) break
    length += character.length
  }
  const behindColon = word.lastIndexOf(':', length - 1) + 1
  return behindColon > length / 2 ? behindColon : length
}
