/** The check of an interface that should reach the internet: looks at its traffic, else probes it; judges by carrier and answers. */

import type { Clock, Timer } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { isNetworkError, messageOf } from '../errors.js'
import type { Kernel } from '../kernel/kernel.js'
import type { ProbeResult } from '../kernel/messages.js'
import { Activity, type ActivityDeps } from './activity.js'
import {
  type CheckInput,
  type CheckState,
  type Connection,
  initialCheckState,
  MIN_INTERVAL_MS,
  reduceCheck,
} from './check-logic.js'
import { type Candidate, chooseCandidates, type HostAddress } from './host-list.js'
import { carrierReason } from './lan-check.js'
import { NameCache } from './name-cache.js'
import type { ResolvedName } from './name-resolver.js'

/** A host that has not answered by then counts as silent; far above any usable round trip, satellites included. */
const PROBE_DEADLINE_MS = 5_000

const NO_ADDRESS = 'no address'

export interface InternetCheckDeps {
  readonly ifname: string
  readonly kernel: Pick<Kernel, 'probe'> & ActivityDeps['kernel']
  readonly clock: Clock
  readonly logger: Logger
  readonly hosts: readonly HostAddress[]
  /** 0 ≤ value < 1. */
  readonly random: () => number
  /** Addresses of a host name; rejects where there are none. May take any time, but ends on abort. */
  readonly resolve: (host: string, signal: AbortSignal) => Promise<ResolvedName>
  /** Takes the judgement, after every check and every change of the carrier, also when it is the same. */
  readonly report: (connection: Connection, reason: string) => void
  /** What was last known of the interface. */
  readonly initial: Connection
  /** What is known of the interface now: routing takes `internet` away with the addresses. Default: what was reported. */
  readonly current?: (() => Connection) | undefined
  /** The interface's addresses at this moment. */
  readonly addresses: () => readonly { readonly address: string; readonly prefixLength: number }[]
  /** Called after every check that ended, whatever came of it. */
  readonly onChecked?: (() => void) | undefined
}

/**
 * All methods are called on the JavaScript thread and return at once. Nothing that a check waits for (probes, names)
 * delays the news of the carrier: its loss cancels the check and is reported within the call.
 */
export class InternetCheck {
  readonly #deps: InternetCheckDeps
  readonly #names: NameCache
  readonly #activity: Activity
  #state: CheckState
  #lowerUp: boolean | undefined
  #timer: { timer: Timer; dueMs: number } | undefined
  /** The check that is going on; the end of one that has lost this place is ignored. */
  #running: AbortController | undefined
  #knownAddresses: ReadonlySet<string>
  #stopped = false

  constructor(deps: InternetCheckDeps) {
    this.#deps = deps
    this.#names = new NameCache(deps)
    this.#activity = new Activity(deps)
    this.#state = initialCheckState(deps.initial)
    this.#knownAddresses = this.#readAddresses()
  }

  /** Takes the carrier, undefined where the link is gone; reports within the call. The same again is ignored. */
  link(lowerUp: boolean | undefined): void {
    const up = lowerUp === true
    if (this.#stopped || up === this.#lowerUp) return
    this.#lowerUp = up
    this.#cancel()
    this.#names.expire()
    this.#step(up ? 'ifup' : 'ifdown', carrierReason(lowerUp))
  }

  /**
   * Brings the next check forward when the interface has an address that it had not; a renewal changes nothing. Gives
   * `internet` up within the call when no address is left.
   */
  addressesChanged(): void {
    const before = this.#knownAddresses
    this.#knownAddresses = this.#readAddresses()
    if (this.#knownAddresses.size === 0 && this.#state.connection === 'internet' && !this.#stopped) {
      this.#cancel()
      this.#step('unaddressed', NO_ADDRESS)
      return
    }
    const appeared = [...this.#knownAddresses].some((address) => !before.has(address))
    if (!appeared || this.#stopped || this.#state.connection === 'disconnected') return
    this.#state = reduceCheck(this.#state, 'addressed')
    const dueMs = this.#nextCheckMs()
    if (dueMs === undefined) return
    this.#cancel()
    this.#schedule(Math.min(MIN_INTERVAL_MS, dueMs))
  }

  /** Cancels everything; nothing is reported after this. */
  stop(): void {
    this.#stopped = true
    this.#cancel()
    this.#names.expire()
  }

  /** Time until the next check; undefined where it shall stay as it is. */
  #nextCheckMs(): number | undefined {
    // A check that runs in `lan` asks with addresses that have not helped so far: it gives way. One in `internet` stays.
    if (this.#running !== undefined) return this.#state.connection === 'lan' ? MIN_INTERVAL_MS : undefined
    // Without a timer the carrier has not been told yet.
    return this.#timer === undefined ? undefined : this.#timer.dueMs - this.#deps.clock.nowMs()
  }

  #cancel(): void {
    this.#timer?.timer.cancel()
    this.#timer = undefined
    this.#running?.abort()
    this.#running = undefined
  }

  /** Takes one step of the logic, tells it, and waits for the next check. */
  #step(input: CheckInput, reason: string): void {
    // A strike against an internet that was taken away meanwhile must not bring it back.
    const takenAway = input === 'failed' && this.#state.connection === 'internet' && this.#deps.current?.() === 'lan'
    this.#state = reduceCheck(this.#state, takenAway ? 'unaddressed' : input)
    this.#schedule(this.#state.intervalMs)
    this.#deps.report(this.#state.connection, reason)
  }

  #schedule(delayMs: number): void {
    if (!Number.isFinite(delayMs)) return
    const { clock } = this.#deps
    const timer = clock.setTimer(delayMs, () => {
      this.#timer = undefined
      void this.#check()
    })
    this.#timer = { timer, dueMs: clock.nowMs() + delayMs }
  }

