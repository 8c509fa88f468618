/** The file store: one encrypted file per interface, named after it, replaced whole or not at all. */

import { randomBytes } from 'node:crypto'
import * as nodeFileSystem from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Actor } from '../base/actor.js'
import { checkInterfaceName } from '../base/interface-name.js'
import type { Logger } from '../base/logger.js'
import { messageOf, NetworkError } from '../errors.js'
import { durableRemove, durableWrite, isTemporaryName, settleDirectory } from './durable-write.js'
import { decodeSavedConfig, encodeSavedConfig, IV_BYTES } from './file-format.js'
import { type FileSystem, systemErrorCode } from './file-system.js'
import { JOURNAL_NAME } from './journal.js'
import type { SecretSource } from './secret.js'
import type { Persistence } from './store.js'

export interface FileStoreOptions {
  readonly directory: string
  readonly secrets: SecretSource
  readonly logger: Logger
  readonly fs?: FileSystem | undefined
}

/** Far more than any configuration; keeps a stray file of any size out of memory. */
const MAX_FILE_BYTES = 1_048_576

/** A store over a directory that belongs to it alone. Operations run one after the other, in order of the calls. */
export class FileStore implements Persistence {
  readonly #directory: string
  readonly #logger: Logger
  readonly #fs: FileSystem
  readonly #actor = new Actor()
  readonly #secrets: SecretSource
  /** Whether the directory may hold temporary files of a write that never ended. */
  #sweepDue = true
  readonly #namedStrays = new Set<string>()

  /** @throws NetworkError `ERR_INVALID_CONFIG` for a secret of the wrong length */
  constructor(options: FileStoreOptions) {
    this.#directory = resolve(options.directory)
    this.#logger = options.logger
    this.#fs = options.fs ?? nodeFileSystem
    this.#secrets = options.secrets
  }

