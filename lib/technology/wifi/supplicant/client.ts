/** The conversation with a running wpa_supplicant: its events become properties, calls become commands. */

import { isNetworkError, messageOf, NetworkError } from '../../../errors.js'
import type { PartContext } from '../../plan.js'
import { BssRequester } from './bss-requester.js'
import { CAPABILITIES } from './capabilities.js'
import { ControlSocket, OPENING } from './control-socket.js'
import { describeEvent, readEvent } from './events.js'
import { KeepAlive } from './keep-alive.js'
import { accessPointsOf } from './kernel-bss.js'
import { reduceSupplicant } from './reduce.js'
import { wordOf } from './request-queue.js'
import { Scans } from './scans.js'
import { readSignal, type SignalInfo } from './signal.js'
import { SignalWatch } from './signal-watch.js'
import {
  allProperties,
  initialState,
  MAX_CLIENTS_COUNT,
  put,
  type SupplicantEffect,
  type SupplicantInput,
  type SupplicantState,
} from './state.js'
import { readConnection, readStation } from './stations.js'

/** The service of the plan that the conversation is with. */
const DAEMON = 'wpa_supplicant'
/** The supplicant makes its socket within a second on slow boards; three times that is a failure. */
const SOCKET_LIMIT_MS = 3_000
/** The socket of the P2P device comes a moment after, where there is one. */
const P2P_SOCKET_LIMIT_MS = 250

/** Events that come with the answer to ATTACH; what is missed is asked for right after. */
const MAX_EARLY_COUNT = 256

export interface SupplicantArgs {
  readonly ifname: string
  /** Where wpa_supplicant makes its sockets. */
  readonly controlDirectory: string
  /** It serves a network itself: then the kernel scans, since the supplicant would leave its channel for it. */
  readonly apMode: boolean
  /** It scans in the background by itself, and has set its signal monitor for that; default false. */
  readonly bgscan?: boolean | undefined
}

export class SupplicantClient implements AsyncDisposable {
  readonly #args: SupplicantArgs
  readonly #context: PartContext
  readonly #requester: BssRequester
  readonly #scans: Scans
  readonly #signal: SignalWatch
  #state: SupplicantState
  #socket: ControlSocket | undefined
  #p2p: ControlSocket | undefined
  #keepAlive: KeepAlive | undefined
  /** Events that came before commands could be sent. */
  #early: string[] | undefined = []
  #ended = false

  /**
   * Waits for the control socket, attaches, and publishes what the supplicant knows already.
   * @throws (rejects) NetworkError ERR_TIMEOUT: no socket within 3 s, or no answer; ERR_SUPPLICANT_REFUSED; ERR_CANCELLED
   */
  static async start(args: SupplicantArgs, context: PartContext): Promise<SupplicantClient> {
    const client = new SupplicantClient(args, context)
    try {
      await client.#open()
      await client.#seed()
    } catch (thrown) {
      // It is there, and does not answer: starting this part alone again would change nothing.
      if (isNetworkError(thrown, 'ERR_TIMEOUT') && thrown.operation !== OPENING) client.#fail(thrown.message)
      await client[Symbol.asyncDispose]()
      throw thrown
    }
    return client
  }

