/** `key=value` in answers (one a line) and in events (one behind the other, values quoted where they have blanks). */

/** More lines than the longest answer of wpa_supplicant has. */
const MAX_PAIRS_COUNT = 1_024

/** Values as they stand; only the end of the line is taken off, since a name may end in blanks. Lines without `=` are skipped. */
export function readLines(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const at = line.indexOf('=')
    if (at <= 0 || values.size >= MAX_PAIRS_COUNT) continue
    values.set(line.slice(0, at), line.endsWith('\r') ? line.slice(at + 1, -1) : line.slice(at + 1))
  }
  return values
}

/**
 * The pairs of an event; what is no pair is passed over. A value in double quotes ends at the first quote without a
 * backslash; one in single quotes, which the supplicant does not escape, at a quote with another pair or nothing behind it.
 * Escapes are left in the values.
 */
export function readPairs(text: string): ReadonlyMap<string, string> {
  const pair = /(?:^|[\s[])(\w+)=(?:"((?:[^"\\]|\\.)*)"|'(.*?)'(?=\s+\w+=|\s*\]?\s*$)|([^\s\]]*))/gs
  const values = new Map<string, string>()
  for (const [, key = '', double, single, bare = ''] of text.matchAll(pair)) {
    if (values.size >= MAX_PAIRS_COUNT) break
    values.set(key, double ?? single ?? bare)
  }
  return values
}

/** A whole number in decimal or 0x-hexadecimal; undefined for anything else. */
export function readNumber(value: string | undefined): number | undefined {
  if (value === undefined || !/^(-?\d{1,15}|0[xX][0-9a-fA-F]{1,12})$/.test(value)) return undefined
  return Number(value)
}
