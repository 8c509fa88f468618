/**
 * Publishes the leases that an interface's udhcpd has given: the interface's property `dhcpd/leases`.
 *
 * udhcpd tells that it has written its lease file, but by itself it writes every two hours only. It does say in a line that
 * it gives a lease; then it is asked by SIGUSR1 to write. Leases whose time is over leave the list by a timer.
 */

import { Actor } from '../base/actor.js'
import type { Timer } from '../base/clock.js'
import type { HostFileSystem } from '../base/file-system.js'
import { parseLeaseFile, type ServedLease } from '../dhcp/server-leases.js'
import { tellsOfLease, type UdhcpdEvent, type UdhcpdHandler, udhcpdReader } from '../dhcp/udhcpd-handler.js'
import { messageOf, NetworkError } from '../errors.js'
import type { DaemonCommand } from '../supervision/child.js'
import { settlesWithin } from '../supervision/deadline.js'
import type { Signal } from '../supervision/spawn.js'
import type { StepContext } from '../technology/plan.js'

/** Handlers run commands of a second at most. */
const HANDLER_LIMIT_MS = 5_000
/** Clients that come all at once cost one write a second. */
const WRITE_PAUSE_MS = 1_000
/** Timers know no lease of years; an early look costs nothing. */
const MAX_WAIT_MS = 86_400_000
const PROPERTY = ['dhcpd', 'leases']

export interface ServedLeasesDeps {
  readonly context: StepContext
  readonly fs: HostFileSystem
  /** Replaces the built-in handler, method by method. */
  readonly handler: Partial<UdhcpdHandler>
  readonly leaseFile: string
  /** Why leases cannot be told; undefined: they can. */
  onProblem(text: string | undefined): void
}

interface Entry {
  readonly lease: ServedLease
  /** Clock time: the wall clock may jump, as on devices that learn the time from the network. */
  readonly endsAtMs: number
}

/** One life: from the first start of udhcpd until `stop`. */
export class ServedLeases {
  readonly #deps: ServedLeasesDeps
  readonly #actor = new Actor()
  #entries: readonly Entry[] = []
  #expiry: Timer | undefined
  #pause: Timer | undefined
  #writeAgain = false
  #stopped = false

  constructor(deps: ServedLeasesDeps) {
    this.#deps = deps
  }

  /** What udhcpd's process needs: a reader of its events, and of its lines. */
  get hooks(): Pick<DaemonCommand, 'openStdout' | 'onLine'> {
    const { context } = this.#deps
    return {
      openStdout: () => {
        this.#log(this.#start())
        const onEvent = (event: UdhcpdEvent) => this.#log(this.update(event))
        return udhcpdReader({ ifname: context.ifname, logger: context.logger, onEvent })
      },
      onLine: (line, kill) => {
        if (tellsOfLease(line)) this.#askToWrite(kill)
      },
    }
  }

  /** udhcpd has written its file; handled after the updates before it. Never rejects. */
  update(event: UdhcpdEvent): Promise<void> {
    return this.#actor.run(async () => {
      try {
        if (this.#stopped) return
        if (this.#deps.handler.leaseUpdate === undefined) await this.#read(event.leaseFile)
        else await this.#askHandler(event)
        this.#deps.onProblem(undefined)
      } catch (thrown) {
        const { ifname, logger } = this.#deps.context
        logger.error({ ifname, leaseFile: event.leaseFile }, `leases of udhcpd: ${messageOf(thrown)}`)
        this.#deps.onProblem(`leases of udhcpd: ${messageOf(thrown)}`)
      }
    })
  }

  /** Takes the property away. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#pause?.cancel()
    await this.#actor.run(async () => this.#forget())
  }

  /** Leases of a run before are still good: udhcpd reads the same file. */
  #start(): Promise<void> {
    return this.#actor.run(async () => {
      if (this.#stopped || this.#deps.handler.leaseUpdate !== undefined) return
      const bytes = await this.#bytes(this.#deps.leaseFile).catch(() => new Uint8Array())
      this.#publish(parseLeaseFile(bytes))
    })
  }

  async #read(path: string): Promise<void> {
    try {
      this.#publish(parseLeaseFile(await this.#bytes(path)))
    } catch (thrown) {
      this.#forget()
      throw thrown
    }
  }

  async #bytes(path: string): Promise<Uint8Array> {
    const text = await this.#deps.fs.readFile(path, 'latin1')
    return Uint8Array.from(text, (character) => character.charCodeAt(0))
  }

  /** A user's handler that hangs must not keep the interface from going on. */
  async #askHandler(event: UdhcpdEvent): Promise<void> {
    const answer = Promise.resolve(this.#deps.handler.leaseUpdate?.(event))
    if (await settlesWithin(answer, this.#deps.context.clock, HANDLER_LIMIT_MS)) return await answer
    throw new NetworkError('ERR_TIMEOUT', `the handler has not ended within ${HANDLER_LIMIT_MS} ms`)
  }

  #publish(leases: readonly ServedLease[]): void {
    if (this.#stopped) return
    const { clock } = this.#deps.context
    const [wallMs, nowMs] = [clock.wallMs(), clock.nowMs()]
    this.#entries = leases.map((lease) => {
      // A file from the future is one that was written before the wall clock was set back.
      const leftMs = Math.min(lease.expiresAtMs - wallMs, lease.leasetime * 1000)
      return { lease, endsAtMs: nowMs + leftMs }
    })
    this.#tell()
  }

  #tell(): void {
    const { clock, put } = this.#deps.context
    const nowMs = clock.nowMs()
    this.#entries = this.#entries.filter(({ endsAtMs }) => endsAtMs > nowMs)
    put(
      PROPERTY,
      this.#entries.map(({ lease }) => lease),
    )
    this.#expiry?.cancel()
    const next = Math.min(...this.#entries.map(({ endsAtMs }) => endsAtMs - nowMs))
    this.#expiry =
      this.#entries.length === 0 ? undefined : clock.setTimer(Math.min(next, MAX_WAIT_MS), () => this.#tell())
  }

  #forget(): void {
    this.#expiry?.cancel()
    this.#entries = []
    this.#deps.context.delete(PROPERTY)
  }

  #askToWrite(kill: (signal: Signal) => void): void {
    if (this.#stopped) return
    if (this.#pause !== undefined) {
      this.#writeAgain = true
      return
    }
    kill('SIGUSR1')
    this.#pause = this.#deps.context.clock.setTimer(WRITE_PAUSE_MS, () => {
      this.#pause = undefined
      const again = this.#writeAgain
      this.#writeAgain = false
      if (again) this.#askToWrite(kill)
    })
  }

  #log(work: Promise<void>): void {
    work.catch((thrown: unknown) => {
      const { ifname, logger } = this.#deps.context
      logger.error({ ifname }, `leases of udhcpd: ${messageOf(thrown)}`)
    })
  }
}
