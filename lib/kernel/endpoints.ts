/** Endpoints that speak in messages, unix datagram sockets and devices: who hears what comes. */

import type { Logger } from '../base/logger.js'
import { messageOf, NetworkError } from '../errors.js'
import type { DatagramNames } from './datagrams.js'
import type { DatagramEndpoint, DatagramListener } from './kernel.js'
import { type Asked, refusal } from './kernel-error.js'
import type { EngineRequest, KernelEvent } from './messages.js'
import type { ProbeOutcome, Reply, Waiter } from './requests.js'

export interface EndpointsDeps {
  readonly logger: Logger
  /** Hands a request to the engine; returns its id. */
  readonly transmit: (request: EngineRequest, waiter?: Waiter) => number
  readonly stopped: () => NetworkError | undefined
}

type Arrival = Extract<KernelEvent, { type: 'datagram' | 'datagramEnd' }>

/** The endpoints that are open, by the id of the command that opened them. */
export class Endpoints {
  readonly #deps: EndpointsDeps
  readonly #listeners = new Map<number, DatagramListener>()

  constructor(deps: EndpointsDeps) {
    this.#deps = deps
  }

  /** See Kernel.openDatagram. */
  async open({ local, peer }: DatagramNames, listener: DatagramListener): Promise<DatagramEndpoint> {
    if (typeof local !== 'string' || local === '') throw wrong('local', local)
    if (typeof peer !== 'string' || peer === '') throw wrong('peer', peer)
    const asked = { operation: 'openDatagram', description: `openDatagram ${peer}` }
    return await this.#open({ type: 'openDatagram', local, peer }, asked, listener)
  }

  /** See Kernel.openDevice. */
  async openDevice(path: string, listener: DatagramListener): Promise<DatagramEndpoint> {
    if (typeof path !== 'string' || !path.startsWith('/')) {
      const message = `openDevice: path is ${JSON.stringify(path)}, expected an absolute path`
      throw new NetworkError('ERR_INVALID_CONFIG', message, { field: 'path', operation: 'openDevice' })
    }
    const asked = { operation: 'openDevice', description: `openDevice ${path}` }
    return await this.#open({ type: 'openDevice', path }, asked, listener)
  }

  async #open(request: EngineRequest, asked: Asked, listener: DatagramListener): Promise<DatagramEndpoint> {
    let endpoint = 0
    await this.#ask(request, asked, (id) => {
      endpoint = id
      this.#listeners.set(id, listener)
    }).catch((error) => {
      this.#listeners.delete(endpoint)
      throw error
    })
    const close = async (): Promise<void> => {
      if (!this.#listeners.delete(endpoint) || this.#deps.stopped() !== undefined) return
      await this.#ask({ type: 'closeDatagram', endpoint }, { ...asked, operation: 'closeDatagram' })
    }
    return {
      send: (bytes) => this.#ask({ type: 'sendDatagram', endpoint, bytes }, { ...asked, operation: 'sendDatagram' }),
      close,
      [Symbol.asyncDispose]: close,
    }
  }

  /** A listener that throws is logged and harms no other. */
  deliver(event: Arrival): void {
    const listener = this.#listeners.get(event.endpoint)
    if (event.type === 'datagramEnd') this.#listeners.delete(event.endpoint)
    try {
      if (event.type === 'datagram') listener?.message(event.bytes, event.truncated)
      else listener?.end()
    } catch (thrown) {
      this.#deps.logger.error({ error: messageOf(thrown) }, 'a listener for datagrams threw')
    }
  }

  #ask(request: EngineRequest, asked: Asked, told: (id: number) => void = () => undefined): Promise<void> {
    const stopped = this.#deps.stopped()
    if (stopped !== undefined) return Promise.reject(stopped)
    return new Promise((resolve, reject) => {
      const answer = (event: Reply | ProbeOutcome): void => {
        if (event.type === 'reply' && event.error !== undefined) reject(refusal(event.error, asked))
        else resolve()
      }
      told(this.#deps.transmit(request, { answer, reject }))
    })
  }
}

function wrong(field: string, value: unknown): NetworkError {
  const message = `openDatagram: ${field} is ${JSON.stringify(value)}, expected an absolute path or '@' and a name`
  return new NetworkError('ERR_INVALID_CONFIG', message, { field, operation: 'openDatagram' })
}
