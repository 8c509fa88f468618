/** Where nothing is broken any more, everything that is configured works. */

import type { Route } from '../../../lib/kernel/messages.js'
import { linkNamed } from '../../../lib/testing/fake-state.js'
import type { World } from '../world.js'
import type { Invariant } from './invariant.js'
import { withDefaultRoute } from './routing.js'

interface Configured {
  readonly type: string
  readonly ipv4?: Ipv4
  readonly mtu?: number
  readonly macAddress?: string
  readonly vlan?: { readonly parent: string }
}

interface Ipv4 {
  readonly method: 'dhcp' | 'static' | 'disabled'
  readonly address?: string
  readonly prefixLength?: number
  readonly gateway?: string
  readonly nameServers?: readonly string[]
  readonly addresses?: readonly { readonly address: string; readonly prefixLength: number }[]
  readonly routes?: readonly { readonly to: string; readonly via: string }[]
  readonly ignoreDns?: boolean
  readonly ignoreGateway?: boolean
}

/** What a configuration comes to where everything works. */
interface Wished {
  readonly addresses: readonly string[]
  readonly gateway: string | undefined
  readonly routes: readonly string[]
  readonly nameServers: readonly string[]
}

export const everythingWorks: Invariant = {
  name: 'what is configured works once nothing is broken any more',
  check(world) {
    const { net, expectation, device } = world
    if (net === undefined) return ['no instance']
    return [...expectation.wanted].flatMap(([ifname, config]) => {
      const state = net.get(['interface', ifname, 'state'])
      const link = linkNamed(device.network.state, ifname)?.link
      const { type, ipv4, mtu, macAddress, vlan } = config as Configured
      const reason = net.get(['interface', ifname, 'reason'])
      // A VLAN of that name that a crash has left, over another link perhaps, is not the one that is wanted.
      const lacks = vlan !== undefined && linkNamed(device.network.state, vlan.parent) === undefined
      const waits = type !== 'null' && (link === undefined || lacks)
      const expected = waits ? 'retrying' : 'configured'
      if (state !== expected) return [`${ifname} is ${state} instead of ${expected}: ${reason}`]
      const awaited = `waiting for ${lacks ? vlan.parent : ifname} to appear`
      if (waits && reason?.toString().includes(awaited) !== true)
        return [`${ifname} gives the reason ${reason} instead of: ${awaited}`]
      if (type === 'null' || waits || link === undefined || ipv4 === undefined) return []
      const complaints = [
        ...(mtu !== undefined && link.mtu !== mtu ? [`${ifname} has MTU ${link.mtu}`] : []),
        ...(macAddress !== undefined && link.macAddress !== macAddress ? [`${ifname} has MAC ${link.macAddress}`] : []),
      ]
      if (!link.lowerUp) return [...complaints, `${ifname} has no carrier`]
      const wished = wish(world, ifname, ipv4)
      return [...complaints, ...missing(world, ifname, link.ifindex, wished)]
    })
  },
}

function wish({ process }: World, ifname: string, ipv4: Ipv4): Wished | undefined {
  switch (ipv4.method) {
    case 'disabled':
      return undefined
    case 'static': {
      const all = [{ address: ipv4.address, prefixLength: ipv4.prefixLength }, ...(ipv4.addresses ?? [])]
      return {
        addresses: all.map(({ address, prefixLength }) => `${address}/${prefixLength}`),
        gateway: ipv4.gateway,
        routes: (ipv4.routes ?? []).map(({ to }) => to),
        nameServers: ipv4.nameServers ?? [],
      }
    }
    case 'dhcp': {
      const lease = process.udhcpc.findLast((run) => run.ifname === ifname)?.lease
      if (lease === undefined) return { addresses: ['a lease'], gateway: undefined, routes: [], nameServers: [] }
      return {
        addresses: [`${lease['ip']}/24`],
        gateway: ipv4.ignoreGateway === true ? undefined : lease['router'],
        routes: [],
        nameServers: ipv4.ignoreDns === true ? [] : [String(lease['dns'])],
      }
    }
  }
}

function missing(world: World, ifname: string, ifindex: number, wished: Wished | undefined): string[] {
  if (wished === undefined) return []
  const { device, net } = world
  const held = device.network.state.addresses.filter((address) => address.ifindex === ifindex)
  const texts = new Set(held.map(({ address, prefixLength }) => `${address}/${prefixLength}`))
  const routes = device.ourRoutes().filter((route) => route.ifindex === ifindex)
  const inMain = (of: Pick<Route, 'destination'>): boolean =>
    routes.some(({ destination, table }) => destination === of.destination && table === 254)
  const inOwn = (of: Pick<Route, 'destination'>): boolean =>
    routes.some(({ destination, table }) => destination === of.destination && table !== 254)
  const destinations = [...(wished.gateway === undefined ? [] : ['default']), ...wished.routes]
  const connection = net?.get(['interface', ifname, 'connection'])
  // Another program's default route may lead to the internet as well.
  const beyond = wished.gateway !== undefined || (connection === 'internet' && withDefaultRoute(world).has(ifname))
  const expected = beyond ? 'internet' : 'lan'
  const servers = net?.get(['name_servers'], []) as readonly { address: string; from: readonly string[] }[]
  return [
    ...wished.addresses
      .filter((address) => !texts.has(address))
      .map((address) => `${ifname} lacks the address ${address}`),
    ...wished.addresses
      .map((address) => address.slice(0, address.indexOf('/')))
      .filter((address) => !device.ourRules().some(({ from }) => from === `${address}/32`))
      .map((address) => `${ifname} lacks the rule for ${address}`),
    ...destinations.filter((destination) => !inMain({ destination })).map((one) => `${ifname} lacks ${one} in main`),
    ...destinations
      .filter((destination) => !inOwn({ destination }))
      .map((one) => `${ifname} lacks ${one} in its table`),
    ...(connection === expected ? [] : [`${ifname} is ${connection} instead of ${expected}`]),
    ...wished.nameServers
      .filter((address) => !servers.some((server) => server.address === address && server.from.includes(ifname)))
      .map((address) => `${ifname} lacks the name server ${address}`),
  ]
}