  /** One check. Never rejects. */
  async #check(): Promise<void> {
    const running = new AbortController()
    this.#running = running
    const { input, reason } = await this.#outcome(running.signal)
    // Cancelled by the carrier, by an address or by stop: whoever did it has told and scheduled what follows.
    if (this.#running !== running) return
    this.#running = undefined
    // The first answer decides; the other probes end.
    running.abort()
    this.#step(input, reason)
    this.#deps.onChecked?.()
  }

  async #outcome(signal: AbortSignal): Promise<{ input: 'succeeded' | 'failed' | 'unaddressed'; reason: string }> {
    const activity = await this.#activity.look()
    if (activity === 'no_internet') return { input: 'unaddressed', reason: NO_ADDRESS }
    if (activity === 'internet') return { input: 'succeeded', reason: 'TCP traffic flows both ways' }
    if (signal.aborted) return { input: 'failed', reason: 'cancelled' }
    const candidates = await this.#candidates(signal)
    if (candidates.length === 0) return { input: 'failed', reason: 'no host to ask' }
    if (signal.aborted) return { input: 'failed', reason: 'cancelled' }
    const failures: string[] = []
    try {
      const reason = await Promise.any(
        candidates.map(async (candidate) => {
          const answer = await this.#probe(candidate, signal)
          if (answer.answered) return answer.text
          failures.push(answer.text)
          throw new Error(answer.text)
        }),
      )
      return { input: 'succeeded', reason }
    } catch {
      return { input: 'failed', reason: failures.join(', ') }
    }
  }

  /** A refusal is an answer too: it came from beyond the LAN. */
  async #probe(candidate: Candidate, signal: AbortSignal): Promise<{ answered: boolean; text: string }> {
    const { address, port } = candidate
    const host = `${address} port ${port}`
    const request = { address, port, ifname: this.#deps.ifname, deadlineMs: PROBE_DEADLINE_MS }
    try {
      const { outcome }: ProbeResult = await this.#deps.kernel.probe(request, { signal })
      return { answered: outcome === 'connected' || outcome === 'refused', text: `${host}: ${outcome}` }
    } catch (thrown) {
      if (!isNetworkError(thrown, 'ERR_CANCELLED')) {
        this.#deps.logger.debug({ ifname: this.#deps.ifname, address, port }, `probe: ${messageOf(thrown)}`)
      }
      return { answered: false, text: `${host}: ${messageOf(thrown)}` }
    }
  }

  /** The addresses of the list. Names are asked for anew in the background, and waited for where there is nothing else. */
  async #candidates(signal: AbortSignal): Promise<Candidate[]> {
    const { hosts, addresses, random } = this.#deps
    const choose = (): Candidate[] =>
      chooseCandidates({ candidates: this.#names.candidates(hosts), ownAddresses: addresses(), random })
    this.#names.refresh(hosts)
    const chosen = choose()
    if (chosen.length > 0 || !this.#names.busy) return chosen
    await this.#names.answered(signal)
    return choose()
  }

  #readAddresses(): ReadonlySet<string> {
    return new Set(this.#deps.addresses().map(({ address }) => address))
  }
}
