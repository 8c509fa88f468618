/** The token that a client must show on TCP. */

import { createHash, timingSafeEqual } from 'node:crypto'

/** 16 bytes of chance, in hexadecimal; anything shorter can be tried out. */
export const MIN_TOKEN_CHARS = 32

const BEARER = /^Bearer ([\x21-\x7e]+)$/

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
