/** The token that a client must show on TCP. */

import { createHash, timingSafeEqual } from 'node:crypto'

/** 16 bytes of chance, in hexadecimal; anything shorter can be tried out. */
export const MIN_TOKEN_CHARS = 32

/** What the header can carry (RFC 6750): neither blanks nor anything beyond ASCII. */
const TOKEN = /^[\x21-\x7e]+$/
const BEARER = /^Bearer ([\x21-\x7e]+)$/

/** What keeps a text from being a token; undefined: nothing. */
export function tokenFault(token: string): string | undefined {
  if (token.length < MIN_TOKEN_CHARS) return `a TCP port needs a token of at least ${MIN_TOKEN_CHARS} characters`
  return TOKEN.test(token) ? undefined : 'a token has printable ASCII characters only, and no blanks'
}

/** Compares in a time that tells nothing about where, or by how much, the two differ; the lengths are hashed away. */
export function isToken(
  header: string | undefined,
  token: string,
  equal: typeof timingSafeEqual = timingSafeEqual,
): boolean {
  const given = BEARER.exec(header ?? '')?.[1] ?? ''
  return equal(digest(given), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
