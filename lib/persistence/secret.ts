/** The key that saved configurations are encrypted with. */

import { NetworkError } from '../errors.js'

/** AES-128. */
export const SECRET_BYTES = 16

const HEX_SECRET = /^[0-9a-f]{32}$/i

/** 16 bytes, as they are or as 32 hexadecimal digits. */
export type SecretBytes = Uint8Array | string

/** The key itself, or a function that has it, from a secure element for example. */
export type PersistenceSecret = SecretBytes | (() => SecretBytes | Promise<SecretBytes>)

/**
 * The default key. It is public, so it keeps a passphrase from the eye that meets the file by chance, and from nobody
 * else: obfuscation, not protection. It must never change, or files of earlier versions become unreadable.
 */
export const OBFUSCATION_KEY: Uint8Array = new TextEncoder().encode('obscures,no more')

/** Reads a key. @throws NetworkError `ERR_INVALID_CONFIG`; the text never holds the key */
export function parseSecret(secret: unknown): Uint8Array {
  if (secret instanceof Uint8Array && secret.length === SECRET_BYTES) return Uint8Array.from(secret)
  if (typeof secret === 'string' && HEX_SECRET.test(secret)) return Uint8Array.from(Buffer.from(secret, 'hex'))
  const expected = `persistenceSecret is ${SECRET_BYTES} bytes or ${SECRET_BYTES * 2} hexadecimal digits`
  throw new NetworkError('ERR_INVALID_CONFIG', `${expected}, not ${describe(secret)}`, { field: 'persistenceSecret' })
}

function describe(secret: unknown): string {
  if (secret instanceof Uint8Array) return `${secret.length} bytes`
  if (typeof secret === 'string') return `a text of ${secret.length} characters`
  return secret === null ? 'null' : `a value of type ${typeof secret}`
}
