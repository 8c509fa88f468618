/** Radios and WireGuard over an engine: lists, scans, and the listeners of what nl80211 tells. */

import type { Clock } from '../base/clock.js'
import type { Subscription } from '../base/disposable.js'
import type { Logger } from '../base/logger.js'
import { messageOf, NetworkError } from '../errors.js'
import { checkLink, checkScan } from './check-command.js'
import type { MirrorReader } from './kernel.js'
import { type Asked, noSuchLink } from './kernel-error.js'
import type {
  Bss,
  EngineRequest,
  EngineWirelessEvent,
  GenericRecord,
  GenericSubject,
  LinkReference,
  RegulatoryDomain,
  Station,
  TriggerScan,
  Wiphy,
  WireguardDevice,
  WirelessEvent,
  WirelessInterface,
} from './messages.js'
import type { RequestLine } from './request-line.js'
import { ScanRun } from './scan-run.js'
import { wholeDevice } from './wireguard.js'
import { genericRefusal } from './wireless-error.js'
import type { ScanOptions, WirelessKernel } from './wireless-kernel.js'

/** A scan of all bands takes 3 to 10 s. */
const SCAN_DEADLINE_MS = 30_000

export interface EngineWirelessDeps {
  readonly mirror: MirrorReader
  readonly line: RequestLine
  readonly clock: Clock
  readonly logger: Logger
  readonly stopped: () => NetworkError | undefined
}

type Listener = (event: WirelessEvent) => void

/** See WirelessKernel. */
export class EngineWireless implements WirelessKernel {
  readonly #deps: EngineWirelessDeps
  readonly #listeners = new Set<{ readonly listener: Listener }>()
  readonly #scans = new Set<ScanRun>()
  #following: Promise<void> | undefined

  constructor(deps: EngineWirelessDeps) {
    this.#deps = deps
  }

