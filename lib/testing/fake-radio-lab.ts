/** What a test does to the radios of a fake kernel, and to the air around them. */

import type { Clock } from '../base/clock.js'
import type {
  Bss,
  InterfaceMode,
  RegulatoryDomain,
  RegulatoryEvent,
  Station,
  Wiphy,
  WirelessNotification,
} from '../kernel/messages.js'
import type { FakeNetwork } from './fake-network.js'
import { type FakeNetworkInRange, type FakeWirelessInterface, silentRadio } from './fake-radios.js'
import { type ErrnoName, linkNamed } from './fake-state.js'

/** A radio that a test plugs in, with its first interface. */
export interface LabRadio {
  readonly ifname: string
  readonly ifindex?: number | undefined
  readonly macAddress?: string | undefined
  /** Of the first interface; default station. */
  readonly mode?: InterfaceMode | undefined
  /** What it can; default a radio of two bands that can be a station, an access point, ad-hoc, mesh and monitor. */
  readonly wiphy?: Partial<Omit<Wiphy, 'wiphy'>> | undefined
}

/** A network that a scan finds. */
export interface LabNetwork extends Partial<Omit<Bss, 'ifindex' | 'ageMs' | 'ssid' | 'bssid'>> {
  readonly bssid: string
  readonly ssid: string | Uint8Array
  /** Its name is heard only by who calls it; default false. */
  readonly hidden?: boolean | undefined
}

const NO_STATION: Omit<Station, 'ifindex' | 'macAddress'> = {
  rxBytes: 0,
  txBytes: 0,
  rxPackets: 0,
  txPackets: 0,
  txRetries: 0,
  txFailed: 0,
  beaconLosses: 0,
  authorized: true,
  authenticated: true,
  associated: true,
  wmm: true,
  managementProtection: false,
  tdlsPeer: false,
  peerLink: 'none',
}

/** All calls take effect at once, their events follow with the next delivery. */
export class FakeRadioLab {
  readonly #network: FakeNetwork
  readonly #clock: Clock
  readonly #lose: (unheard: () => void) => void

  /** `lose`: tells the engine's listeners of an overrun. */
  constructor(network: FakeNetwork, clock: Clock, lose: (unheard: () => void) => void) {
    this.#network = network
    this.#clock = clock
    this.#lose = lose
  }

