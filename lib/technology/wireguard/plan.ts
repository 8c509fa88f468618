/** The plan of a WireGuard interface: the link, its device, addresses, routes, and the watch over its peers. Pure. */

import { contains, parseAddress } from '../../config/ip.js'
import { compact } from '../../config/section.js'
import type { KernelCommand } from '../../kernel/messages.js'
import { addAddresses, deleteAddresses } from '../ip/addresses.js'
import { clearNameServers, clearRoutes, setNameServers, setRoutes } from '../ip/steps.js'
import type { ConfiguredRoute, InterfaceAddress, PartService, Plan, Step } from '../plan.js'
import { makePlan } from '../plan.js'
import { setDevice } from './device-step.js'
import { type Endpoint, parseEndpoint } from './endpoint.js'
import type { WireguardConfig, WireguardPeerConfig } from './normalize.js'
import { startPeerWatch, type WatchedPeer } from './peer-watch.js'

/** What is left of 1500 octets behind IPv6, UDP and WireGuard's own 32. */
const DEFAULT_MTU = 1_420
/** A module may have to be loaded first. */
const UP_LIMIT_MS = 20_000
/** Marks the tunnel's own packets where the configuration names no mark; the same as `wg-quick` takes. */
const DEFAULT_MARK = 51_820
/** A tunnel that takes everything is what the machine uses first: before all uplinks, whose metrics begin at 10. */
const FIRST_METRIC = 5

/** Turns a normalized configuration into a plan. */
export function planWireguard(ifname: string, config: WireguardConfig): Plan {
  const { addresses, dns = [], domain, mtu = DEFAULT_MTU } = config
  const routes = config.allowedIpRoutes === false ? [] : routesOf(config.peers)
  const overrides = routes.some(({ overriding }) => overriding === true)
  const fwmark = config.fwmark || (overrides ? DEFAULT_MARK : 0)
  return makePlan({
    ifname,
    type: config.type,
    source: config,
    requires: [],
    up: [
      kernelStep({ type: 'addLink', ifname, kind: 'wireguard' }),
      setDevice({ ...keyOf(config), listenPort: config.listenPort, fwmark, peers: config.peers.map(devicePeer) }),
      ...addAddresses(ifname, addresses),
      kernelStep({ type: 'setLink', ifname, up: true }),
      setRoutes({
        addresses,
        routes,
        metric: config.metric ?? (overrides ? FIRST_METRIC : undefined),
        exemptMark: overrides ? fwmark : undefined,
        standing: true,
      }),
      setNameServers({ domain, nameServers: dns }),
      kernelStep({ type: 'setLink', ifname, mtu }),
    ],
    down: [
      clearRoutes(),
      clearNameServers(),
      ...deleteAddresses(ifname, addresses),
      kernelStep({ type: 'deleteLink', ifname }),
    ],
    connectivity: peerWatch(config.peers, routes),
    upLimitMs: UP_LIMIT_MS,
    ...(config.teardownOnChange === true ? { onChange: 'teardown' } : {}),
  })
}

function keyOf({ privateKey, privateKeyFile }: WireguardConfig) {
  return compact({ privateKey, privateKeyFile })
}

function devicePeer({ endpoint, allowedIps, persistentKeepalive = 0, ...keys }: WireguardPeerConfig) {
  return compact({
    ...keys,
    endpoint: endpointOf(endpoint),
    allowedIps: allowedIps.map(prefixText),
    keepaliveSeconds: persistentKeepalive,
  })
}

/**
 * What the peers may be sent, each prefix once. Default routes override those of all interfaces, and so does a prefix with
 * the address of a peer in it: in main it would send the tunnel's own packets into the tunnel.
 */
function routesOf(peers: readonly WireguardPeerConfig[]): ConfiguredRoute[] {
  const ends = peers.flatMap(({ endpoint }) => {
    const known = endpointOf(endpoint)
    return known?.literal === true ? [known.host] : []
  })
  const prefixes = new Map(peers.flatMap(({ allowedIps }) => allowedIps.map((one) => [prefixText(one), one])))
  return [...prefixes].map(([to, prefix]) => {
    const overriding = prefix.prefixLength === 0 || ends.some((end) => holds(prefix, end))
    return { to, ...(overriding ? { overriding } : {}) }
  })
}

function peerWatch(peers: readonly WireguardPeerConfig[], routes: readonly ConfiguredRoute[]): PartService {
  const watched = peers.map(
    ({ publicKey, endpoint, persistentKeepalive = 0 }): WatchedPeer =>
      compact({ publicKey, endpoint: endpointOf(endpoint), keepaliveSeconds: persistentKeepalive }),
  )
  const forbidden = routes.flatMap(({ to, overriding }) => (overriding === true ? [] : [to]))
  return {
    type: 'part',
    name: 'wireguard-peers',
    args: JSON.parse(JSON.stringify({ peers: watched, forbidden })),
    start: startPeerWatch,
  }
}

function endpointOf(text: string | undefined): Endpoint | undefined {
  return text === undefined ? undefined : parseEndpoint(text)
}

function holds(prefix: InterfaceAddress, address: string): boolean {
  return parseAddress(prefix.address)?.family === parseAddress(address)?.family && contains(prefix, address)
}

function prefixText({ address, prefixLength }: InterfaceAddress): string {
  return `${address}/${prefixLength}`
}

function kernelStep(command: KernelCommand): Step {
  return { type: 'kernel', command }
}
