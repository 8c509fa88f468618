/** TCP probes: one promise each, cancelled by a signal. */

import { NetworkError } from '../errors.js'
import { checkProbe } from './check-command.js'
import type { MirrorReader } from './kernel.js'
import { noSuchLink, refusal } from './kernel-error.js'
import type { EngineRequest, ProbeRequest, ProbeResult } from './messages.js'
import type { ProbeOutcome, Requests, Waiter } from './requests.js'

export interface ProberDeps {
  readonly mirror: MirrorReader
  readonly requests: Requests
  /** Hands the request to the engine; returns its id. */
  readonly transmit: (request: EngineRequest, waiter?: Waiter) => number
  readonly stopped: () => NetworkError | undefined
}

/** See Kernel.probe. */
export class Prober {
  readonly #deps: ProberDeps

  constructor(deps: ProberDeps) {
    this.#deps = deps
  }

  probe(request: ProbeRequest, signal: AbortSignal | undefined): Promise<ProbeResult> {
    const { requests, transmit } = this.#deps
    const fault = this.#faultOf(request, signal)
    if (fault !== undefined) return Promise.reject(fault)
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        requests.forget(id)
        transmit({ type: 'cancel', target: id })
        reject(cancelled(request))
      }
      const settle = (): void => signal?.removeEventListener('abort', abort)
      const { address, port, ifname, deadlineMs } = request
      const id = transmit(
        { type: 'probe', address, port, deadlineMs, ifname },
        {
          answer: (event) => {
            settle()
            if (event.type === 'probe') resolve(resultOf(event))
            else if (event.error !== undefined) reject(refusal(event.error, askedOf(request)))
          },
          reject: (error) => {
            settle()
            reject(error)
          },
        },
      )
      signal?.addEventListener('abort', abort)
    })
  }

  #faultOf(request: ProbeRequest, signal: AbortSignal | undefined): NetworkError | undefined {
    const { stopped, mirror } = this.#deps
    const fault = stopped() ?? checkProbe(request)
    if (fault !== undefined) return fault
    const { ifname } = request
    if (ifname !== undefined && mirror.linkByName(ifname) === undefined) return noSuchLink(ifname, askedOf(request))
    return signal?.aborted === true ? cancelled(request) : undefined
  }
}

const describe = ({ address, port }: ProbeRequest): string => `probe ${address} port ${port}`

const askedOf = (request: ProbeRequest) => ({
  operation: 'probe',
  description: describe(request),
  ifname: request.ifname,
})

function cancelled(request: ProbeRequest): NetworkError {
  const details = { operation: 'probe', ifname: request.ifname }
  return new NetworkError('ERR_CANCELLED', `${describe(request)}: cancelled`, details)
}

function resultOf({ outcome, errno, ms }: ProbeOutcome): ProbeResult {
  return errno === undefined ? { outcome, ms } : { outcome, errno, ms }
}
