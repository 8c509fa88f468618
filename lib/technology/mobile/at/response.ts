/** Answers of modems as values. Whatever a modem says, nothing throws. Pure. */

export type AtValue = number | string

/** The header and the values of '+HEADER: 1,"text",0x1F'; undefined: it is none. */
export function parseResponse(
  line: string,
): { readonly header: string; readonly values: readonly AtValue[] } | undefined {
  const [, header, rest = ''] = /^(\+[A-Z]+): (.*)$/.exec(line) ?? []
  if (header === undefined) return undefined
  // An ICCID is digits, too many for a number, and may end in F.
  if (header === '+QCCID') return { header, values: [rest.trim()] }
  if (line === '+QNWINFO: No Service') return { header, values: ['No Service', '', '', 0] }
  const values = parseValues(rest)
  return values === undefined ? undefined : { header, values }
}

const VALUE = /\s*(?:"([^"]*)"|(0x[0-9a-fA-F]{1,12})|(-?\d{1,15}))\s*(?:,|$)/y

function parseValues(text: string): AtValue[] | undefined {
  const values: AtValue[] = []
  let at = 0
  while (at < text.length) {
    VALUE.lastIndex = at
    const found = VALUE.exec(text)
    if (found === null) return undefined
    const [all, quoted, hexadecimal, decimal] = found
    values.push(quoted ?? Number(hexadecimal ?? decimal))
    at += all.length
  }
  return values
}
