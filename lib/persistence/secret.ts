/** The key that saved configurations are encrypted with. */

import { type Clock, systemClock } from '../base/clock.js'
import { withDeadline } from '../base/deadline.js'
import { isNetworkError, NetworkError } from '../errors.js'

/** AES-128. */
export const SECRET_BYTES = 16

const HEX_SECRET = /^[0-9a-f]{32}$/i

/** 16 bytes, as they are or as 32 hexadecimal digits. */
export type SecretBytes = Uint8Array | string

/** One key; or the key to write with and behind it those that older files may be written with. */
export type SecretAnswer = SecretBytes | readonly SecretBytes[]

/** The key itself, or a function that has it, from a secure element for example. It is asked before each use. */
export type PersistenceSecret = SecretBytes | (() => SecretAnswer | Promise<SecretAnswer>)

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

/** A secure element answers within seconds; one that hangs must not keep the network from starting. */
const SECRET_LIMIT_MS = 30_000

/** Keys in order of preference: the one to write with first. */
export type Secrets = readonly [Uint8Array, ...Uint8Array[]]

/** Asks for the keys, and remembers those of this run: a key that changes meanwhile makes no file unreadable. */
export class SecretSource {
  readonly #ask: () => unknown
  readonly #clock: Clock
  readonly #earlier: Uint8Array[] = []

  /** @throws NetworkError ERR_INVALID_CONFIG for a key of the wrong length */
  constructor(secret: PersistenceSecret, clock: Clock = systemClock) {
    this.#clock = clock
    if (typeof secret === 'function') this.#ask = secret
    else {
      const parsed = parseSecret(secret)
      this.#ask = () => parsed
    }
  }

  /** @throws NetworkError ERR_PERSISTENCE where the function fails, ERR_INVALID_CONFIG for what it returns */
  async ask(): Promise<Secrets> {
    let answer: unknown
    try {
      const late = (): Error => new Error(`it has not answered within ${SECRET_LIMIT_MS} ms`)
      const asking = (async () => await this.#ask())()
      answer = await withDeadline(asking, { clock: this.#clock, limitMs: SECRET_LIMIT_MS, late })
    } catch (thrown) {
      throw new NetworkError('ERR_PERSISTENCE', 'the function persistenceSecret failed', { cause: thrown })
    }
    const [first, ...older] = Array.isArray(answer) ? answer.map(parseSecret) : [parseSecret(answer)]
    if (first === undefined) {
      const message = 'the function persistenceSecret returned no key'
      throw new NetworkError('ERR_INVALID_CONFIG', message, { field: 'persistenceSecret' })
    }
    for (const secret of [first, ...older]) {
      if (!this.#earlier.some((known) => equalSecrets(known, secret))) this.#earlier.push(secret)
    }
    return [first, ...this.#earlier.filter((known) => !equalSecrets(known, first))]
  }

  /** What `decode` makes of the first key that it does not fail with ERR_DECRYPTION_FAILED for. @throws what it throws with the first */
  async tryEach<T>(decode: (secret: Uint8Array, isFirst: boolean) => T): Promise<T> {
    const [first, ...older] = await this.ask()
    try {
      return decode(first, true)
    } catch (thrown) {
      if (!isNetworkError(thrown, 'ERR_DECRYPTION_FAILED')) throw thrown
      for (const secret of older) {
        try {
          return decode(secret, false)
        } catch {
          // Written with another one still, or with none of them.
        }
      }
      throw thrown
    }
  }
}

function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a).equals(b)
}

function describe(secret: unknown): string {
  if (secret instanceof Uint8Array) return `${secret.length} bytes`
  if (typeof secret === 'string') return `a text of ${secret.length} characters`
  return secret === null ? 'null' : `a value of type ${typeof secret}`
}
