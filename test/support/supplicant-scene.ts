/** A supplicant client over a fake kernel, a scripted supplicant and simulated time. */

import type { Subscription } from '../../lib/base/disposable.js'
import type { Json, PartContext } from '../../lib/technology/plan.js'
import type { SupplicantClient } from '../../lib/technology/wifi/supplicant/client.js'
import { startSupplicant } from '../../lib/technology/wifi/supplicant/part.js'
import { FakeKernel } from '../../lib/testing/fake-kernel.js'
import { ScriptedSupplicant } from '../../lib/testing/scripted-supplicant.js'
import { SimulatedClock } from '../../lib/testing/simulated-clock.js'
import { type LogLine, recordingLogger } from './fake-instance.js'
import { partContext } from './part-context.js'

const DIRECTORY = '/run/net/wpa_supplicant'

export class SupplicantScene implements AsyncDisposable {
  readonly clock = new SimulatedClock()
  readonly kernel = new FakeKernel({ clock: this.clock })
  readonly logs: LogLine[] = []
  readonly properties = new Map<string, unknown>()
  /** Each value that a property took, in order. */
  readonly history: { readonly path: string; readonly value: unknown }[] = []
  readonly failures: { readonly reason: string; readonly service: string | undefined }[] = []
  readonly abort = new AbortController()
  #watching: ((watched: boolean) => void) | undefined
  #watched = false
  #client: SupplicantClient | undefined

  readonly context: PartContext = partContext(
    { ifname: 'wlan0', clock: this.clock, kernel: this.kernel, signal: this.abort.signal },
    {
      put: (path, value) => {
        this.properties.set(path.join('/'), value)
        this.history.push({ path: path.join('/'), value })
      },
      delete: (path) => {
        this.properties.delete(path.join('/'))
      },
      watched: (_path, listener): Subscription => {
        this.#watching = listener
        listener(this.#watched)
        const unsubscribe = (): void => {
          this.#watching = undefined
        }
        return { unsubscribe }
      },
      logger: recordingLogger(this.logs),
      fail: (reason, service) => void this.failures.push({ reason, service }),
    },
  )

  supplicant(name = 'wlan0'): ScriptedSupplicant {
    return new ScriptedSupplicant({ kernel: this.kernel, clock: this.clock, path: `${DIRECTORY}/${name}` })
  }

  /** The part's start, which has not ended yet. */
  starting(args: { readonly [key: string]: Json } = {}): Promise<SupplicantClient> {
    const started = startSupplicant(
      { ifname: 'wlan0', controlDirectory: DIRECTORY, apMode: false, ...args },
      this.context,
    )
    started.then(
      (client) => {
        this.#client = client
      },
      () => undefined,
    )
    return started
  }

  /** The part, started; its first questions are answered. */
  async start(args: { readonly [key: string]: Json } = {}): Promise<SupplicantClient> {
    const starting = this.starting(args)
    // An access point's P2P device is waited for, where there is none.
    await this.clock.advance(args['apMode'] === true ? 250 : 0)
    const client = await starting
    await this.clock.advance(0)
    return client
  }

  /** Somebody subscribes below wifi/, or nobody does any more. */
  watch(watched: boolean): void {
    this.#watched = watched
    this.#watching?.(watched)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ending = this.#client?.[Symbol.asyncDispose]()
    await this.clock.advance(0)
    await ending
    await this.kernel.close()
  }
}
