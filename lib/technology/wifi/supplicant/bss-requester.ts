/** Asks for networks in range, one question after the other, and tells the answers in the order of the questions. */

import type { Logger } from '../../../base/logger.js'
import { messageOf } from '../../../errors.js'
import { type BssEntry, BULK_MASK, readBss, readBssPage } from './access-point.js'
import type { SupplicantInput } from './state.js'

/** Waiting tasks above that become a question for the whole table. */
const MAX_TASKS_COUNT = 1_024
/** Lookups that wait; where more networks come at once, the whole table is the shorter question. */
const MAX_LOOKUPS_COUNT = 64
/** Above what the supplicant itself keeps (bss_max_count, 200 by default). */
const MAX_ENTRIES_COUNT = 1_024
/** A page has at least one entry. */
const MAX_PAGES_COUNT = 256

export interface BssRequesterOptions {
  readonly ask: (command: string) => Promise<string>
  readonly tell: (input: SupplicantInput) => void
  readonly logger: Logger
  readonly ifname: string
}

type Task =
  | { readonly type: 'all'; readonly told: Promise<void>; resolve(): void; reject(error: unknown): void }
  /** `full`: the answer to the whole table would not do. */
  | { readonly type: 'lookup'; readonly bssid: string; readonly full: boolean }
  | { readonly type: 'forget'; readonly bssid: string; readonly id: number | undefined }

interface Settle {
  resolve(): void
  reject(error: unknown): void
}

export class BssRequester {
  readonly #options: BssRequesterOptions
  #tasks: Task[] = []
  #running = false
  /** Whether the supplicant tells several entries in one answer; undefined: not tried yet. */
  #pages: boolean | undefined

  constructor(options: BssRequesterOptions) {
    this.#options = options
  }

  /** Asks for the whole table; resolves when it has been told. */
  all(): Promise<void> {
    const waiting = this.#tasks.find((task) => task.type === 'all')
    if (waiting !== undefined) return waiting.told
    // The table answers what still waits to be looked up.
    this.#tasks = this.#tasks.filter((task) => task.type !== 'lookup' || task.full)
    let settle: Settle | undefined
    const told = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject }
    })
    if (settle !== undefined) this.#push({ type: 'all', told, ...settle })
    return told
  }

  lookup(bssid: string, full: boolean): void {
    const last = this.#tasks.findLast((task) => task.type !== 'all' && task.bssid === bssid)
    if (last?.type === 'lookup' && (last.full || !full)) return
    const waiting = this.#tasks.filter((task) => task.type === 'lookup').length
    if (waiting < MAX_LOOKUPS_COUNT) this.#push({ type: 'lookup', bssid, full })
    else this.all().catch(() => undefined)
  }

  /** Tells that an entry is forgotten, behind the answers to what was asked before. */
  forget(bssid: string, id: number | undefined): void {
    // So many at once are told by the whole table, which is behind them all.
    if (this.#tasks.length >= MAX_TASKS_COUNT) {
      this.#tasks = this.#tasks.filter((task) => task.type === 'all')
      this.all().catch(() => undefined)
      return
    }
    this.#push({ type: 'forget', bssid, id })
  }

  #push(task: Task): void {
    this.#tasks.push(task)
    if (!this.#running) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    try {
      for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) await this.#do(task)
    } finally {
      this.#running = false
    }
  }

  async #do(task: Task): Promise<void> {
    const { tell, ask, logger, ifname } = this.#options
    switch (task.type) {
      case 'forget':
        tell(task)
        return
      case 'lookup':
        try {
          tell({ type: 'lookup', bssid: task.bssid, entry: readBss(await ask(`BSS ${task.bssid}`)) })
        } catch (thrown) {
          logger.warn({ ifname, bssid: task.bssid }, `looking up ${task.bssid} failed: ${messageOf(thrown)}`)
        }
        return
      case 'all':
        try {
          tell({ type: 'table', entries: await this.#table() })
          task.resolve()
        } catch (thrown) {
          logger.warn({ ifname }, `asking for the networks in range failed: ${messageOf(thrown)}`)
          task.reject(thrown)
        }
    }
  }

  async #table(): Promise<BssEntry[]> {
    if (this.#pages === false) return await this.#walk()
    const entries: BssEntry[] = []
    let range = 'ALL'
    for (let page = 0; page < MAX_PAGES_COUNT && entries.length < MAX_ENTRIES_COUNT; page += 1) {
      const answer = readBssPage(await this.#options.ask(`BSS RANGE=${range} MASK=${BULK_MASK}`))
      if (answer.refused) {
        this.#pages = false
        return await this.#walk()
      }
      entries.push(...answer.entries)
      if (answer.nextId === undefined) break
      range = `${answer.nextId}-`
    }
    this.#pages = true
    return entries
  }

  /** One entry after the other, until an answer is none. */
  async #walk(): Promise<BssEntry[]> {
    const entries: BssEntry[] = []
    while (entries.length < MAX_ENTRIES_COUNT) {
      const entry = readBss(await this.#options.ask(`BSS ${entries.length}`))
      if (entry === undefined) break
      entries.push(entry)
    }
    return entries
  }
}