  /** Plugs a radio in; its first interface is down. The first radio brings nl80211 along. */
  addRadio({ wiphy: given, mode = 'station', ...wanted }: LabRadio): {
    readonly wiphy: number
    readonly ifindex: number
  } {
    const { radios } = this.#network
    if (linkNamed(this.#network.state, wanted.ifname) !== undefined) throw new Error(`there is a link ${wanted.ifname}`)
    radios.loaded = true
    const wiphy = Math.max(-1, ...radios.radios.keys()) + 1
    const radio = silentRadio({ wiphy, ...DUAL_BAND, name: `phy${wiphy}`, ...given })
    radios.radios.set(wiphy, radio)
    const made = radios.add(radio, { ...wanted, mode })
    return { wiphy, ifindex: made.interface.ifindex ?? 0 }
  }

  /** Loads or unloads nl80211: without it every call is refused. */
  setLoaded(loaded: boolean): void {
    this.#network.radios.loaded = loaded
  }

  /** What the interface's radio hears when it scans next. */
  setNetworks(ifname: string, networks: readonly LabNetwork[]): void {
    this.#held(ifname).radio.inRange = networks.map(inRange)
  }

  /** How long a scan of the interface's radio takes, default 100 ms; undefined: until `endScan`. */
  setScanMs(ifname: string, ms: number | undefined): void {
    this.#held(ifname).radio.scanMs = ms
  }

  /** Refuses scans of the interface's radio, until told otherwise; null ends it. EBUSY: busy with what is no scan. */
  refuseScans(ifname: string, errno: ErrnoName | null): void {
    this.#held(ifname).radio.scanRefusal = errno ?? undefined
  }

  /** Another program asks for a scan; throws where the kernel refuses it. */
  startScan(ifname: string): void {
    const ifindex = this.#held(ifname).interface.ifindex ?? 0
    const refused = this.#network.radios.scan({ type: 'triggerScan', ifindex }, this.#clock)
    if (refused !== undefined) throw new Error(`triggerScan: ${refused.code}`)
  }

  /** Ends the interface's scan; throws where none runs. */
  endScan(ifname: string, stage: 'done' | 'aborted' = 'done'): void {
    const ended = this.#network.radios.endScan(this.#held(ifname), stage, this.#clock.nowMs())
    if (!ended) throw new Error(`${ifname} does not scan`)
  }

  /** Whom the interface knows from now on; who is new and who is gone is told. */
  setStations(ifname: string, stations: readonly (Partial<Station> & Pick<Station, 'macAddress'>)[]): void {
    const held = this.#held(ifname)
    const ifindex = held.interface.ifindex ?? 0
    const before = held.stations
    held.stations = stations.map((station) => ({ ...NO_STATION, ...station, ifindex }))
    const named = (list: readonly Station[], macAddress: string) => list.some((each) => each.macAddress === macAddress)
    for (const { macAddress } of before) {
      if (!named(held.stations, macAddress)) this.tell({ type: 'stationGone', ifindex, macAddress })
    }
    for (const station of held.stations) {
      if (!named(before, station.macAddress)) this.tell({ type: 'station', station })
    }
  }

  /** Rules that come from elsewhere: a driver, an access point. */
  setRegulatory(domains: readonly RegulatoryDomain[], initiator: RegulatoryEvent['initiator'] = 'driver'): void {
    this.#network.radios.domains = domains
    const alpha2 = domains.find(({ wiphy }) => wiphy === undefined)?.alpha2
    this.tell({ type: 'regulatory', initiator, ...(alpha2 === undefined ? {} : { alpha2 }) })
  }

  /** A connection that comes or goes, a signal: whatever the fake does not make happen by itself. */
  tell(told: WirelessNotification): void {
    this.#network.radios.tell(told)
  }

  /** Loses the notifications of what `unheard` does; an overrun is told. */
  overrun(unheard: () => void = () => undefined): void {
    this.#lose(unheard)
  }

  /** What commands have set of an interface. */
  settings(ifname: string): Pick<FakeWirelessInterface, 'powerSave' | 'mesh'> {
    const { powerSave, mesh } = this.#held(ifname)
    return { powerSave, mesh }
  }

  #held(ifname: string): FakeWirelessInterface {
    const { state, radios } = this.#network
    const held = radios.interfaces.get(linkNamed(state, ifname)?.link.ifindex ?? 0)
    if (held === undefined) throw new Error(`there is no wireless interface ${ifname}`)
    return held
  }
}

function inRange({ ssid, hidden = false, ...given }: LabNetwork): FakeNetworkInRange {
  const frequencyMhz = given.frequencyMhz ?? 2_437
  const bss: FakeNetworkInRange['bss'] = {
    frequencyMhz,
    band: frequencyMhz < 3_000 ? '2.4ghz' : frequencyMhz < 5_925 ? '5ghz' : '6ghz',
    signalDbm: -50,
    beaconIntervalTu: 100,
    capability: 1,
    status: 'none',
    securities: [],
    flags: ['ess'],
    ...given,
    ssid: typeof ssid === 'string' ? new TextEncoder().encode(ssid) : ssid,
  }
  return { bss, hidden }
}

const channel = (frequencyMhz: number): Wiphy['bands'][number]['channels'][number] => ({
  frequencyMhz,
  disabled: false,
  noIr: false,
  radar: false,
  indoorOnly: false,
  maxPowerDbm: 20,
})

const DUAL_BAND: Omit<Wiphy, 'wiphy' | 'name'> = {
  bands: [
    { band: '2.4ghz', channels: [2_412, 2_437, 2_462].map(channel) },
    { band: '5ghz', channels: [5_180, 5_200, 5_220, 5_240].map(channel) },
  ],
  supportedModes: ['ibss', 'station', 'ap', 'monitor', 'mesh'],
  cipherSuites: ['ccmp', 'tkip'],
  akmSuites: [],
  combinations: [{ limits: [{ max: 8, modes: ['station', 'ap', 'mesh'] }], maxInterfaces: 8, maxChannels: 1 }],
  maxScanSsids: 4,
  features: ['sae', 'scan-flush', 'ap-scan'],
}
