/**
 * The bytes of a saved configuration: version, 16 bytes of initialization vector, 16 bytes of tag, then the JSON text
 * encrypted with AES-128-GCM. Version and interface name are authenticated with it, so that no file can take the place of another.
 */

import { createCipheriv, createDecipheriv } from 'node:crypto'
import { type ErrorCode, NetworkError } from '../errors.js'

/** The version written here. Version 1 has the same layout around an Erlang term; VintageNet for Elixir wrote it. */
export const FORMAT_VERSION = 2
const ELIXIR_VERSION = 1

export const IV_BYTES = 16
const TAG_BYTES = 16
const HEADER_BYTES = 1 + IV_BYTES + TAG_BYTES

const ALGORITHM = 'aes-128-gcm'

export interface SealedConfig {
  readonly ifname: string
  /** 16 bytes. */
  readonly secret: Uint8Array
}

/**
 * The bytes to save. `iv` is 16 random bytes, never used twice with one secret.
 * @throws NetworkError `ERR_INVALID_CONFIG` for what is not JSON
 */
export function encodeSavedConfig(config: unknown, iv: Uint8Array, { ifname, secret }: SealedConfig): Uint8Array {
  const cipher = createCipheriv(ALGORITHM, secret, iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(bound(ifname))
  const ciphertext = Buffer.concat([cipher.update(toJson(config, ifname), 'utf8'), cipher.final()])
  return Buffer.concat([Uint8Array.of(FORMAT_VERSION), iv, cipher.getAuthTag(), ciphertext])
}

/**
 * The configuration in the bytes of a file. A cut in the ciphertext looks like another secret: only the tag tells.
 * @throws NetworkError `ERR_SAVED_CONFIG_CORRUPT` or `ERR_DECRYPTION_FAILED`
 */
export function decodeSavedConfig(bytes: Uint8Array, { ifname, secret }: SealedConfig): unknown {
  const version = bytes[0]
  if (version === undefined) throw corrupt(ifname, 'is empty')
  if (version === ELIXIR_VERSION)
    throw corrupt(ifname, 'was written by VintageNet for Elixir, whose format is not read')
  if (version > FORMAT_VERSION) throw corrupt(ifname, `was written by a newer version (format ${version})`)
  if (version < FORMAT_VERSION) throw corrupt(ifname, `has an unknown format (${version})`)
  if (bytes.length <= HEADER_BYTES) throw corrupt(ifname, `is cut short: ${bytes.length} bytes`)
  const plaintext = decrypt(bytes, { ifname, secret })
  try {
    return JSON.parse(plaintext.toString('utf8'))
  } catch {
    // The parser's own text quotes what it read, so it goes no further.
    throw corrupt(ifname, 'does not contain JSON')
  }
}

function decrypt(bytes: Uint8Array, { ifname, secret }: SealedConfig): Buffer {
  const iv = bytes.subarray(1, 1 + IV_BYTES)
  const decipher = createDecipheriv(ALGORITHM, secret, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(bound(ifname))
  decipher.setAuthTag(bytes.subarray(1 + IV_BYTES, HEADER_BYTES))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(HEADER_BYTES)), decipher.final()])
  } catch {
    throw unusable('ERR_DECRYPTION_FAILED', ifname, 'was written with another secret, or was changed or cut short')
  }
}

function bound(ifname: string): Uint8Array {
  return new TextEncoder().encode(`vintage-net saved configuration ${FORMAT_VERSION} ${ifname}`)
}

function toJson(config: unknown, ifname: string): string {
  let text: string | undefined
  try {
    text = JSON.stringify(config)
  } catch {
    // A cycle or a bigint; refused below like everything else that JSON cannot hold.
  }
  if (text !== undefined) return text
  const message = `the configuration of ${ifname} cannot be saved: it is not JSON`
  throw new NetworkError('ERR_INVALID_CONFIG', message, { ifname, field: 'config' })
}

function corrupt(ifname: string, what: string): NetworkError {
  return unusable('ERR_SAVED_CONFIG_CORRUPT', ifname, what)
}

function unusable(code: ErrorCode, ifname: string, what: string): NetworkError {
  return new NetworkError(code, `the saved configuration of ${ifname} ${what}`, { ifname, operation: 'load' })
}
