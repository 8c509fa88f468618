// What wg, iw, genl and wpa_cli say, as the facts that our decoders must say too: 'path' → value, with the names of
// lib/kernel/wireguard.ts and wireless.ts. Octet strings are hexadecimal, lists of words are sorted and joined by blanks.

const hex = (base64) => Buffer.from(base64, 'base64').toString('hex')
const words = (list) => [...list].sort().join(' ')
const numberOf = (pattern, text) => {
  const found = pattern.exec(text)
  return found === null ? undefined : Number(found[1])
}
/** Takes the facts that nobody told out. */
const told = (facts) => Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
/** The text from each line that matches to the next such line. */
function sections(text, pattern) {
  const starts = [...text.matchAll(pattern)].map((found) => found.index)
  return starts.map((start, i) => text.slice(start, starts[i + 1]))
}

function endpoint(text) {
  const [, v6, scope, v4, port] = /^(?:\[([^%\]]+)(%[^\]]+)?\]|([^:]+)):(\d+)$/.exec(text)
  return { address: v6 ?? v4, port: Number(port), scoped: scope !== undefined }
}

function peerFacts(line, prefix) {
  const [publicKey, presharedKey, remote, allowed, handshake, rx, tx, keepalive] = line.split('\t')
  const at = remote === '(none)' ? undefined : endpoint(remote)
  const prefixes = allowed === '(none)' ? [] : allowed.split(',').map((text) => text.split('/'))
  const facts = {
    publicKey: hex(publicKey),
    presharedKey: presharedKey === '(none)' ? undefined : hex(presharedKey),
    'endpoint.address': at?.address,
    'endpoint.port': at?.port,
    lastHandshakeSeconds: handshake === '0' ? undefined : Number(handshake),
    rxBytes: Number(rx),
    txBytes: Number(tx),
    keepaliveSeconds: keepalive === 'off' ? 0 : Number(keepalive),
    'allowedIps.length': prefixes.length,
  }
  prefixes.forEach(([address, length], i) => {
    facts[`allowedIps.${i}.address`] = address
    facts[`allowedIps.${i}.prefixLength`] = Number(length)
  })
  return Object.entries(told(facts)).map(([name, value]) => [`${prefix}${name}`, value])
}

/** `wg show IFNAME dump`. */
export function wireguard(text) {
  const [device, ...peers] = text.trim().split('\n')
  const [privateKey, publicKey, port, fwmark] = device.split('\t')
  return told({
    privateKey: privateKey === '(none)' ? undefined : hex(privateKey),
    publicKey: publicKey === '(none)' ? undefined : hex(publicKey),
    listenPort: Number(port),
    fwmark: fwmark === 'off' ? 0 : Number(fwmark),
    'peers.length': peers.length,
    ...Object.fromEntries(peers.flatMap((line, i) => peerFacts(line, `peers.${i}.`))),
  })
}