  private constructor(args: SupplicantArgs, context: PartContext) {
    this.#args = args
    this.#context = context
    this.#state = initialState(args.apMode)
    this.#scans = new Scans(args.ifname, context.clock)
    const ask = (command: string): Promise<string> => this.request(command)
    this.#requester = new BssRequester({
      ask,
      tell: (input) => this.#feed(input),
      logger: context.logger,
      ifname: args.ifname,
    })
    this.#signal = new SignalWatch({ context, ask, monitor: args.bgscan !== true })
  }

  /**
   * Scans, and resolves when the new list stands at `wifi/access_points`. A scan that runs already serves as well.
   * @throws (rejects) NetworkError ERR_TIMEOUT 30 s after the radio began, ERR_SUPPLICANT_REFUSED, ERR_CANCELLED, ERR_STOPPED
   */
  async scan(signal: AbortSignal): Promise<void> {
    if (this.#args.apMode) return await this.#scanByKernel(signal)
    const waiter = this.#scans.wait(signal)
    try {
      const answer = await this.request('SCAN')
      if (!answer.startsWith('OK') && !answer.startsWith('FAIL-BUSY')) waiter.fail(this.#refused('SCAN', answer))
    } catch (thrown) {
      waiter.fail(thrown)
    }
    return await waiter.done
  }

  /** @throws (rejects) NetworkError ERR_SUPPLICANT_REFUSED: not connected, or no answer to this; ERR_TIMEOUT, ERR_STOPPED */
  async signalPoll(): Promise<SignalInfo> {
    const signal = readSignal(await this.request('SIGNAL_POLL'))
    if (typeof signal === 'string') throw this.#refused('SIGNAL_POLL', signal)
    return signal
  }

  /** Starts push-button configuration, and forgets an earlier one's credentials; resolves with the answer as it came. */
  async wpsPbc(): Promise<string> {
    this.#context.put(['wifi', 'wps_credentials'], null)
    const answer = await this.request('WPS_PBC')
    if (!answer.startsWith('OK')) throw this.#refused('WPS_PBC', answer)
    return answer
  }

  /** What the supplicant can, by the names of GET_CAPABILITY; 'unknown' where it does not know the name, 'error' on a failure. */
  async capabilities(): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const name of CAPABILITIES) {
      found[name] = await this.request(`GET_CAPABILITY ${name}`).then(
        (answer) => (answer === 'FAIL\n' ? 'unknown' : answer),
        () => 'error',
      )
    }
    return found
  }

  /** Any command; the answer as it came, with its line end and one character for each octet. See RequestQueue.ask. */
  async request(command: string): Promise<string> {
    const { ifname } = this.#args
    if (this.#socket === undefined) {
      throw new NetworkError('ERR_STOPPED', `${ifname}: there is no conversation with wpa_supplicant`, { ifname })
    }
    return await this.#socket.ask(command)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end()
    const sockets = [this.#p2p, this.#socket]
    this.#p2p = undefined
    this.#socket = undefined
    for (const socket of sockets) await socket?.[Symbol.asyncDispose]()
  }

  async #open(): Promise<void> {
    const { ifname, controlDirectory, apMode } = this.#args
    const own = `${controlDirectory}.${ifname}.ours`
    const p2pPath = `${controlDirectory}/p2p-dev-${ifname}`
    const shared = {
      context: this.#context,
      onHeard: () => this.#keepAlive?.heard(),
      onLost: (reason: string) => this.#fail(reason),
    }
    this.#socket = await ControlSocket.open({
      ...shared,
      names: { local: own, peer: `${controlDirectory}/${ifname}` },
      waitMs: SOCKET_LIMIT_MS,
      alsoSearched: apMode ? [p2pPath] : [],
      onEvent: (text) => this.#event(text),
    })
    const early = this.#early ?? []
    this.#early = undefined
    for (const text of early) this.#event(text)
    // The P2P device tells of some clients, and of WPS. It has its own table of networks, which is not ours.
    this.#p2p = await ControlSocket.open({
      ...shared,
      names: { local: `${own}-p2p`, peer: p2pPath },
      waitMs: apMode ? P2P_SOCKET_LIMIT_MS : 0,
      alsoSearched: [],
      onEvent: (text) => {
        if (/^<\d>(AP-STA-|WPS-|CTRL-EVENT-TERMINATING)/.test(text)) this.#event(text)
      },
    }).catch((thrown: unknown) => {
      this.#context.logger.debug({ ifname }, `no P2P device: ${messageOf(thrown)}`)
      return undefined
    })
  }

  /** What happened before somebody listened. */
  async #seed(): Promise<void> {
    const { clock, signal } = this.#context
    this.#carryOut(allProperties(this.#state))
    this.#feed({ type: 'status', bssid: readConnection(await this.request('STATUS')) })
    if (this.#args.apMode) this.#feed({ type: 'clients', clients: await this.#stations() })
    if (signal.aborted || this.#ended) return
    this.#requester.all().catch(() => undefined)
    this.#keepAlive = new KeepAlive({
      clock,
      ask: (command) => this.request(command),
      onWrong: (reason) => this.#fail(reason),
    })
    this.#signal.start()
  }

  async #stations(): Promise<string[]> {
    const stations: string[] = []
    let station = readStation(await this.request('STA-FIRST'))
    while (station !== undefined && stations.length < MAX_CLIENTS_COUNT && !stations.includes(station)) {
      stations.push(station)
      station = readStation(await this.request(`STA-NEXT ${station}`))
    }
    return stations
  }

  async #scanByKernel(signal: AbortSignal): Promise<void> {
    const { kernel, ifname, signal: ended } = this.#context
    const either = AbortSignal.any([signal, ended])
    const heard = await kernel.wireless.scan({ ifname }, { fromAccessPoint: true, signal: either })
    this.#feed({ type: 'heard', accessPoints: accessPointsOf(heard) })
  }

  #event(text: string): void {
    if (this.#early !== undefined) {
      if (this.#early.length < MAX_EARLY_COUNT) this.#early.push(text)
      return
    }
    const event = readEvent(text)
    this.#context.logger.debug({ ifname: this.#args.ifname }, `wpa_supplicant: ${describeEvent(event)}`)
    this.#feed({ type: 'event', event, wallMs: this.#context.clock.wallMs() })
  }

  #feed(input: SupplicantInput): void {
    if (this.#ended) return
    const { state, effects } = reduceSupplicant(this.#state, input)
    this.#state = state
    this.#carryOut(effects)
    this.#signal.connected(state.current !== null)
  }

  #carryOut(effects: readonly SupplicantEffect[]): void {
    for (const effect of effects) {
      if (this.#ended) return
      this.#do(effect)
    }
  }

  #do(effect: SupplicantEffect): void {
    switch (effect.type) {
      case 'put':
        return this.#context.put(effect.path, effect.value)
      case 'delete':
        return this.#context.delete(effect.path)
      case 'refresh': {
        const listed = this.#requester.all()
        if (effect.scan) return this.#scans.finished(listed)
        listed.catch(() => undefined)
        return
      }
      case 'lookup':
        return this.#requester.lookup(effect.bssid, effect.full)
      case 'forget':
        return this.#requester.forget(effect.bssid, effect.id)
      case 'scanStarted':
        return this.#scans.started()
      case 'scanFailed':
        return this.#scans.failed(effect.reason)
      case 'signalChanged':
        return this.#signal.changed()
      case 'warn':
        return this.#context.logger.warn({ ifname: this.#args.ifname }, effect.text)
      case 'fail':
        return this.#fail(effect.reason)
    }
  }

  /** The supplicant is of no use any more: it is ended, if need be killed, and started again. */
  #fail(reason: string): void {
    if (this.#ended) return
    this.#end()
    this.#context.fail(reason, DAEMON)
  }

  /** Ends what goes by itself, and takes back what is not true without a supplicant. */
  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#keepAlive?.end()
    this.#signal.end()
    this.#scans.failed('the conversation with wpa_supplicant has ended')
    if (this.#state.current !== null) this.#do(put('current_ap', null))
    // Whoever was served, or was a peer, has lost us.
    if (this.#state.clients.length > 0) this.#do(put('clients', []))
    if (this.#state.peers.length > 0) this.#do(put('peers', []))
    this.#do({ type: 'delete', path: ['wifi', 'signal'] })
  }

  #refused(command: string, answer: string): NetworkError {
    const { ifname } = this.#args
    const said = answer.trim() === '' ? 'nothing' : answer.trim().slice(0, 80)
    const text = `${ifname}: wpa_supplicant answered ${wordOf(command)} with ${said}`
    return new NetworkError('ERR_SUPPLICANT_REFUSED', text, { ifname, operation: wordOf(command) })
  }
}
