/** Keys of WireGuard: 32 octets of X25519 (RFC 7748), as 44 characters of base64. */

import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import { NetworkError } from '../../errors.js'

export interface KeyPair {
  /** A secret. */
  readonly privateKey: string
  readonly publicKey: string
}

const KEY_BYTES = 32
const KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/
/** PKCS #8 around the 32 octets of an X25519 key (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex')

/** A new key and its public half. The private one is clamped, as `wg genkey` makes them. */
export function generateKeyPair(): KeyPair {
  const privateKey = Buffer.from(clamped(randomBytes(KEY_BYTES))).toString('base64')
  return { privateKey, publicKey: publicKey(privateKey) }
}

/** A new preshared key. */
export function generatePresharedKey(): string {
  return randomBytes(KEY_BYTES).toString('base64')
}

/** The public half of a private key. @throws NetworkError ERR_INVALID_CONFIG with `field` privateKey; never shows the key */
export function publicKey(privateKey: string): string {
  const octets = Buffer.concat([PKCS8_HEAD, clamped(decodeKey(privateKey, 'privateKey'))])
  const secret = createPrivateKey({ key: octets, format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' })
  return spki.subarray(spki.length - KEY_BYTES).toString('base64')
}

/** The 32 octets of a key. @throws NetworkError ERR_INVALID_CONFIG with `field`; never shows the text */
export function decodeKey(text: string, field: string): Uint8Array {
  if (typeof text === 'string' && KEY.test(text)) return Uint8Array.from(Buffer.from(text, 'base64'))
  const message = `${field}: expected a key: 32 octets as 44 characters of base64`
  throw new NetworkError('ERR_INVALID_CONFIG', message, { field })
}

export function encodeKey(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64')
}

/** RFC 7748, section 5. */
function clamped(octets: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(octets)
  copy[0] = (octets[0] ?? 0) & 248
  copy[KEY_BYTES - 1] = ((octets[KEY_BYTES - 1] ?? 0) & 127) | 64
  return copy
}
