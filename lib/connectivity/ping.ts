/** Whether a host answers, through one interface: a TCP connection, as unprivileged and as telling as an echo request. */

import type { Clock } from '../base/clock.js'
import { checkInterfaceName } from '../base/interface-name.js'
import { invalidField } from '../config/validate.js'
import { NetworkError } from '../errors.js'
import type { Kernel } from '../kernel/kernel.js'
import type { ProbeResult } from '../kernel/messages.js'
import { type HostAddress, readHost } from './host-list.js'
import type { NameResolver } from './name-resolver.js'

export interface PingOptions {
  /** The interface to leave by; default: the kernel's choice for an address, the best available interface for a name. */
  readonly ifname?: string | undefined
  /** 1 to 65535; default 80. */
  readonly port?: number | undefined
  /** Milliseconds for everything, resolving the name included; default 5,000. */
  readonly deadlineMs?: number | undefined
}

/** What came of the attempt at `address`, the first that answered or the last that did not. */
export interface PingResult extends ProbeResult {
  readonly address: string
}

export interface PingDeps {
  readonly kernel: Pick<Kernel, 'probe' | 'mirror'>
  readonly clock: Clock
  readonly names: Pick<NameResolver, 'resolve'>
  /** Best first. */
  availableInterfaces(): readonly string[]
}

const DEFAULT_PORT = 80
const DEFAULT_DEADLINE_MS = 5_000
const MAX_DEADLINE_MS = 2_147_483_647

interface Target {
  readonly host: HostAddress
  readonly ifname: string | undefined
  readonly deadlineMs: number
}

export class Pinger {
  readonly #deps: PingDeps
  readonly #stopping = new AbortController()

  constructor(deps: PingDeps) {
    this.#deps = deps
  }

  /**
   * Connects and closes again. A refusal is an answer too: the host is there. Addresses of a name are tried in order.
   * @throws NetworkError ERR_INVALID_CONFIG with `field`, ERR_NO_SUCH_INTERFACE, ERR_NAME_NOT_RESOLVED, ERR_TIMEOUT where the
   *   name took all the time, ERR_CANCELLED on stop
   */
  async ping(host: unknown, options: unknown = {}): Promise<PingResult> {
    const target = readTarget(host, options)
    const { clock, kernel } = this.#deps
    const { ifname } = target
    if (ifname !== undefined && kernel.mirror.linkByName(ifname) === undefined) {
      throw new NetworkError('ERR_NO_SUCH_INTERFACE', `ping: there is no link ${ifname}`, { ifname, operation: 'ping' })
    }
    const endsAtMs = clock.nowMs() + target.deadlineMs
    const addresses = await this.#addresses(target)
    let last: PingResult | undefined
    for (const [index, address] of addresses.entries()) {
      // One that is silent must not take the time of those behind it.
      const deadlineMs = Math.max(1, (endsAtMs - clock.nowMs()) / (addresses.length - index))
      const request = { address, port: target.host.port, ifname, deadlineMs }
      last = { address, ...(await kernel.probe(request, { signal: this.#stopping.signal })) }
      if (last.outcome === 'connected' || last.outcome === 'refused') return last
    }
    if (last === undefined) throw timedOut(target)
    return last
  }

  /** Ends what is under way. */
  stop(): void {
    this.#stopping.abort()
  }

  async #addresses(target: Target): Promise<readonly string[]> {
    const { host, deadlineMs } = target
    if (host.type === 'address') return [host.host]
    const ifname = target.ifname ?? this.#deps.availableInterfaces()[0]
    if (ifname === undefined) {
      const message = `cannot resolve ${host.host}: no interface is available`
      throw new NetworkError('ERR_NAME_NOT_RESOLVED', message, { operation: 'ping' })
    }
    const limit = new AbortController()
    const timer = this.#deps.clock.setTimer(deadlineMs, () => limit.abort())
    const signal = AbortSignal.any([limit.signal, this.#stopping.signal])
    try {
      return (await this.#deps.names.resolve(ifname, host.host, signal)).addresses
    } catch (thrown) {
      if (limit.signal.aborted) throw timedOut(target)
      throw thrown
    } finally {
      timer.cancel()
    }
  }
}

function timedOut({ host, ifname, deadlineMs }: Target): NetworkError {
  const message = `ping ${host.host}: no answer within ${deadlineMs} ms`
  return new NetworkError('ERR_TIMEOUT', message, { operation: 'ping', ifname })
}

/** @throws NetworkError ERR_INVALID_CONFIG with `field` */
function readTarget(host: unknown, options: unknown): Target {
  if (typeof options !== 'object' || options === null) throw invalidField(['options'], 'an object', shown(options))
  const { ifname, port = DEFAULT_PORT, deadlineMs = DEFAULT_DEADLINE_MS } = options as Record<string, unknown>
  const isName = ifname === undefined || (typeof ifname === 'string' && checkInterfaceName(ifname) === undefined)
  if (!isName) throw invalidField(['ifname'], 'an interface name', shown(ifname))
  if (readHost({ host: '192.0.2.1', port }) === undefined)
    throw invalidField(['port'], 'a port, 1 to 65535', shown(port))
  const target = readHost({ host, port })
  if (target === undefined) throw invalidField(['host'], 'an IP address or a host name', shown(host))
  if (typeof deadlineMs !== 'number' || !(deadlineMs >= 1 && deadlineMs <= MAX_DEADLINE_MS)) {
    throw invalidField(['deadlineMs'], `milliseconds from 1 to ${MAX_DEADLINE_MS}`, shown(deadlineMs))
  }
  return { host: target, ifname: ifname as string | undefined, deadlineMs }
}

/** Enough of a value of any kind to name it in an error. */
function shown(value: unknown): string | number | null | undefined {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'string') return value
  return `a value of type ${typeof value}`
}
