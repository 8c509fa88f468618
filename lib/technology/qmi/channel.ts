/** The control channel of a modem: frames one way and the other, a client id for each service, indications. */

import { isNetworkError, messageOf, NetworkError } from '../../errors.js'
import type { DatagramEndpoint } from '../../kernel/kernel.js'
import type { PartContext } from '../plan.js'
import { MalformedMessage } from './codec/bytes.js'
import { allocateClientId, CTL_SYNC, getVersionInfo, releaseClientId, sync } from './codec/ctl.js'
import { errorName } from './codec/error-name.js'
import { decodeFrame, encodeFrame, type Frame, splitFrames } from './codec/frame.js'
import { errorOf, type QmiRequest } from './codec/request.js'
import { SERVICES, type ServiceName, serviceName } from './codec/service.js'
import { REQUEST_LIMIT_MS, Transactions } from './transactions.js'

/** A modem that does not answer so many questions in a row, and says nothing else, hangs. */
const MAX_SILENT_COUNT = 3
/** When the conversation ends the modem has this long to take its client ids back. */
const RELEASE_LIMIT_MS = 1_000

const CTL_CLIENT = 0
const ENDED = 'the conversation with the modem has ended'

/** A service, or a second client of one. */
export type Slot = ServiceName | 'wds-ipv6'

export interface Indication {
  readonly frame: Frame
  /** Whose client it was for; undefined: for all. */
  readonly slot: Slot | undefined
}

export interface ChannelOptions {
  readonly context: Pick<PartContext, 'ifname' | 'clock' | 'logger' | 'device'>
  /** Path of the device. */
  readonly device: string
  readonly onIndication: (indication: Indication) => void
  /** It hangs, is gone, or has begun anew. Called at most once. */
  readonly onLost: (reason: string) => void
}

export class QmiChannel implements AsyncDisposable {
  readonly #options: ChannelOptions
  readonly #transactions: Transactions
  readonly #clients = new Map<Slot, Promise<number>>()
  #endpoint: DatagramEndpoint | undefined
  #rest: Uint8Array = new Uint8Array()
  #silentCount = 0
  #ended = false

