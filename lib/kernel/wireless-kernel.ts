/** The kernel seam for radios: what nl80211 lists, scans, and what it tells by itself. */

import type { Subscription } from '../base/disposable.js'
import type { LinkReference } from './commands.js'
import type { Bss, RegulatoryDomain, Station, Wiphy, WirelessInterface } from './wireless.js'
import type { WirelessEvent } from './wireless-events.js'

export interface ScanOptions {
  /** Hidden networks to call by name, 1 to 32 octets each, beside the call to all. A radio takes `maxScanSsids` of them. */
  readonly ssids?: readonly Uint8Array[] | undefined
  /** Only these channels, by their centre in MHz; default all that the radio may use. */
  readonly frequenciesMhz?: readonly number[] | undefined
  /** Listen only; `ssids` must be absent. Default false. */
  readonly passive?: boolean | undefined
  /** Forget what earlier scans heard. Default false. */
  readonly flush?: boolean | undefined
  /** Scan although the interface is an access point: its stations wait meanwhile. Default false. */
  readonly fromAccessPoint?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** For all of it but the reading of the list, in milliseconds; default 30,000. */
  readonly deadlineMs?: number | undefined
}

/**
 * Every call rejects with ERR_UNSUPPORTED where the kernel has no nl80211 or the link is no wireless one, and with
 * ERR_NO_SUCH_INTERFACE for a link that is not there.
 */
export interface WirelessKernel {
  /** The radios of the network namespace. */
  radios(): Promise<Wiphy[]>
  interfaces(): Promise<WirelessInterface[]>
  /** What the kernel has heard lately; asks no radio. */
  scanResults(link: LinkReference): Promise<Bss[]>
  /** The access point that a station is with, the clients of an access point, the peers of a mesh. */
  stations(link: LinkReference): Promise<Station[]>
  /** The domain of all, and those of radios that have their own. */
  regulatoryDomains(): Promise<RegulatoryDomain[]>
  /**
   * Scans and resolves with what the kernel has heard then. A scan that runs already is waited for, and ours follows it. The
   * link must be up: nothing is changed for it.
   * @throws (rejects) ERR_KERNEL_REFUSED: ENETDOWN, the link is down; ECANCELED, somebody ended the scan; or as the kernel
   * says. ERR_TIMEOUT at the deadline and ERR_CANCELLED by the signal: a scan of ours is ended then.
   */
  scan(link: LinkReference, options?: ScanOptions): Promise<Bss[]>
  /**
   * Tells each event, in order, inside the turn in which it arrived and behind the mirror's changes. A listener that throws
   * harms no other. nl80211's multicast groups are joined when the first listener or scan asks, and again when the family
   * comes back; where it is not there, events begin when it comes. Between a list that is asked for after subscribing and the
   * events nothing is missed.
   */
  subscribe(listener: (event: WirelessEvent) => void): Subscription
}
