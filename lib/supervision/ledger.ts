/** What this instance has running and has added, on disk, so that the start after a crash can clean up. */

import * as nodeFileSystem from 'node:fs/promises'
import { join } from 'node:path'
import { Actor } from '../base/actor.js'
import type { Clock } from '../base/clock.js'
import type { HostFileSystem } from '../base/file-system.js'
import type { Logger } from '../base/logger.js'
import { messageOf } from '../errors.js'
import {
  type AddressRecord,
  type DaemonRecord,
  decodeLedger,
  EMPTY_LEDGER,
  encodeLedger,
  type LedgerContent,
  type LedgerScope,
  type LinkRecord,
  type OverwrittenRecord,
} from './ledger-format.js'
import { endOrphans } from './orphans.js'
import type { ProcessEntry, ProcessTable } from './process-table.js'

/** Whom a child's start and end are told. */
export interface DaemonLedger {
  /** Names the instance; stands in the environment of every child. */
  readonly owner: string
  /** Called in the turn of the spawn, while the pid is surely the child's. */
  addDaemon(daemon: { readonly pid: number; readonly program: string; readonly ifname?: string | undefined }): void
  removeDaemon(pid: number): void
}

export type LedgerFileSystem = Pick<HostFileSystem, 'mkdir' | 'readFile' | 'writeFile' | 'rename' | 'stat' | 'realpath'>

export interface LedgerOptions {
  /** Made, with mode 0700, where it does not exist. */
  readonly directory: string
  /** Path of the network namespace that the daemons run in; absent: ours. */
  readonly netns?: string | undefined
  readonly processes: ProcessTable
  readonly clock: Clock
  readonly logger: Logger
  /** Default: the machine's. */
  readonly fs?: LedgerFileSystem | undefined
}

/** An orphan that was ended. */
export interface EndedOrphan {
  readonly pid: number
  readonly program: string
  readonly ifname?: string | undefined
}

const FILE_NAME = 'ledger.json'

/**
 * Keeps one file. Every change is written whole to a new file that takes the old one's place, so a reader sees one or
 * the other. Nothing is synced: the file must outlive our process, not the kernel.
 *
 * A failing disk must not keep a device off the network: writes that fail are logged and everything goes on.
 */
export class Ledger implements DaemonLedger {
  readonly owner: string
  readonly #options: LedgerOptions
  readonly #fs: LedgerFileSystem
  readonly #path: string
  readonly #scope: LedgerScope
  readonly #actor = new Actor()
  readonly #daemons = new Map<number, DaemonRecord>()
  #orphans: readonly DaemonRecord[]
  #addresses: readonly AddressRecord[]
  #overwritten: readonly OverwrittenRecord[]
  #links: readonly LinkRecord[]
  #wantedChange = 0
  #writtenChange = 0
  #writable = true