/** `genl ctrl get name NAME`. */
export function family(text) {
  const groups = [...text.matchAll(/ID-0x([0-9a-f]+) +name: (\S+)/g)]
  const commands = [...text.matchAll(/#\d+: +ID-0x([0-9a-f]+) *$/gm)]
  return told({
    name: /Name: (\S+)/.exec(text)[1],
    id: numberOf(/ID: (0x[0-9a-f]+)/, text),
    version: numberOf(/Version: (0x[0-9a-f]+)/, text),
    headerBytes: numberOf(/header size: (\d+)/, text),
    maxAttribute: numberOf(/max attribs: (\d+)/, text),
    'groups.length': groups.length,
    'operations.length': commands.length,
    ...Object.fromEntries(groups.map(([, id], i) => [`groups.${i}.id`, Number.parseInt(id, 16)])),
    ...Object.fromEntries(groups.map(([, , name], i) => [`groups.${i}.name`, name])),
    ...Object.fromEntries(commands.map(([, id], i) => [`operations.${i}.command`, Number.parseInt(id, 16)])),
  })
}

const MODES = {
  IBSS: 'ibss',
  managed: 'station',
  AP: 'ap',
  'AP/VLAN': 'ap-vlan',
  monitor: 'monitor',
  'mesh point': 'mesh',
  'P2P-client': 'p2p-client',
  'P2P-GO': 'p2p-go',
  'P2P-device': 'p2p-device',
  'outside context of a BSS': 'ocb',
}
const CIPHERS = {
  '00-0f-ac:1': 'wep40',
  '00-0f-ac:5': 'wep104',
  '00-0f-ac:2': 'tkip',
  '00-0f-ac:4': 'ccmp',
  '00-0f-ac:10': 'ccmp256',
  '00-0f-ac:8': 'gcmp',
  '00-0f-ac:9': 'gcmp256',
  '00-0f-ac:6': 'aes128-cmac',
  '00-0f-ac:13': 'bip-cmac256',
  '00-0f-ac:11': 'bip-gmac128',
  '00-0f-ac:12': 'bip-gmac256',
}

/** `iw phy PHY info`: channels by their place, as the kernel lists them. */
export function wiphy(text) {
  const modes = /Supported interface modes:\n((?:\t\t \* .*\n)+)/.exec(text)[1].matchAll(/\* (.+)/g)
  const ciphers = [...text.matchAll(/^\t\t\* \S+ \((00-0f-ac:\d+)\)/gm)].map(([, suite]) => CIPHERS[suite])
  const facts = {
    wiphy: numberOf(/wiphy index: (\d+)/, text),
    name: /^Wiphy (\S+)/.exec(text)[1],
    maxScanSsids: numberOf(/max # scan SSIDs: (\d+)/, text),
    supportedModes: words([...modes].map(([, mode]) => MODES[mode])),
    cipherSuites: words(ciphers),
  }
  sections(text, /^\tBand \d+:/gm).forEach((band, i) => {
    const channels = [...band.matchAll(/^\t\t\t\* ([\d.]+) MHz \[-?\d+\] \((disabled|([\d.]+) dBm)\)(.*)$/gm)]
    facts[`bands.${i}.channels.length`] = channels.length
    channels.forEach(([, frequency, state, power, flags], k) => {
      const at = `bands.${i}.channels.${k}`
      facts[`${at}.frequencyMhz`] = Number(frequency)
      facts[`${at}.disabled`] = state === 'disabled'
      if (state === 'disabled') return
      facts[`${at}.maxPowerDbm`] = Number(power)
      facts[`${at}.noIr`] = flags.includes('no IR')
      facts[`${at}.radar`] = flags.includes('radar detection')
    })
  })
  return told(facts)
}

/** `iw dev`, each interface by its wdev. */
export function interfaces(text) {
  const each = sections(text, /^\t(Interface|Unnamed)/gm).map((section) => {
    const wdev = numberOf(/wdev (0x[0-9a-f]+)/, section)
    const ssid = /\tssid (.+)/.exec(section)?.[1]
    const facts = told({
      ifname: /Interface (\S+)/.exec(section)?.[1],
      ifindex: numberOf(/ifindex (\d+)/, section),
      macAddress: /addr (\S+)/.exec(section)?.[1],
      mode: MODES[/type (.+)/.exec(section)[1]],
      ssid: ssid === undefined ? undefined : Buffer.from(ssid).toString('hex'),
      frequencyMhz: numberOf(/channel \d+ \((\d+) MHz\)/, section),
      centerFrequency1Mhz: numberOf(/center1: (\d+) MHz/, section),
      channelWidth: /width: (\d+) MHz/.exec(section)?.[1],
      txPowerDbm: numberOf(/txpower ([\d.]+)/, section),
    })
    return Object.entries(facts).map(([name, value]) => [`${wdev}.${name}`, value])
  })
  return { length: each.length, ...Object.fromEntries(each.flat()) }
}

/** `iw dev IFNAME station dump` with one station; without what moves from moment to moment. */
export function station(text) {
  const flag = (name) => new RegExp(`${name}:\\s+yes`).test(text)
  const rate = numberOf(/tx bitrate:\s+([\d.]+)/, text)
  return told({
    macAddress: /^Station (\S+)/.exec(text)[1],
    signalDbm: numberOf(/signal:\s+(-?\d+)/, text),
    signalAverageDbm: numberOf(/signal avg:\s+(-?\d+)/, text),
    txBytes: numberOf(/tx bytes:\s+(\d+)/, text),
    txPackets: numberOf(/tx packets:\s+(\d+)/, text),
    txRetries: numberOf(/tx retries:\s+(\d+)/, text),
    txFailed: numberOf(/tx failed:\s+(\d+)/, text),
    beaconLosses: numberOf(/beacon loss:\s+(\d+)/, text),
    txRateKbps: rate === undefined ? undefined : Math.round(rate * 1000),
    authorized: flag('authorized'),
    authenticated: flag('authenticated'),
    associated: flag('associated'),
    wmm: flag('WMM/WME'),
    managementProtection: flag('MFP'),
    tdlsPeer: flag('TDLS peer'),
  })
}

/** `iw reg get`, which cuts MHz and dBm off to whole ones. */
export function reg(text) {
  const domains = sections(text, /^(global|phy#\d+.*)$/gm).map((section, i) => {
    const [, alpha2, dfs] = /country (\w\w): DFS-(\w+)/.exec(section)
    const facts = { alpha2, dfsRegion: dfs.toLowerCase() }
    const rules = [...section.matchAll(/\((\d+) - (\d+) @ (\d+)\), \(\S+, (\d+)\), \(([^)]*)\)(.*)/g)]
    facts['rules.length'] = rules.length
    rules.forEach(([, first, last, width, power, , flags], k) => {
      Object.assign(facts, {
        [`rules.${k}.firstWholeMhz`]: Number(first),
        [`rules.${k}.lastWholeMhz`]: Number(last),
        [`rules.${k}.maxBandwidthWholeMhz`]: Number(width),
        [`rules.${k}.maxPowerWholeDbm`]: Number(power),
        [`rules.${k}.dfs`]: flags.includes('DFS'),
        [`rules.${k}.noOutdoor`]: flags.includes('NO-OUTDOOR'),
        [`rules.${k}.autoBandwidth`]: flags.includes('AUTO-BW'),
        [`rules.${k}.noIr`]: flags.includes('NO-IR'),
      })
    })
    return Object.entries(facts).map(([name, value]) => [`${i}.${name}`, value])
  })
  return { length: domains.length, ...Object.fromEntries(domains.flat()) }
}

/** The words for one group of wpa_cli's flags, such as WPA2-PSK+SAE-CCMP+TKIP. */
function flagWords(group) {
  const security = /^(WPA2|WPA)-(.*)-([A-Z0-9+]+)$/.exec(group)
  if (security === null) return [group.toLowerCase()]
  const [, protocol, management, ciphers] = security
  return [protocol, ...management.split('+'), ...ciphers.split('+')].map((word) => word.toLowerCase().replace('/', '-'))
}

/** `iw dev IFNAME scan dump` and `wpa_cli scan_results`, each network by its BSSID. */
export function scan(text, flags) {
  const spoken = new Map(
    flags
      .trim()
      .split('\n')
      .map((line) => [line.split('\t')[0], line.split('\t')[3]]),
  )
  const each = sections(text, /^BSS /gm).map((section) => {
    const [, bssid] = /^BSS ([0-9a-f:]{17})/.exec(section)
    const groups = [...(spoken.get(bssid) ?? '').matchAll(/\[([^\]]+)\]/g)].map(([, group]) => group)
    const facts = told({
      bssid,
      frequencyMhz: numberOf(/freq: (\d+)/, section),
      signalDbm: numberOf(/signal: (-?[\d.]+) dBm/, section),
      beaconIntervalTu: numberOf(/beacon interval: (\d+)/, section),
      capability: numberOf(/capability: .*\((0x[0-9a-f]+)\)/, section),
      status: section.includes('-- associated') ? 'associated' : 'none',
      ssid: Buffer.from(/\tSSID: ?(.*)/.exec(section)[1].replace(/\\x00/g, '')).toString('hex'),
      flags: groups.length === 0 ? undefined : words(new Set(groups.flatMap(flagWords))),
    })
    return Object.entries(facts).map(([name, value]) => [`${bssid}.${name}`, value])
  })
  return { length: each.length, ...Object.fromEntries(each.flat()) }
}
