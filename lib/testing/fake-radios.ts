/** A fake kernel's rules for radios (nl80211): interfaces, scans, stations, the regulatory domain. */

import type { Clock, Timer } from '../base/clock.js'
import type {
  AbortScan,
  AddWirelessInterface,
  Bss,
  GenericRecord,
  GenericSubject,
  RegulatoryDomain,
  SetMeshParameters,
  Station,
  TriggerScan,
  Wiphy,
  WirelessCommand,
  WirelessInterface,
  WirelessNotification,
} from '../kernel/messages.js'
import { insertLink, removeLink } from './fake-links.js'
import { type ErrnoName, type Fact, type FakeState, linkNamed, type Refusal, refuse } from './fake-state.js'

/** IEEE80211_SCAN_RESULT_EXPIRE of net/wireless/scan.c. */
const RESULT_LIFE_MS = 30_000
/** What a test waits for a scan unless it says otherwise. */
const SCAN_MS = 100

/** What stands in the air for a radio to hear. */
export interface FakeNetworkInRange {
  readonly bss: Omit<Bss, 'ifindex' | 'ageMs'>
  /** Its name is heard only by who calls it. */
  readonly hidden: boolean
}

export interface FakeRadio {
  readonly wiphy: Wiphy
  inRange: readonly FakeNetworkInRange[]
  /** The kernel's list, by BSSID. */
  readonly heard: Map<string, { readonly bss: FakeNetworkInRange['bss']; readonly atMs: number }>
  scan: { readonly request: TriggerScan; readonly timer: Timer | undefined } | undefined
  /** How long a scan takes; undefined: until a test ends it. */
  scanMs: number | undefined
  /** Scans are refused with this. */
  scanRefusal: ErrnoName | undefined
}

export interface FakeWirelessInterface {
  interface: WirelessInterface
  readonly radio: FakeRadio
  stations: readonly Station[]
  powerSave: boolean
  mesh: Omit<SetMeshParameters, 'type' | 'ifindex' | 'ifname'>
}

/** The radios of one network namespace; without one there is no nl80211 either. */
export class FakeRadios {
  readonly interfaces = new Map<number, FakeWirelessInterface>()
  readonly radios = new Map<number, FakeRadio>()
  domains: readonly RegulatoryDomain[] = [WORLD]
  /** The kernel has the family. */
  loaded = false
  readonly #state: FakeState
  readonly #listeners = new Set<(told: WirelessNotification) => void>()

  constructor(state: FakeState) {
    this.#state = state
  }

