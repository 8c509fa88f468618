/** Reads the text of a file as `wg-quick` takes it: sections [Interface] and [Peer] with `Key = value`. Pure. */

import type { WireguardInput } from './schema.js'

export interface ParsedConf {
  /** Not checked yet: `configure` does that. */
  readonly config: WireguardInput
  /** Lines that mean nothing here, by number and key: never by value, which may be a secret. */
  readonly warnings: readonly string[]
}

type Peer = WireguardInput['peers'][number]
type Draft<T> = { -readonly [Key in keyof T]: T[Key] }
interface Reading {
  readonly config: Draft<WireguardInput>
  readonly addresses: string[]
  readonly dns: string[]
  readonly peers: Draft<Peer>[]
  readonly warnings: string[]
}

const SECTIONS = ['interface', 'peer']

export function parseConf(text: string): ParsedConf {
  const addresses: string[] = []
  const peers: Draft<Peer>[] = []
  const config: Draft<WireguardInput> = { type: 'wireguard', addresses, peers }
  const reading: Reading = { config, addresses, dns: [], peers, warnings: [] }
  let section = ''
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.replace(/#.*$/, '').trim()
    if (content === '') continue
    const header = /^\[\s*(\w+)\s*\]$/.exec(content)?.[1]
    if (header !== undefined) {
      section = header.toLowerCase()
      if (section === 'peer') peers.push({ publicKey: '' })
      if (!SECTIONS.includes(section)) reading.warnings.push(`line ${index + 1}: the section [${header}] is not known`)
      continue
    }
    const [, key = '', value = ''] = /^([^=]*?)\s*=\s*(.*)$/.exec(content) ?? []
    const taken = section === 'interface' ? ofInterface(reading, key, value) : ofPeer(reading, section, key, value)
    if (taken !== undefined) reading.warnings.push(`line ${index + 1}: ${taken}`)
  }
  if (reading.dns.length > 0) takeDns(reading)
  return { config, warnings: reading.warnings }
}

/** Takes a setting; otherwise says why not. */
function ofInterface({ config, addresses, dns }: Reading, key: string, value: string): string | undefined {
  switch (key.toLowerCase()) {
    case 'privatekey':
      config.privateKey = value
      return
    case 'listenport':
      config.listenPort = Number(value)
      return
    case 'fwmark':
      // 'off' is none; hexadecimal digits are usual.
      config.fwmark = value.toLowerCase() === 'off' ? 0 : Number(value)
      return
    case 'mtu':
      config.mtu = Number(value)
      return
    case 'address':
      addresses.push(...items(value))
      return
    case 'dns':
      dns.push(...items(value))
      return
    case 'table':
      if (value.toLowerCase() === 'off') config.allowedIpRoutes = false
      else if (value.toLowerCase() !== 'auto') return 'Table: a table of its own choice is not supported'
      return
    case 'preup':
    case 'postup':
    case 'predown':
    case 'postdown':
      return `${key}: commands are not run`
    default:
      return notKnown(key)
  }
}

function ofPeer({ peers }: Reading, section: string, key: string, value: string): string | undefined {
  const peer = peers.at(-1)
  if (section !== 'peer' || peer === undefined)
    return `${key === '' ? 'a line' : key} belongs to no section that is known`
  switch (key.toLowerCase()) {
    case 'publickey':
      peer.publicKey = value
      return
    case 'presharedkey':
      peer.presharedKey = value
      return
    case 'endpoint':
      peer.endpoint = value
      return
    case 'allowedips':
      peer.allowedIps = [...(peer.allowedIps ?? []), ...items(value)]
      return
    case 'persistentkeepalive':
      peer.persistentKeepalive = value.toLowerCase() === 'off' ? 0 : Number(value)
      return
    default:
      return notKnown(key)
  }
}

/** What stands there may be a secret that lost its key: only a word is shown. */
function notKnown(key: string): string {
  return /^\w{1,32}$/.test(key) ? `${key} is not known` : 'not a setting'
}

/** Names among the servers are domains to search. */
function takeDns({ config, dns, warnings }: Reading): void {
  const servers = dns.filter((one) => /^[\d.]+$|:/.test(one))
  const [domain, ...others] = dns.filter((one) => !servers.includes(one))
  if (servers.length > 0) config.dns = servers
  if (domain !== undefined) config.domain = domain
  if (others.length > 0) warnings.push(`DNS: only the first domain to search is taken, not ${others.join(', ')}`)
}

function items(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