  async radios(): Promise<Wiphy[]> {
    return (await this.#list('radios')) as Wiphy[]
  }

  async interfaces(): Promise<WirelessInterface[]> {
    return (await this.#list('wirelessInterfaces', 'interfaces')) as WirelessInterface[]
  }

  async scanResults(link: LinkReference): Promise<Bss[]> {
    return (await this.#listOf('scanResults', link)) as Bss[]
  }

  async stations(link: LinkReference): Promise<Station[]> {
    return (await this.#listOf('stations', link)) as Station[]
  }

  async regulatoryDomains(): Promise<RegulatoryDomain[]> {
    return (await this.#list('regulatoryDomains')) as RegulatoryDomain[]
  }

  /** See Kernel.wireguardDevice. */
  async wireguardDevice(link: LinkReference): Promise<WireguardDevice> {
    return wholeDevice((await this.#listOf('wireguardDevice', link)) as WireguardDevice[])
  }

  async scan(link: LinkReference, options: ScanOptions = {}): Promise<Bss[]> {
    const { signal, deadlineMs = SCAN_DEADLINE_MS } = options
    const fault = this.#deps.stopped() ?? checkScan(link, options)
    if (fault !== undefined) throw fault
    const { ifindex, asked } = this.#resolve('scan', link)
    const cancelled = (): NetworkError =>
      new NetworkError('ERR_CANCELLED', `${asked.description}: cancelled`, {
        operation: asked.operation,
        ifname: asked.ifname,
      })
    if (isAborted(signal)) throw cancelled()
    await this.#follow()
    if (isAborted(signal)) throw cancelled()
    await this.#run({ request: requestOf(ifindex, options), asked, signal, deadlineMs })
    return (await this.#ask({ type: 'listGeneric', what: 'scanResults', ifindex }, asked)) as Bss[]
  }

  subscribe(listener: Listener): Subscription {
    const entry = { listener }
    this.#listeners.add(entry)
    this.#follow().catch((thrown: unknown) => {
      if (this.#deps.stopped() !== undefined) return
      this.#deps.logger.error({ error: messageOf(thrown) }, 'the events of nl80211 cannot be heard')
    })
    return { unsubscribe: () => void this.#listeners.delete(entry) }
  }

  /** Scans first: who listens sees their outcome no sooner than they do. */
  deliver(told: EngineWirelessEvent): void {
    const event: WirelessEvent = told.type === 'wirelessOverrun' ? { ...told, type: 'overrun' } : told
    for (const scan of [...this.#scans]) scan.hear(event)
    for (const entry of [...this.#listeners]) {
      if (!this.#listeners.has(entry)) continue
      try {
        entry.listener(event)
      } catch (thrown) {
        this.#deps.logger.error({ error: messageOf(thrown) }, 'a listener for wireless events threw')
      }
    }
  }

  stop(error: NetworkError): void {
    for (const scan of [...this.#scans]) scan.stop(error)
  }

  /** Once; where it was refused, the next who asks tries again. */
  #follow(): Promise<void> {
    this.#following ??= this.#deps.line
      .ask({ type: 'followWireless' }, { operation: 'followWireless', description: 'the events of nl80211' })
      .then(
        () => undefined,
        (thrown: unknown) => {
          this.#following = undefined
          throw thrown
        },
      )
    return this.#following
  }

  #run(wish: ConstructorParameters<typeof ScanRun>[1]): Promise<void> {
    const { clock, line } = this.#deps
    return new Promise((resolve, reject) => {
      const end = (error?: NetworkError): void => {
        this.#scans.delete(run)
        if (error === undefined) resolve()
        else reject(error)
      }
      const transmit = line.transmit.bind(line)
      const run: ScanRun = new ScanRun({ clock, transmit, end }, wish)
      this.#scans.add(run)
    })
  }

  #list(what: GenericSubject, operation: string = what): Promise<readonly GenericRecord[]> {
    return this.#ask({ type: 'listGeneric', what }, { operation, description: operation })
  }

  async #listOf(what: GenericSubject, link: LinkReference): Promise<readonly GenericRecord[]> {
    const fault = this.#deps.stopped() ?? checkLink(what, link)
    if (fault !== undefined) throw fault
    const { ifindex, asked } = this.#resolve(what, link)
    return this.#ask({ type: 'listGeneric', what, ifindex }, asked)
  }

  async #ask(
    request: Extract<EngineRequest, { type: 'listGeneric' }>,
    asked: Asked,
  ): Promise<readonly GenericRecord[]> {
    const { error, records = [] } = await this.#deps.line.answerTo(request)
    if (error === undefined) return records as readonly GenericRecord[]
    const { ifindex } = request
    throw genericRefusal(error, asked, ifindex !== undefined && this.#deps.mirror.link(ifindex) !== undefined)
  }

  #resolve(operation: string, { ifindex, ifname }: LinkReference): { ifindex: number; asked: Asked } {
    const { mirror } = this.#deps
    const link = ifname === undefined ? mirror.link(ifindex ?? 0) : mirror.linkByName(ifname)
    const name = link?.ifname ?? ifname
    const asked = { operation, description: `${operation} on ${name ?? `link ${ifindex}`}`, ifname: name }
    if (link === undefined) throw noSuchLink(ifname ?? ifindex ?? '', asked)
    return { ifindex: link.ifindex, asked }
  }
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true

function requestOf(ifindex: number, options: ScanOptions): TriggerScan {
  const { ssids, frequenciesMhz, passive, flush, fromAccessPoint } = options
  return {
    type: 'triggerScan',
    ifindex,
    ...(ssids === undefined ? {} : { ssids: ssids.map((ssid) => ({ ssid })) }),
    ...(frequenciesMhz === undefined ? {} : { frequenciesMhz }),
    ...(passive === undefined ? {} : { passive }),
    ...(flush === undefined ? {} : { flush }),
    ...(fromAccessPoint === undefined ? {} : { ap: fromAccessPoint }),
  }
}
