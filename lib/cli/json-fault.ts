/** Where a text stops being JSON (RFC 8259). The parser's own message leaves the place out for some faults, and quotes the text. */

export interface TextPosition {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units as editors count. */
  readonly column: number
}

const BLANKS = /[ \t\n\r]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: what a string may not hold
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const LITERAL = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y

/** What may come next: a value, a key, what follows a value, … */
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | 'more'

/** The first token that does not belong where it stands, or the end of a text that is cut short; undefined: it is JSON. */
export function jsonFault(text: string): TextPosition | undefined {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  let at = after(BLANKS, text, 0) ?? 0
  while (!(expected === 'more' && open.length === 0)) {
    const step = take(text, at, expected, open)
    if (step === undefined) return positionOf(text, at)
    expected = step.next
    at = after(BLANKS, text, step.end) ?? step.end
  }
  return at === text.length ? undefined : positionOf(text, at)
}

interface Step {
  readonly end: number
  readonly next: Expected
}

/** One token; `open` holds the brackets around it. */
function take(text: string, at: number, expected: Expected, open: ('{' | '[')[]): Step | undefined {
  const sign = text[at]
  if (expected === ':') return sign === ':' ? { end: at + 1, next: 'value' } : undefined
  if (closes(sign, expected, open.at(-1))) {
    open.pop()
    return { end: at + 1, next: 'more' }
  }
  if (expected === 'more')
    return sign === ',' ? { end: at + 1, next: open.at(-1) === '{' ? 'key' : 'value' } : undefined
  const string = after(STRING, text, at)
  if (expected === 'key' || expected === 'key or }')
    return string === undefined ? undefined : { end: string, next: ':' }
  if (sign === '{' || sign === '[') {
    open.push(sign)
    return { end: at + 1, next: sign === '{' ? 'key or }' : 'value or ]' }
  }
  const end = string ?? after(LITERAL, text, at)
  return end === undefined ? undefined : { end, next: 'more' }
}

function closes(sign: string | undefined, expected: Expected, innermost: '{' | '[' | undefined): boolean {
  if (sign === '}') return innermost === '{' && (expected === 'more' || expected === 'key or }')
  return sign === ']' && innermost === '[' && (expected === 'more' || expected === 'value or ]')
}

/** The end of what the sticky pattern matches at a place. */
function after(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}

function positionOf(text: string, at: number): TextPosition {
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** 'line 2, column 14': the place of the fault in a text that the parser has refused. */
export function jsonFaultText(text: string): string {
  const { line, column } = jsonFault(text) ?? positionOf(text, text.length)
  return `line ${line}, column ${column}`
}
