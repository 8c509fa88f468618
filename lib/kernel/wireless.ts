/**
 * Radios, wireless interfaces, networks and stations as the engine reads them (generic netlink family "nl80211").
 * Hand-kept beside native/engine/fields/genl.hh. SSIDs are octets: they need be no text.
 */

export type InterfaceMode =
  | 'unspecified'
  | 'ibss'
  | 'station'
  | 'ap'
  | 'ap-vlan'
  | 'wds'
  | 'monitor'
  | 'mesh'
  | 'p2p-client'
  | 'p2p-go'
  | 'p2p-device'
  | 'ocb'
  | 'nan'

export type Band = 'unknown' | '2.4ghz' | '5ghz' | '6ghz' | '60ghz'

/** Width of a channel in MHz. */
export type ChannelWidth =
  | '20-noht'
  | '20'
  | '40'
  | '80'
  | '80+80'
  | '160'
  | '5'
  | '10'
  | '1'
  | '2'
  | '4'
  | '8'
  | '16'
  | '320'
  | 'unknown'

export interface Channel {
  readonly frequencyMhz: number
  readonly disabled: boolean
  /** Nothing may be sent unless an access point was heard: no active scan, no access point, no mesh. */
  readonly noIr: boolean
  /** Radar must be looked for first. */
  readonly radar: boolean
  readonly indoorOnly: boolean
  readonly maxPowerDbm: number
}

export interface BandChannels {
  readonly band: Band
  readonly channels: readonly Channel[]
}

export interface InterfaceLimit {
  /** So many interfaces of these modes together. */
  readonly max: number
  /** Words of InterfaceMode. */
  readonly modes: readonly string[]
}

/** Interfaces that may exist side by side on a radio. */
export interface InterfaceCombination {
  readonly limits: readonly InterfaceLimit[]
  readonly maxInterfaces: number
  readonly maxChannels: number
}

/** A radio. */
export interface Wiphy {
  readonly wiphy: number
  /** 'phy0', … */
  readonly name: string
  readonly bands: readonly BandChannels[]
  /** Words of InterfaceMode. */
  readonly supportedModes: readonly string[]
  /** 'ccmp', 'tkip', …; 'oui:type' where a suite has no name. */
  readonly cipherSuites: readonly string[]
  /** What the driver does of key management by itself; mostly empty. */
  readonly akmSuites: readonly string[]
  readonly combinations: readonly InterfaceCombination[]
  readonly maxScanSsids: number
  /** 'sae', 'ap-scan', 'scan-flush', 'mesh-auth', 'ibss-rsn', 'self-managed-reg', … */
  readonly features: readonly string[]
}

export interface WirelessInterface {
  /** Absent, as is the name, where the kernel has no link for it (a P2P device). */
  readonly ifindex?: number
  readonly ifname?: string
  readonly wiphy: number
  readonly wdev: number
  readonly mode: InterfaceMode
  readonly macAddress: string
  /** The network it serves or has joined. */
  readonly ssid?: Uint8Array
  readonly frequencyMhz?: number
  readonly centerFrequency1Mhz?: number
  readonly centerFrequency2Mhz?: number
  readonly channelWidth?: ChannelWidth
  readonly txPowerDbm?: number
}

/** What an RSN element (WPA2, WPA3, OWE) or the vendor's WPA element offers. */
export interface BssSecurity {
  /** 'wpa' or 'rsn'. */
  readonly protocol: string
  /** 'psk', 'sae', 'eap', 'owe', 'ft-psk', … */
  readonly keyManagement: readonly string[]
  readonly pairwiseCiphers: readonly string[]
  readonly groupCipher: string
  readonly managementProtectionCapable: boolean
  readonly managementProtectionRequired: boolean
  readonly preauthentication: boolean
}

/** A network in range, as the kernel last heard it. */
export interface Bss {
  readonly ifindex: number
  readonly bssid: string
  readonly frequencyMhz: number
  readonly band: Band
  /** Absent where the driver has another unit: then `signalPercent`. */
  readonly signalDbm?: number
  readonly signalPercent?: number
  /** Milliseconds since the network was last heard. */
  readonly ageMs: number
  /** The moment by CLOCK_BOOTTIME, in milliseconds; drivers may leave it out. */
  readonly lastSeenBoottimeMs?: number
  /** Units of 1,024 microseconds. */
  readonly beaconIntervalTu: number
  /** The capability field of the frame: bit 0 ESS, 1 IBSS, 4 privacy. */
  readonly capability: number
  /** What the interface has to do with the network. */
  readonly status: 'none' | 'authenticated' | 'associated' | 'ibss-joined'
  /** Empty for a hidden network. */
  readonly ssid: Uint8Array
  readonly meshId?: Uint8Array
  /** As the access point claims: two letters and the environment. */
  readonly country?: string
  readonly securities: readonly BssSecurity[]
  /** Each word once: 'wpa', 'wpa2' ('rsn' in a mesh), key managements, ciphers, 'wep', 'ess', 'ibss', 'mesh', 'wps', … */
  readonly flags: readonly string[]
}

/** An access point, client or mesh peer that an interface knows. */
export interface Station {
  readonly ifindex: number
  readonly macAddress: string
  readonly signalDbm?: number
  readonly signalAverageDbm?: number
  /** 1,000 bits per second. */
  readonly txRateKbps?: number
  readonly rxRateKbps?: number
  readonly rxBytes: number
  readonly txBytes: number
  readonly rxPackets: number
  readonly txPackets: number
  readonly txRetries: number
  readonly txFailed: number
  readonly beaconLosses: number
  /** Milliseconds since anything was heard of it. */
  readonly inactiveMs?: number
  readonly connectedSeconds?: number
  /** Frames may pass: the handshake is done, where there is one. */
  readonly authorized: boolean
  readonly authenticated: boolean
  readonly associated: boolean
  readonly wmm: boolean
  readonly managementProtection: boolean
  readonly tdlsPeer: boolean
  readonly peerLink:
    | 'none'
    | 'listen'
    | 'open-sent'
    | 'open-received'
    | 'confirm-received'
    | 'established'
    | 'holding'
    | 'blocked'
}

export interface RegulatoryRule {
  readonly firstKhz: number
  readonly lastKhz: number
  readonly maxBandwidthKhz: number
  readonly maxAntennaGainDbi: number
  readonly maxPowerDbm: number
  /** How long to look for radar first; 0 for the kernel's own figure. */
  readonly cacTimeMs: number
  readonly noIr: boolean
  readonly dfs: boolean
  readonly noOfdm: boolean
  readonly noOutdoor: boolean
  readonly autoBandwidth: boolean
}

/** On which frequencies, how wide and how loud radios may send. */
export interface RegulatoryDomain {
  /** ISO 3166 letters, '00' for the world, '98' for the meet of several, '99' for a driver's own. */
  readonly alpha2: string
  readonly dfsRegion: 'unset' | 'fcc' | 'etsi' | 'jp'
  /** The radio that has this domain for itself; absent for the domain of all. */
  readonly wiphy?: number
  readonly selfManaged: boolean
  readonly rules: readonly RegulatoryRule[]
}
