/** Commands on the network as it is: scan, routes, ping, ifconfig. */

import { setTimeout as delay } from 'node:timers/promises'
import type { ExplainedRoute } from '../../control/index.js'
import { interfacePath } from '../client.js'
import { type CommandContext, show } from '../context.js'
import { SilentFailure, UsageError } from '../failure.js'
import { harmless } from '../table.js'
import { showTable } from './show-table.js'

/** What `wifi/access_points` holds, as far as it is shown. */
interface AccessPoint {
  readonly bssid: string
  readonly ssid: string
  readonly channel: number
  readonly band: string
  readonly signalDbm: number
  readonly flags: readonly string[]
}

/** Behind a scan that runs already, of every channel of three bands. */
const LONGEST_SCAN_MS = 60_000

export async function scan(context: CommandContext, ifname: string): Promise<void> {
  const path = interfacePath(ifname, 'scan')
  const answer = await context.client.json('POST', path, undefined, { workMs: LONGEST_SCAN_MS })
  const { accessPoints } = answer as { readonly accessPoints: readonly AccessPoint[] | null }
  show(context, accessPoints ?? [], () => {
    const { out } = context
    const rows = (accessPoints ?? []).map(({ bssid, ssid, channel, band, signalDbm, flags }) => [
      ssid === '' ? '(hidden)' : ssid,
      bssid,
      `${signalDbm} dBm`,
      String(channel),
      band
        .replace(/^wifi-/, '')
        .replace(/-ghz$/, ' GHz')
        .replace('-', '.'),
      flags.filter((flag) => /-|open|owe/.test(flag)).join(' '),
    ])
    showTable(context, ['SSID', 'BSSID', 'SIGNAL', 'CHANNEL', 'BAND', 'SECURITY'], rows)
    if (rows.length === 0) out.line('No access point is in range.')
  })
}

/** RT_TABLE_MAIN. */
const MAIN_TABLE = 254

export async function routes(context: CommandContext): Promise<void> {
  const answer = (await context.client.json('GET', '/v1/routes')) as { readonly routes: readonly ExplainedRoute[] }
  show(context, answer.routes, () => {
    const rows = answer.routes.map(({ destination, family, gateway, ifname, metric, table, routeType, reason }) => [
      destination === 'default' && family === 6 ? 'default (IPv6)' : destination,
      routeType === 'unicast' ? (gateway ?? 'direct') : routeType,
      ifname ?? '-',
      String(metric),
      table === MAIN_TABLE ? 'main' : String(table),
      reason,
    ])
    showTable(context, ['DESTINATION', 'VIA', 'INTERFACE', 'METRIC', 'TABLE', 'WHY'], rows)
  })
}

interface LinkView {
  readonly ifname: string
  readonly ifindex: number
  readonly kind?: string
  readonly macAddress?: string
  readonly mtu: number
  readonly up: boolean
  readonly lowerUp: boolean
  readonly operstate: string
  readonly addresses: readonly { readonly family: 4 | 6; readonly address: string; readonly prefixLength: number }[]
  readonly type?: string
  readonly state?: string
  readonly connection?: string
}

export async function ifconfig(context: CommandContext, ifname: string | undefined): Promise<void> {
  const { links } = (await context.client.json('GET', '/v1/links')) as { readonly links: readonly LinkView[] }
  const wanted = ifname === undefined ? links : links.filter((link) => link.ifname === ifname)
  if (wanted.length === 0) throw new Error(`there is no interface ${ifname ?? ''}`.trimEnd())
  show(context, wanted, () => {
    const { out } = context
    for (const [at, link] of wanted.entries()) {
      if (at > 0) out.line()
      showLink(context, link)
    }
  })
}

function showLink({ out }: CommandContext, link: LinkView): void {
  const words = [link.up ? 'up' : 'down', link.lowerUp ? 'carrier' : 'no carrier', link.kind]
  const shown = words.filter((word) => word !== undefined).join(', ')
  out.line(`${out.paint('bold', harmless(link.ifname))}: ${shown}, mtu ${link.mtu}, index ${link.ifindex}`)
  if (link.macAddress !== undefined) out.line(`    link  ${link.macAddress}`)
  for (const { family, address, prefixLength } of link.addresses)
    out.line(`    ${family === 4 ? 'inet ' : 'inet6'} ${address}/${prefixLength}`)
  if (link.type === undefined) return
  const managed = [link.type, link.state, link.connection].filter((word) => word !== undefined)
  out.line(`    managed as ${managed.join(', ')}`)
}

export interface PingFlags {
  readonly interface?: string
  readonly port: string
  readonly count: string
}

interface PingAnswer {
  readonly address: string
  readonly outcome: string
  readonly ms: number
}

const PING_INTERVAL_MS = 1_000
/** The daemon's own deadline of one. */
const LONGEST_PING_MS = 5_000
const MAX_PING_COUNT = 1_000_000

export async function ping(context: CommandContext, host: string, flags: PingFlags): Promise<void> {
  const { client, out, json, signal } = context
  const port = wholeNumber('port', flags.port, 65_535)
  const count = wholeNumber('count', flags.count, MAX_PING_COUNT)
  const by = flags.interface === undefined ? '' : ` by ${flags.interface}`
  if (!json)
    out.line(`TCP connections to ${harmless(host)} port ${port}${by}, made by the engine of the daemon; no ICMP`)
  const body = { host, port, ...(flags.interface === undefined ? {} : { ifname: flags.interface }) }
  const answers: PingAnswer[] = []
  const unlessInterrupted = (thrown: unknown): undefined => {
    if (!signal.aborted) throw thrown
  }
  for (let number = 1; number <= count && !signal.aborted; number += 1) {
    if (number > 1) await delay(PING_INTERVAL_MS, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) break
    const asked = client.json('POST', '/v1/ping', body, { workMs: LONGEST_PING_MS, signal })
    const answer = (await asked.catch(unlessInterrupted)) as PingAnswer | undefined
    if (answer === undefined) break
    answers.push(answer)
    if (!json) out.line(pingLine(number, answer))
  }
  const answered = answers.filter(({ outcome }) => hasAnswered(outcome))
  show(context, answers, () => out.line(`${answers.length} tried, ${answered.length} answered${times(answered)}`))
  if (answered.length === 0) throw new SilentFailure('no answer')
}

/** A refusal is an answer too: the host is there. */
function hasAnswered(outcome: string): boolean {
  return outcome === 'connected' || outcome === 'refused'
}

function pingLine(number: number, { address, outcome, ms }: PingAnswer): string {
  const took = hasAnswered(outcome) ? ` in ${ms.toFixed(1)} ms` : ` after ${(ms / 1_000).toFixed(1)} s`
  return `${number}: ${address} ${outcome}${took}`
}

function times(answers: readonly PingAnswer[]): string {
  if (answers.length === 0) return ''
  const all = answers.map(({ ms }) => ms)
  const mean = all.reduce((sum, ms) => sum + ms, 0) / all.length
  return `; fastest ${Math.min(...all).toFixed(1)} ms, mean ${mean.toFixed(1)} ms, slowest ${Math.max(...all).toFixed(1)} ms`
}

/** @throws UsageError */
export function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value
  throw new UsageError(`--${name}: a whole number from 1 to ${most}, not ${JSON.stringify(text.slice(0, 40))}`)
}
