/** Octets as text: addresses as inet_ntop(3) writes them (RFC 5952 for IPv6), MAC addresses as lower-case colon text. */

/** The texts of an octet. */
export const DECIMAL: readonly string[] = Array.from({ length: 256 }, (_, value) => String(value))
const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'))
/** Groups of an IPv6 address. */
const GROUPS_COUNT = 8
/** ::ffff:0:0/96 (RFC 4291 2.5.5.2), which is written with an IPv4 address at its end. */
const MAPPED_MARK = 0xffff

const decimal = (octets: Uint8Array, at: number): string => DECIMAL[octets[at] ?? 0] ?? ''
const hex = (octets: Uint8Array, at: number): string => HEX[octets[at] ?? 0] ?? ''

/** Four octets. */
function ipv4Text(octets: Uint8Array, at: number): string {
  return `${decimal(octets, at)}.${decimal(octets, at + 1)}.${decimal(octets, at + 2)}.${decimal(octets, at + 3)}`
}

/** Sixteen octets. */
export function ipv6Text(octets: Uint8Array, at: number): string {
  const zeros = longestZeros(octets, at)
  if (zeros.begin === 0 && (zeros.count === 6 || (zeros.count === 5 && group(octets, at, 5) === MAPPED_MARK))) {
    return `::${zeros.count === 5 ? 'ffff:' : ''}${ipv4Text(octets, at + 12)}`
  }
  let text = ''
  for (let index = 0; index < GROUPS_COUNT; index += 1) {
    if (index === zeros.begin) {
      text += '::'
      index += zeros.count - 1
      continue
    }
    const joint = text === '' || text.endsWith(':') ? '' : ':'
    text += joint + group(octets, at, index).toString(16)
  }
  return text
}

/** Six octets. */
export function macText(octets: Uint8Array, at: number): string {
  const front = `${hex(octets, at)}:${hex(octets, at + 1)}:${hex(octets, at + 2)}`
  return `${front}:${hex(octets, at + 3)}:${hex(octets, at + 4)}:${hex(octets, at + 5)}`
}

function group(octets: Uint8Array, at: number, index: number): number {
  return ((octets[at + index * 2] ?? 0) << 8) | (octets[at + index * 2 + 1] ?? 0)
}

/** The first of the longest rows of at least two zero groups; `begin` is -1 where there is none. */
function longestZeros(octets: Uint8Array, at: number): { begin: number; count: number } {
  let best = { begin: -1, count: 1 }
  let begin = -1
  for (let index = 0; index < GROUPS_COUNT; index += 1) {
    if (group(octets, at, index) !== 0) begin = -1
    else {
      if (begin === -1) begin = index
      if (index - begin + 1 > best.count) best = { begin, count: index - begin + 1 }
    }
  }
  return best
}
