/** The ioctls of one interface: calls of its technology that are under way, and what ends them before their time. */

import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { isNetworkError, messageOf, NetworkError } from '../errors.js'
import type { Kernel } from '../kernel/kernel.js'
import type { PropertyTable } from '../properties/property-table.js'
import type { SerialPorts } from '../serial/serial-ports.js'
import type { Plan } from '../technology/plan.js'
import type { IoctlContext, Technology } from '../technology/technology.js'
import { propertyReader } from './interface-context.js'

/** More would be a caller that asks faster than the hardware answers, and waits for nothing. */
const MAX_IOCTLS_COUNT = 64
const SCAN = 'scan'
const ACCESS_POINTS = ['wifi', 'access_points']

export interface IoctlsDeps {
  readonly kernel: Kernel
  readonly clock: Clock
  readonly logger: Logger
  readonly properties: PropertyTable
  readonly serialPorts: SerialPorts
  /** The technology of a type. */
  readonly technology: (type: string) => Technology | undefined
}

/** What is applied at the moment. */
export interface Applied {
  readonly plan: Plan
  /** What the running part of that name has started with. */
  part(name: string): AsyncDisposable | undefined
}

/** What a caller asks of a technology. */
export interface IoctlRequest {
  readonly command: string
  readonly args: readonly unknown[]
}

export class Ioctls {
  readonly #ifname: string
  readonly #deps: IoctlsDeps
  /** Aborts when the interface leaves `configured`; one for each time that it is configured. */
  #configured = new AbortController()
  #count = 0
  #scan: Promise<unknown> | undefined

  constructor(ifname: string, deps: IoctlsDeps) {
    this.#ifname = ifname
    this.#deps = deps
  }

  /**
   * Has the technology of the applied plan carry out a command; resolves with its result as it is.
   * @throws NetworkError ERR_UNSUPPORTED, ERR_INVALID_CONFIG, ERR_BUSY, ERR_CANCELLED, ERR_IOCTL_FAILED with `cause`
   */
  async run(applied: Applied, { command, args }: IoctlRequest): Promise<unknown> {
    const { plan } = applied
    const technology = this.#deps.technology(plan.type)
    if (technology?.ioctl === undefined) {
      throw this.#error('ERR_UNSUPPORTED', `${this.#ifname}: the technology ${plan.type} has no ioctl`)
    }
    if (this.#count >= MAX_IOCTLS_COUNT) {
      throw this.#error('ERR_BUSY', `${this.#ifname}: ${MAX_IOCTLS_COUNT} ioctls are under way`)
    }
    const { signal } = this.#configured
    const { ioctl } = technology
    const call = async (): Promise<unknown> => {
      try {
        return await ioctl.call(technology, this.#ifname, command, args, this.#context(applied, signal))
      } catch (thrown) {
        throw this.#asIoctlError(thrown, command)
      } finally {
        this.#count -= 1
      }
    }
    this.#count += 1
    return await untilAborted(call(), signal, () =>
      this.#error(
        'ERR_CANCELLED',
        `${this.#ifname}: ${command} was cancelled: the interface is not configured any more`,
      ),
    )
  }

  /** Runs the ioctl `scan` and resolves with the access points that it published. Who asks meanwhile shares it. */
  scan(applied: Applied): Promise<unknown> {
    if (this.#scan !== undefined) return this.#scan
    const forget = (): void => {
      if (this.#scan === scan) this.#scan = undefined
    }
    const scan = this.run(applied, { command: SCAN, args: [] })
      .then(() => this.#deps.properties.get(['interface', this.#ifname, ...ACCESS_POINTS], []))
      .finally(forget)
    this.#scan = scan
    return scan
  }

  /** The interface is not configured any more: whoever waits is told at once, and the technology by the signal. */
  cancel(): void {
    this.#configured.abort()
    this.#configured = new AbortController()
    this.#scan = undefined
  }

  #context({ plan, part }: Applied, signal: AbortSignal): IoctlContext {
    const { kernel, clock, logger, properties, serialPorts } = this.#deps
    const at = (path: readonly string[]): string[] => ['interface', this.#ifname, ...path]
    return {
      ifname: this.#ifname,
      config: plan.source,
      part,
      kernel,
      clock,
      logger,
      signal,
      serialPorts,
      datagram: (names, listener) => kernel.openDatagram(names, listener),
      device: (path, listener) => kernel.openDevice(path, listener),
      probe: (request) => kernel.probe({ ...request, ifname: this.#ifname }, { signal }),
      ...propertyReader(properties, this.#ifname, signal),
      // What comes late would stand in the place of what the next configuration has published.
      put: (path, value) => {
        if (!signal.aborted) properties.put(at(path), value)
      },
      delete: (path) => {
        if (!signal.aborted) properties.delete(at(path))
      },
    }
  }

  /** What a technology refuses by itself passes through: the caller can mend it. */
  #asIoctlError(thrown: unknown, command: string): NetworkError {
    for (const code of ['ERR_UNSUPPORTED', 'ERR_INVALID_CONFIG'] as const) {
      if (isNetworkError(thrown, code)) return thrown
    }
    return this.#error('ERR_IOCTL_FAILED', `${this.#ifname}: ${command} failed: ${messageOf(thrown)}`, thrown)
  }

  #error(code: 'ERR_UNSUPPORTED' | 'ERR_BUSY' | 'ERR_CANCELLED' | 'ERR_IOCTL_FAILED', text: string, cause?: unknown) {
    return new NetworkError(code, text, { ifname: this.#ifname, operation: 'ioctl', cause })
  }
}

/** Settles as the work does, or rejects on abort: what comes of the work then is nobody's any more. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal, reason: () => NetworkError): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(reason())
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    if (signal.aborted) abort()
  })
}
