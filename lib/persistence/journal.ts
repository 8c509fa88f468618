/** One record that must outlive a crash: what an unconfirmed change would restore, or a confirmed one still has to save. */

import { randomBytes } from 'node:crypto'
import type { Logger } from '../base/logger.js'
import { messageOf, NetworkError } from '../errors.js'
import { durableRemove, durableWrite } from './durable-write.js'
import { decodeSavedConfig, encodeSavedConfig, IV_BYTES } from './file-format.js'
import { type FileSystem, systemErrorCode } from './file-system.js'
import type { SecretSource } from './secret.js'

/** Longer than any interface name; stands in the text that the record is bound to, so that none takes a configuration's place. */
export const JOURNAL_NAME = '.vintage-net.journal'

export interface JournalOptions {
  readonly path: string
  readonly secrets: SecretSource
  readonly fs: FileSystem
  readonly logger: Logger
}

/** One encrypted file, replaced whole or not at all. */
export class Journal {
  readonly #options: JournalOptions

  constructor(options: JournalOptions) {
    this.#options = options
  }

  /** Resolves when the record is on the disk. @throws NetworkError ERR_PERSISTENCE */
  async write(record: unknown): Promise<void> {
    const { path, secrets, fs } = this.#options
    try {
      const [secret] = await secrets.ask()
      const sealed = { ifname: JOURNAL_NAME, secret }
      await durableWrite(fs, path, encodeSavedConfig(record, randomBytes(IV_BYTES), sealed))
    } catch (thrown) {
      const message = `the journal cannot be written: ${messageOf(thrown)}`
      throw new NetworkError('ERR_PERSISTENCE', message, { operation: 'apply', cause: thrown })
    }
  }

  /** The record, undefined where there is none. One that cannot be read is put aside with a warning. */
  async read(): Promise<unknown> {
    const { path, fs, logger } = this.#options
    try {
      return await this.#read()
    } catch (thrown) {
      if (systemErrorCode(thrown) === 'ENOENT') return undefined
      const movedTo = `${path}.broken`
      logger.warn({ path, movedTo }, `the journal of an unconfirmed change cannot be read: ${messageOf(thrown)}`)
      await fs.rename(path, movedTo).catch(() => undefined)
      return undefined
    }
  }

  /** @throws NetworkError ERR_PERSISTENCE */
  async remove(): Promise<void> {
    const { path, fs } = this.#options
    await durableRemove(fs, path).catch((thrown: unknown) => {
      // No directory: nothing was ever written.
      if (systemErrorCode(thrown) === 'ENOENT') return
      const message = `the journal cannot be removed: ${messageOf(thrown)}`
      throw new NetworkError('ERR_PERSISTENCE', message, { operation: 'apply', cause: thrown })
    })
  }

  async #read(): Promise<unknown> {
    const { path, secrets, fs } = this.#options
    const file = await fs.open(path, 'r')
    let bytes: Uint8Array
    try {
      bytes = await file.readFile()
    } finally {
      await file.close()
    }
    return secrets.tryEach((secret) => decodeSavedConfig(bytes, { ifname: JOURNAL_NAME, secret }))
  }
}