  listen(listener: (told: WirelessNotification) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  tell(told: WirelessNotification): void {
    for (const listener of this.#listeners) listener(told)
  }

  /** What happens to links happens to their radios: a scan ends with the link's being up, an interface with its link. */
  hear(fact: Fact): void {
    const held = fact.type === 'link' || fact.type === 'linkGone' ? this.interfaces.get(fact.ifindex) : undefined
    if (held === undefined) return
    const { wdev, ifname } = held.interface
    if (fact.type === 'link') {
      if (!fact.up) this.endScan(held, 'aborted')
      if (fact.ifname !== ifname) this.#change(held, { ...held.interface, ifname: fact.ifname })
    } else if (fact.type === 'linkGone') {
      this.interfaces.delete(fact.ifindex)
      this.tell({ type: 'interfaceGone', ifindex: fact.ifindex, wdev })
    }
  }

  /** Puts an interface on a radio, with its link. */
  add(radio: FakeRadio, wanted: NewInterface): FakeWirelessInterface {
    const { ifname, ifindex, macAddress, mode } = wanted
    const entry = insertLink(this.#state, { ifname, ifindex, macAddress, carrier: false, hardware: true })
    const { wiphy } = radio.wiphy
    const made: FakeWirelessInterface = {
      interface: {
        ifindex: entry.link.ifindex,
        ifname,
        wiphy,
        wdev: wiphy * 2 ** 32 + entry.link.ifindex,
        mode,
        macAddress: entry.link.macAddress ?? '',
      },
      radio,
      stations: [],
      powerSave: true,
      mesh: {},
    }
    this.interfaces.set(entry.link.ifindex, made)
    this.#state.emit({ type: 'link', ...entry.link })
    this.tell({ type: 'interface', interface: made.interface })
    return made
  }

  execute(command: WirelessCommand): Refusal {
    const { type } = command
    if (!this.loaded) return refuse('EPROTONOSUPPORT', type, NO_FAMILY)
    if (type === 'requestRegulatory') return this.#request(command.alpha2)
    const ifindex = type === 'addWirelessInterface' ? Number(command.parent) : command.ifindex
    const held = this.interfaces.get(ifindex ?? 0)
    // The kernel asks for the radio of a parent, and for the interface of the others.
    if (held === undefined) return refuse(type === 'addWirelessInterface' ? 'EINVAL' : 'ENODEV', type)
    switch (type) {
      case 'addWirelessInterface':
        return this.#addBeside(held, command)
      case 'deleteWirelessInterface': {
        const entry = this.#state.links.get(ifindex ?? 0)
        if (entry !== undefined) removeLink(this.#state, entry)
        return undefined
      }
      case 'setPowerSave':
        held.powerSave = command.enabled
        return undefined
      case 'setMeshParameters': {
        if (!this.#isUp(held)) return refuse('ENETDOWN', type)
        if (held.interface.mode !== 'mesh') return refuse('EOPNOTSUPP', type)
        const { type: _, ifindex: __, ifname: ___, ...given } = command
        held.mesh = { ...held.mesh, ...given }
        return undefined
      }
    }
  }

  /** Begins a scan, or ends one. */
  scan(command: TriggerScan | AbortScan, clock: Clock): Refusal {
    if (!this.loaded) return refuse('EPROTONOSUPPORT', command.type, NO_FAMILY)
    const held = this.interfaces.get(command.ifindex)
    if (held === undefined) return refuse('ENODEV', command.type)
    if (command.type === 'triggerScan') return this.#trigger(held, command, clock)
    return this.endScan(held, 'aborted') ? undefined : refuse('ENOENT', command.type)
  }

  /** One of nl80211's lists, or why there is none. */
  list(
    what: Exclude<GenericSubject, 'wireguardDevice'>,
    ifindex: number,
    nowMs: number,
  ): readonly GenericRecord[] | Refusal {
    if (!this.loaded) return refuse('EPROTONOSUPPORT', what, NO_FAMILY)
    if (what === 'radios') return [...this.radios.values()].map(({ wiphy }) => wiphy)
    if (what === 'wirelessInterfaces') return [...this.interfaces.values()].map((each) => each.interface)
    if (what === 'regulatoryDomains') return this.domains
    const held = this.interfaces.get(ifindex)
    if (held === undefined) return refuse('ENODEV', what)
    if (what === 'stations') return held.stations
    return [...held.radio.heard.values()].map(({ bss, atMs }): Bss => ({ ...bss, ifindex, ageMs: nowMs - atMs }))
  }

  /** False where no scan of this interface runs. */
  endScan(held: FakeWirelessInterface, stage: 'done' | 'aborted', nowMs = 0): boolean {
    const { radio } = held
    const ifindex = held.interface.ifindex ?? 0
    if (radio.scan?.request.ifindex !== ifindex) return false
    const { request, timer } = radio.scan
    timer?.cancel()
    radio.scan = undefined
    if (stage === 'done') hearAll(radio, request, nowMs)
    this.tell({ type: 'scan', stage, ifindex, frequenciesMhz: request.frequenciesMhz ?? [] })
    return true
  }

  #trigger(held: FakeWirelessInterface, request: TriggerScan, clock: Clock): Refusal {
    const { radio } = held
    if (!this.#isUp(held)) return refuse('ENETDOWN', request.type)
    if (radio.scanRefusal !== undefined) return refuse(radio.scanRefusal, request.type)
    if (radio.scan !== undefined) return refuse('EBUSY', request.type)
    if ((request.ssids?.length ?? 0) >= radio.wiphy.maxScanSsids) return refuse('EINVAL', request.type)
    if (request.flush === true) radio.heard.clear()
    const { scanMs } = radio
    const end = (): void => void this.endScan(held, 'done', clock.nowMs())
    radio.scan = { request, timer: scanMs === undefined ? undefined : clock.setTimer(scanMs, end) }
    const { ifindex, frequenciesMhz = [] } = request
    this.tell({ type: 'scan', stage: 'started', ifindex, frequenciesMhz })
    return undefined
  }

  #addBeside({ radio }: FakeWirelessInterface, { type, ifname, mode }: AddWirelessInterface): Refusal {
    if (linkNamed(this.#state, ifname) !== undefined) return refuse('EEXIST', type)
    if (!radio.wiphy.supportedModes.includes(mode)) return refuse('EOPNOTSUPP', type)
    this.add(radio, { ifname, mode })
    return undefined
  }

  #request(alpha2: string): Refusal {
    this.domains = this.domains.map((domain) => (domain.wiphy === undefined ? { ...domain, alpha2 } : domain))
    this.tell({ type: 'regulatory', initiator: 'user', ...(alpha2 === '00' ? {} : { alpha2 }) })
    return undefined
  }

  #change(held: FakeWirelessInterface, now: WirelessInterface): void {
    held.interface = now
    this.tell({ type: 'interface', interface: now })
  }

  #isUp({ interface: { ifindex } }: FakeWirelessInterface): boolean {
    return this.#state.links.get(ifindex ?? 0)?.link.up === true
  }
}

export interface NewInterface {
  readonly ifname: string
  readonly ifindex?: number | undefined
  readonly macAddress?: string | undefined
  readonly mode: WirelessInterface['mode']
}

/** A radio that hears nothing yet. */
export function silentRadio(wiphy: Wiphy): FakeRadio {
  return { wiphy, inRange: [], heard: new Map(), scan: undefined, scanMs: SCAN_MS, scanRefusal: undefined }
}

/** Which family is missing, as the engine says it. */
const NO_FAMILY = 'the kernel has no nl80211'

const WORLD: RegulatoryDomain = {
  alpha2: '00',
  dfsRegion: 'unset',
  selfManaged: false,
  rules: [rule(2_402_000, 2_472_000, 40_000), rule(5_170_000, 5_250_000, 80_000)],
}

function rule(firstKhz: number, lastKhz: number, maxBandwidthKhz: number): RegulatoryDomain['rules'][number] {
  const limits = { maxAntennaGainDbi: 0, maxPowerDbm: 20, cacTimeMs: 0 }
  const flags = { noIr: false, dfs: false, noOfdm: false, noOutdoor: false, autoBandwidth: false }
  return { firstKhz, lastKhz, maxBandwidthKhz, ...limits, ...flags }
}

function hearAll(radio: FakeRadio, { ssids = [], frequenciesMhz }: TriggerScan, nowMs: number): void {
  for (const [bssid, { atMs }] of radio.heard) if (nowMs - atMs > RESULT_LIFE_MS) radio.heard.delete(bssid)
  const called = new Set(ssids.map(({ ssid }) => ssid.join()))
  for (const { bss, hidden } of radio.inRange) {
    if (frequenciesMhz !== undefined && !frequenciesMhz.includes(bss.frequencyMhz)) continue
    const ssid = hidden && !called.has(bss.ssid.join()) ? new Uint8Array() : bss.ssid
    radio.heard.set(bss.bssid, { bss: { ...bss, ssid }, atMs: nowMs })
  }
}