  /** Interfaces with a saved configuration, sorted; a directory that cannot be read has none. */
  async list(): Promise<string[]> {
    return this.#actor.run(async () => {
      // A process that was killed may have renamed and not synced: what is found now is what is told, so it must last.
      await settleDirectory(this.#fs, this.#directory).catch((thrown: unknown) => {
        this.#logger.debug({ directory: this.#directory }, `the directory cannot be synced: ${messageOf(thrown)}`)
      })
      const files = (await this.#readDirectory()).filter((name) => !isTemporaryName(name) && name !== JOURNAL_NAME)
      const names = files.filter((name) => checkInterfaceName(name) === undefined)
      this.#nameStrays(files.filter((name) => !names.includes(name)))
      return names.sort()
    })
  }

  /**
   * The saved configuration, undefined when there is no file.
   * @throws NetworkError `ERR_SAVED_CONFIG_CORRUPT`, `ERR_DECRYPTION_FAILED`, `ERR_PERSISTENCE`, `ERR_INVALID_INTERFACE_NAME`
   */
  async load(ifname: string): Promise<unknown> {
    const path = this.#pathOf(ifname)
    return this.#actor.run(async () => {
      const bytes = await this.#readFile(path, ifname)
      if (bytes === undefined) return undefined
      let outdated = false
      const config = await this.#secrets.tryEach((secret, isFirst) => {
        const decoded = decodeSavedConfig(bytes, { ifname, secret })
        outdated = !isFirst
        return decoded
      })
      if (outdated) await this.#renew(ifname, path, config)
      return config
    })
  }

  /**
   * Resolves when the configuration is on the disk; a failed save leaves what was there.
   * @throws NetworkError `ERR_PERSISTENCE`, `ERR_INVALID_CONFIG`, `ERR_INVALID_INTERFACE_NAME`
   */
  async save(ifname: string, config: unknown): Promise<void> {
    const path = this.#pathOf(ifname)
    await this.#actor.run(async () => {
      const bytes = await this.#encode(ifname, config)
      if (bytes.length > MAX_FILE_BYTES) {
        const message = `the configuration of ${ifname} is larger than ${MAX_FILE_BYTES} bytes`
        throw new NetworkError('ERR_INVALID_CONFIG', message, { ifname, field: 'config' })
      }
      if (this.#sweepDue) await this.#readDirectory()
      try {
        await durableWrite(this.#fs, path, bytes)
      } catch (thrown) {
        this.#sweepDue = true
        throw failure('save', ifname, thrown)
      }
    })
  }

  /** Removes the file; a missing one is no failure. @throws NetworkError `ERR_PERSISTENCE`, `ERR_INVALID_INTERFACE_NAME` */
  async clear(ifname: string): Promise<void> {
    const path = this.#pathOf(ifname)
    await this.#actor.run(async () => {
      try {
        await durableRemove(this.#fs, path)
      } catch (thrown) {
        throw failure('clear', ifname, thrown)
      }
    })
  }

  async #encode(ifname: string, config: unknown): Promise<Uint8Array> {
    const [secret] = await this.#secrets.ask()
    return encodeSavedConfig(config, randomBytes(IV_BYTES), { ifname, secret })
  }

  /** A file that an older key opens is written with the new one; where that fails it stays as it is. */
  async #renew(ifname: string, path: string, config: unknown): Promise<void> {
    try {
      await durableWrite(this.#fs, path, await this.#encode(ifname, config))
      this.#logger.info({ ifname }, 'the saved configuration is now encrypted with the new key')
    } catch (thrown) {
      this.#sweepDue = true
      this.#logger.warn({ ifname }, `the saved configuration keeps its older key: ${messageOf(thrown)}`)
    }
  }

  /** The rule for names keeps every path inside the directory. */
  #pathOf(ifname: string): string {
    const problem = checkInterfaceName(ifname)
    if (problem !== undefined) throw new NetworkError('ERR_INVALID_INTERFACE_NAME', problem, { ifname: String(ifname) })
    return join(this.#directory, ifname)
  }

  async #readFile(path: string, ifname: string): Promise<Uint8Array | undefined> {
    try {
      const file = await this.#fs.open(path, 'r')
      try {
        const { size } = await file.stat()
        if (size <= MAX_FILE_BYTES) return await file.readFile()
      } finally {
        await file.close()
      }
    } catch (thrown) {
      if (systemErrorCode(thrown) === 'ENOENT') return undefined
      throw failure('load', ifname, thrown)
    }
    const message = `the saved configuration of ${ifname} is larger than ${MAX_FILE_BYTES} bytes`
    throw new NetworkError('ERR_SAVED_CONFIG_CORRUPT', message, { ifname, operation: 'load' })
  }

  /** Names of the directory's entries; where one is no file it is a stray. Sweeps left-overs when that is due. */
  async #readDirectory(): Promise<string[]> {
    try {
      const entries = await this.#fs.readdir(this.#directory, { withFileTypes: true })
      if (this.#sweepDue) await this.#sweep(entries.map((entry) => entry.name).filter(isTemporaryName))
      this.#nameStrays(entries.filter((entry) => !entry.isFile()).map((entry) => entry.name))
      return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
    } catch (thrown) {
      if (systemErrorCode(thrown) !== 'ENOENT') {
        this.#logger.warn({ directory: this.#directory }, `saved configurations cannot be listed: ${messageOf(thrown)}`)
      }
      return []
    }
  }

  async #sweep(leftOvers: readonly string[]): Promise<void> {
    this.#sweepDue = false
    for (const name of leftOvers) {
      try {
        await this.#fs.unlink(join(this.#directory, name))
      } catch (thrown) {
        // Harmless where it lies, and tried again next time.
        this.#sweepDue = true
        this.#logger.debug({ name }, `a temporary file cannot be removed: ${messageOf(thrown)}`)
      }
    }
  }

  /** Warns once about each entry that is no saved configuration. */
  #nameStrays(names: readonly string[]): void {
    for (const name of names) {
      if (this.#namedStrays.has(name)) continue
      this.#namedStrays.add(name)
      this.#logger.warn({ name, directory: this.#directory }, 'not a saved configuration, ignored')
    }
  }
}

function failure(operation: string, ifname: string, thrown: unknown): NetworkError {
  const code = systemErrorCode(thrown)
  const message = messageOf(thrown)
  const why = code === undefined || message.includes(code) ? message : `${code}: ${message}`
  const errno =
    thrown instanceof Error && 'errno' in thrown && typeof thrown.errno === 'number'
      ? Math.abs(thrown.errno)
      : undefined
  const text = `${operation} of the configuration of ${ifname} failed: ${why}`
  return new NetworkError('ERR_PERSISTENCE', text, { ifname, operation, errno, cause: thrown })
}