  /** Reads what an earlier run left; a file that cannot be understood is put aside with a warning. */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const fs = options.fs ?? nodeFileSystem
    await fs.mkdir(options.directory, { recursive: true, mode: 0o700 }).catch((thrown: unknown) => {
      options.logger.warn({ directory: options.directory, thrown: messageOf(thrown) }, 'the ledger has no directory')
    })
    const scope = await readScope(fs)
    const content = await readLedger(options, fs, scope)
    return new Ledger(options, { owner: await ownerOf(options, fs), scope, content })
  }

  private constructor(
    options: LedgerOptions,
    start: { readonly owner: string; readonly scope: LedgerScope; readonly content: LedgerContent },
  ) {
    this.owner = start.owner
    this.#options = options
    this.#fs = options.fs ?? nodeFileSystem
    this.#path = join(options.directory, FILE_NAME)
    this.#scope = start.scope
    this.#orphans = start.content.daemons
    this.#addresses = start.content.addresses
    this.#overwritten = start.content.overwritten
    this.#links = start.content.links
  }

  /** Addresses that this run or an earlier one of the same boot has added and not removed. */
  get addresses(): readonly AddressRecord[] {
    return this.#addresses
  }

  /** Resolves when the record is on disk: only then the address may be added. */
  addAddress(address: AddressRecord): Promise<void> {
    if (this.#addresses.some((known) => equalAddress(known, address))) return this.#written()
    this.#addresses = [...this.#addresses, address]
    return this.#save()
  }

  /** To be called after the address is gone. */
  removeAddress(address: AddressRecord): Promise<void> {
    const remaining = this.#addresses.filter((known) => !equalAddress(known, address))
    if (remaining.length === this.#addresses.length) return this.#written()
    this.#addresses = remaining
    return this.#save()
  }

  /** Links that this run or an earlier one of the same boot has made and not deleted. */
  get links(): readonly LinkRecord[] {
    return this.#links
  }

  /** Resolves when the record is on disk: only then the link may be made. */
  addLink(link: LinkRecord): Promise<void> {
    if (this.#links.some((known) => equalLink(known, link))) return this.#written()
    this.#links = [...this.#links, { ifname: link.ifname, kind: link.kind }]
    return this.#save()
  }

  /** To be called after the link is gone. */
  removeLink(link: LinkRecord): Promise<void> {
    const remaining = this.#links.filter((known) => !equalLink(known, link))
    if (remaining.length === this.#links.length) return this.#written()
    this.#links = remaining
    return this.#save()
  }

  /** Values that this run or an earlier one of the same boot has overwritten and not put back. */
  get overwritten(): readonly OverwrittenRecord[] {
    return this.#overwritten
  }

  /** Resolves when the record is on disk: only then the value may be overwritten. */
  addOverwritten(record: OverwrittenRecord): Promise<void> {
    this.#overwritten = [...this.#overwritten, record]
    return this.#save()
  }

  /** To be called after the values are back. */
  removeOverwritten(keys: readonly string[]): Promise<void> {
    const remaining = this.#overwritten.filter((record) => !keys.includes(record.key))
    if (remaining.length === this.#overwritten.length) return this.#written()
    this.#overwritten = remaining
    return this.#save()
  }

  addDaemon(daemon: { readonly pid: number; readonly program: string; readonly ifname?: string | undefined }): void {
    const startTime = this.#options.processes.find(daemon.pid)?.startTime
    if (startTime === undefined) return
    this.#daemons.set(daemon.pid, { ...daemon, startTime })
    void this.#save()
  }

  removeDaemon(pid: number): void {
    if (this.#daemons.delete(pid)) void this.#save()
  }

  /**
   * Ends the daemons that an earlier run left behind, and returns them: those in the file whose pid is still the same
   * process, and all whose environment carries our mark, for a crash may have come between spawn and record. To be
   * called before the first daemon is started, by the one instance that may run in this namespace.
   */
  async reapOrphans(): Promise<EndedOrphan[]> {
    const { processes, clock, logger } = this.#options
    const recorded = this.#orphans
    const ended = await endOrphans({
      find: () => [...recorded.flatMap((record) => stillRunning(processes, record)), ...processes.ownedBy(this.owner)],
      processes,
      clock,
      logger,
    })
    this.#orphans = []
    if (recorded.length > 0) await this.#save()
    return ended.map(({ pid, program, startTime }) => {
      const record = recorded.find((daemon) => daemon.pid === pid && daemon.startTime === startTime)
      return { pid, program: record?.program ?? program, ifname: record?.ifname }
    })
  }

  /** Resolves when everything so far is on disk, or could not be written. */
  flush(): Promise<void> {
    return this.#written()
  }

  #save(): Promise<void> {
    this.#wantedChange += 1
    return this.#written()
  }

  #written(): Promise<void> {
    return this.#actor.run(() => (this.#writtenChange === this.#wantedChange ? undefined : this.#write()))
  }

  /** Changes that came while the last write was under way go out together. */
  async #write(): Promise<void> {
    const change = this.#wantedChange
    const daemons = [...this.#orphans, ...this.#daemons.values()]
    try {
      const content = { daemons, addresses: this.#addresses, overwritten: this.#overwritten, links: this.#links }
      const text = encodeLedger(content, this.#scope)
      await this.#fs.writeFile(`${this.#path}.new`, text, { mode: 0o600 })
      await this.#fs.rename(`${this.#path}.new`, this.#path)
      this.#writable = true
    } catch (thrown) {
      // Told once, not at every change.
      if (this.#writable) {
        this.#options.logger.warn({ path: this.#path, thrown: messageOf(thrown) }, 'the ledger cannot be written')
      }
      this.#writable = false
    }
    this.#writtenChange = change
  }
}

/** A ledger that keeps nothing, for children that are scripted. */
export const nullLedger: DaemonLedger = { owner: '', addDaemon: () => undefined, removeDaemon: () => undefined }

/** The same for every run of this instance, different for another directory or another network namespace. */
async function ownerOf(options: LedgerOptions, fs: LedgerFileSystem): Promise<string> {
  const directory = await fs.realpath(options.directory).catch(() => options.directory)
  const namespace = await fs.stat(options.netns ?? '/proc/self/ns/net').then(
    (stats) => String(stats.ino),
    () => 'unknown',
  )
  return `${namespace}:${directory}`
}

async function readScope(fs: LedgerFileSystem): Promise<LedgerScope> {
  const bootId = await fs.readFile('/proc/sys/kernel/random/boot_id', 'latin1').catch(() => '')
  const pidNamespace = await fs.stat('/proc/self/ns/pid').then(
    (stats) => String(stats.ino),
    () => '',
  )
  return { bootId: bootId.trim(), pidNamespace }
}

async function readLedger(options: LedgerOptions, fs: LedgerFileSystem, scope: LedgerScope): Promise<LedgerContent> {
  const path = join(options.directory, FILE_NAME)
  let text: string
  try {
    text = await fs.readFile(path, 'utf8')
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) {
      options.logger.warn({ path, thrown: messageOf(thrown) }, 'the ledger cannot be read')
    }
    return EMPTY_LEDGER
  }
  const content = decodeLedger(text, scope)
  if (content !== undefined) return content
  options.logger.warn({ path, movedTo: `${path}.broken` }, 'the ledger is broken and was put aside')
  await fs.rename(path, `${path}.broken`).catch(() => undefined)
  return EMPTY_LEDGER
}

function stillRunning(processes: ProcessTable, record: DaemonRecord): ProcessEntry[] {
  const entry = processes.find(record.pid)
  return entry !== undefined && entry.startTime === record.startTime ? [entry] : []
}

function equalAddress(a: AddressRecord, b: AddressRecord): boolean {
  return a.ifname === b.ifname && a.address === b.address && a.prefixLength === b.prefixLength
}

function equalLink(a: LinkRecord, b: LinkRecord): boolean {
  return a.ifname === b.ifname && a.kind === b.kind
}
