/**
 * The country whose rules a radio obeys: asked for when the configuration is applied, so that an interface without a supplicant
 * has it too, and compared with what the kernel holds, now and whenever that changes. It stands before the supplicant in the plan.
 */

import type { Timer } from '../../base/clock.js'
import type { Subscription } from '../../base/disposable.js'
import { isNetworkError, messageOf } from '../../errors.js'
import type { RegulatoryDomain, RegulatoryEvent, WirelessEvent } from '../../kernel/messages.js'
import type { Json, PartContext } from '../plan.js'

/** Below the interface: RegulatoryProperty. */
const PROPERTY = ['wifi', 'regulatory_domain']
/** The kernel acknowledges a request before it has looked into its database, and a supplicant asks once more meanwhile. */
export const SETTLING_MS = 5_000

export interface RegulatoryArgs {
  /** Two capitals, or '00' for the world; null where a file of the user's does not say. */
  readonly wanted: string | null
  /** False: somebody else asks for it. */
  readonly ask: boolean
}

/** As `wifi/regulatory_domain` has it. */
export interface RegulatoryProperty {
  readonly wanted: string | null
  /** What the kernel obeys: two capitals, '00' the world, '98' the meet of several, '99' a driver's own. */
  readonly actual: string
  readonly dfsRegion: RegulatoryDomain['dfsRegion']
  /** The driver keeps rules of its own and takes no country. */
  readonly selfManaged: boolean
}

/** Publishes the domain and warns while it is another one than `args` (RegulatoryArgs) want. Never fails. */
export async function startRegulatoryDomain(args: Json, context: PartContext): Promise<AsyncDisposable> {
  const domain = new Regulatory(args as unknown as RegulatoryArgs, context)
  await domain.start()
  return domain
}

class Regulatory implements AsyncDisposable {
  readonly #args: RegulatoryArgs
  readonly #context: PartContext
  #subscription: Subscription | undefined
  #settling: Timer | undefined
  #reading: Promise<void> | undefined
  /** Something happened while the domains were read. */
  #stale = false
  #initiator: RegulatoryEvent['initiator'] | undefined
  #actual: RegulatoryDomain | undefined
  /** The last domain that was warned of. */
  #warned: string | undefined
  #asked = false
  #ended = false

  constructor(args: RegulatoryArgs, context: PartContext) {
    this.#args = args
    this.#context = context
  }

  async start(): Promise<void> {
    const { kernel, clock } = this.#context
    // Before the list, so that no change falls in between.
    this.#subscription = kernel.wireless.subscribe((event) => this.#hear(event))
    this.#settling = clock.setTimer(SETTLING_MS, () => {
      this.#settling = undefined
      this.#compare()
    })
    await this.#read()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    this.#subscription?.unsubscribe()
    this.#settling?.cancel()
    await this.#reading
  }

  #hear(event: WirelessEvent): void {
    // After lost events, and when nl80211 comes back, everything may be different.
    if (event.type !== 'regulatory' && event.type !== 'overrun') return
    if (event.type === 'regulatory') this.#initiator = event.initiator
    void this.#read()
  }

  /** Once: two interfaces that want different countries would otherwise take turns for ever. */
  async #ask(): Promise<void> {
    const { wanted, ask } = this.#args
    const { kernel, ifname, logger } = this.#context
    if (this.#asked || this.#ended || !ask || wanted === null || this.#actual === undefined) return
    this.#asked = true
    if (this.#actual.alpha2 === wanted) return
    const [result] = await kernel.send([{ type: 'requestRegulatory', alpha2: wanted }])
    if (isNetworkError(result)) logger.warn({ ifname, code: result.code }, `country ${wanted}: ${result.message}`)
  }

  /** One list at a time, and one more where something happened meanwhile. */
  #read(): Promise<void> {
    this.#stale = true
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #readAll(): Promise<void> {
    while (this.#stale && !this.#ended) {
      this.#stale = false
      try {
        this.#take(await this.#domain())
        await this.#ask()
      } catch (thrown) {
        // Without nl80211 there is no domain to speak of; when it comes back, an overrun is told.
        const { ifname, logger } = this.#context
        logger.debug({ ifname }, `the regulatory domain is not known: ${messageOf(thrown)}`)
        this.#take(undefined)
      }
    }
  }

  async #domain(): Promise<RegulatoryDomain | undefined> {
    const { kernel, ifname } = this.#context
    const [interfaces, domains] = await Promise.all([kernel.wireless.interfaces(), kernel.wireless.regulatoryDomains()])
    return domainOf(domains, interfaces.find((one) => one.ifname === ifname)?.wiphy)
  }

  #take(domain: RegulatoryDomain | undefined): void {
    if (this.#ended) return
    this.#actual = domain
    const { put, delete: remove } = this.#context
    if (domain === undefined) remove(PROPERTY)
    else put(PROPERTY, regulatoryProperty(this.#args.wanted, domain))
    this.#compare()
  }

  #compare(): void {
    const { wanted } = this.#args
    const actual = this.#actual
    if (actual === undefined || wanted === null || this.#ended) return
    if (actual.alpha2 === wanted) {
      this.#warned = undefined
      this.#settling?.cancel()
      this.#settling = undefined
      return
    }
    if (this.#settling !== undefined || this.#warned === actual.alpha2) return
    this.#warned = actual.alpha2
    const { ifname, logger } = this.#context
    logger.warn({ ifname, wanted, actual: actual.alpha2 }, explainDifference(wanted, actual, this.#initiator))
  }
}

/** The radio's own domain, where it has one, else that of all. */
export function domainOf(
  domains: readonly RegulatoryDomain[],
  wiphy: number | undefined,
): RegulatoryDomain | undefined {
  const own = wiphy === undefined ? undefined : domains.find((domain) => domain.wiphy === wiphy)
  return own ?? domains.find((domain) => domain.wiphy === undefined)
}

function regulatoryProperty(wanted: string | null, domain: RegulatoryDomain): RegulatoryProperty {
  const { alpha2, dfsRegion, selfManaged } = domain
  return { wanted, actual: alpha2, dfsRegion, selfManaged }
}

/** A sentence for people; `initiator` is who changed it last, where anybody did. */
export function explainDifference(
  wanted: string,
  { alpha2, selfManaged }: RegulatoryDomain,
  initiator: RegulatoryEvent['initiator'] | undefined,
): string {
  return `the radio obeys the rules of ${nameOf(alpha2)}, not those of ${nameOf(wanted)}: ${why(selfManaged, initiator)}`
}

function nameOf(alpha2: string): string {
  if (alpha2 === '00') return '00 (the world)'
  if (alpha2 === '98') return '98 (the meet of several)'
  if (alpha2 === '99') return "99 (the driver's)"
  return alpha2
}

function why(selfManaged: boolean, initiator: RegulatoryEvent['initiator'] | undefined): string {
  if (selfManaged) return 'its driver keeps rules of its own'
  switch (initiator) {
    case 'user':
      return 'another interface or program asked for them'
    case 'driver':
      return 'its driver asked for them'
    case 'country-element':
      return 'an access point announces them'
    case 'core':
    case undefined:
      return 'the kernel does not know that country (is wireless-regdb installed?)'
  }
}