  /**
   * Opens the device and has the modem forget earlier clients.
   * @throws (rejects) NetworkError as the device refuses: ERR_KERNEL_REFUSED (absent, in use); ERR_TIMEOUT: a silent modem
   */
  static async open(options: ChannelOptions): Promise<QmiChannel> {
    const channel = new QmiChannel(options)
    channel.#endpoint = await options.context.device(options.device, {
      message: (bytes) => channel.#read(bytes),
      end: () => channel.#lose('the modem is gone from its control channel'),
    })
    try {
      await channel.#begin()
    } catch (thrown) {
      await channel[Symbol.asyncDispose]()
      throw thrown
    }
    return channel
  }

  private constructor(options: ChannelOptions) {
    this.#options = options
    const { ifname, clock } = options.context
    this.#transactions = new Transactions({ ifname, clock, onTimeout: (name) => this.#timedOut(name) })
  }

  /**
   * Asks the modem, by a client of its own for the service, and resolves with what the answer says.
   * @throws (rejects) NetworkError ERR_MODEM_REFUSED with the modem's error as `operation`'s outcome; ERR_TIMEOUT, ERR_STOPPED, ERR_BUSY
   */
  async ask<Answer>(request: QmiRequest<Answer>, slot: Slot = request.service): Promise<Answer> {
    const client = request.service === 'ctl' ? CTL_CLIENT : await this.#client(slot, SERVICES[request.service])
    const frame = await this.#transact(request, client)
    return this.#readAnswer(request, frame)
  }

  /** Gives the client ids back, as far as the modem takes them; harmless when called again. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) await this.#release()
    this.#end(ENDED)
    const endpoint = this.#endpoint
    this.#endpoint = undefined
    await endpoint?.close()
  }

  async #begin(): Promise<void> {
    await this.ask(sync())
    const { ifname, logger } = this.#options.context
    try {
      const versions = await this.ask(getVersionInfo())
      const told = versions.map(({ service, major, minor }) => `${serviceName(service)} ${major}.${minor}`)
      logger.debug({ ifname }, `the modem's services: ${told.join(', ')}`)
    } catch (thrown) {
      // Nothing depends on it; a modem that hangs is found out by what follows.
      logger.debug({ ifname }, messageOf(thrown))
    }
  }

  #client(slot: Slot, service: number): Promise<number> {
    const known = this.#clients.get(slot)
    if (known !== undefined) return known
    const allocated = this.ask(allocateClientId(service)).then((given) => {
      if (given.service !== service) throw this.#malformed('allocate client id', 'a client of another service')
      return given.client
    })
    this.#clients.set(slot, allocated)
    allocated.catch(() => {
      if (this.#clients.get(slot) === allocated) this.#clients.delete(slot)
    })
    return allocated
  }

  async #release(): Promise<void> {
    const { clock } = this.#options.context
    const clients = [...this.#clients]
    this.#clients.clear()
    const released = Promise.allSettled(
      clients.map(async ([slot, client]) => {
        const service = SERVICES[slot === 'wds-ipv6' ? 'wds' : slot]
        await this.ask({ ...releaseClientId({ service, client: await client }), limitMs: RELEASE_LIMIT_MS })
      }),
    )
    const limit = new Promise<void>((resolve) => {
      const timer = clock.setTimer(RELEASE_LIMIT_MS, resolve)
      void released.then(() => timer.cancel())
    })
    await Promise.race([released, limit])
  }

  #transact<Answer>(request: QmiRequest<Answer>, client: number): Promise<Frame> {
    if (this.#ended) return Promise.reject(this.#stopped(ENDED))
    const { message, tlvs, name, limitMs = REQUEST_LIMIT_MS } = request
    const service = SERVICES[request.service]
    return this.#transactions.ask({ service, client, name, limitMs }, async (transaction) => {
      await this.#endpoint?.send(encodeFrame({ service, client, kind: 'request', transaction, message, tlvs }))
    })
  }

  #readAnswer<Answer>(request: QmiRequest<Answer>, frame: Frame): Answer {
    const { ifname } = this.#options.context
    try {
      if (frame.message !== request.message) throw new MalformedMessage('the answer to another question')
      const error = errorOf(frame.tlvs)
      if (error === undefined) return request.read(frame.tlvs)
      const more = request.readFailure?.(frame.tlvs)
      const text = `${ifname}: the modem refused "${request.name}": ${errorName(error)}${more === undefined ? '' : ` (${more})`}`
      throw new NetworkError('ERR_MODEM_REFUSED', text, { ifname, operation: request.name, cause: errorName(error) })
    } catch (thrown) {
      if (thrown instanceof MalformedMessage) throw this.#malformed(request.name, thrown.message)
      throw thrown
    }
  }

  /** What one read has brought. */
  #read(bytes: Uint8Array): void {
    if (this.#ended) return
    const { frames, rest, droppedBytes } = splitFrames(this.#rest, bytes)
    this.#rest = rest
    if (droppedBytes > 0) this.#warn(`${droppedBytes} bytes of the modem are no message`)
    for (const frame of frames) this.#readFrame(frame)
  }

  #readFrame(bytes: Uint8Array): void {
    let frame: Frame
    try {
      frame = decodeFrame(bytes)
    } catch (thrown) {
      if (!(thrown instanceof MalformedMessage)) throw thrown
      return this.#warn(`a malformed message of the modem: ${thrown.message}`)
    }
    this.#silentCount = 0
    switch (frame.kind) {
      case 'response':
        if (!this.#transactions.answer(frame)) {
          this.#warn(`an answer that nobody waits for: ${serviceName(frame.service)}, transaction ${frame.transaction}`)
        }
        return
      case 'indication':
        return void this.#indicate(frame)
      case 'request':
        return this.#warn('the modem asks something')
    }
  }

  async #indicate(frame: Frame): Promise<void> {
    if (frame.service === SERVICES.ctl) {
      // All that was agreed on is gone, client ids too: there is nothing to give back.
      if (frame.message === CTL_SYNC) this.#lose('the modem has begun anew')
      return
    }
    this.#options.onIndication({ frame, slot: await this.#slotOf(frame) })
  }

  /** A client of ours is known as soon as somebody has asked by it. */
  async #slotOf({ service, client }: Frame): Promise<Slot | undefined> {
    for (const [slot, given] of this.#clients) {
      const ours = SERVICES[slot === 'wds-ipv6' ? 'wds' : slot] === service
      if (ours && (await given.catch(() => undefined)) === client) return slot
    }
    return undefined
  }

  #timedOut(name: string): void {
    this.#silentCount += 1
    if (this.#silentCount >= MAX_SILENT_COUNT) this.#lose(`the modem does not answer (last: "${name}")`)
  }

  #lose(reason: string): void {
    if (this.#ended) return
    this.#end(reason)
    this.#options.onLost(reason)
  }

  #end(reason: string): void {
    this.#ended = true
    this.#transactions.end(this.#stopped(reason))
  }

  #stopped(reason: string): NetworkError {
    const { ifname } = this.#options.context
    return new NetworkError('ERR_STOPPED', `${ifname}: ${reason}`, { ifname, operation: 'qmi' })
  }

  #malformed(operation: string, why: string): NetworkError {
    const { ifname } = this.#options.context
    const text = `${ifname}: the modem's answer to "${operation}" is malformed: ${why}`
    return new NetworkError('ERR_MODEM_REFUSED', text, { ifname, operation, cause: 'malformed_message' })
  }

  #warn(text: string): void {
    const { ifname, logger } = this.#options.context
    logger.warn({ ifname }, text)
  }
}

/** The modem's own word for why it refused; undefined where it did not. */
export function modemErrorOf(thrown: unknown): string | undefined {
  return isNetworkError(thrown, 'ERR_MODEM_REFUSED') && typeof thrown.cause === 'string' ? thrown.cause : undefined
}
