/** The IP part of a plan: link settings, addresses, routes, name servers, the DHCP client, and servers for others. */

import { assertNever } from '../../base/assert.js'
import type { Ipv4Config } from '../../config/schema.js'
import { udhcpcArgs } from '../../dhcp/client.js'
import type { KernelCommand, SetLink } from '../../kernel/messages.js'
import type { ConfiguredRoute, DaemonService, InterfaceAddress, Plan, Step } from '../plan.js'
import type { PlanContext } from '../technology.js'
import { addAddresses, deleteAddresses } from './addresses.js'
import type { IpConfig } from './normalize.js'
import { planServers } from './servers.js'
import { clearNameServers, clearRoutes, setNameServers, setRoutes } from './steps.js'

/** What IP adds to a plan; a technology puts its own steps before `up`, behind `down`, and its services in front. */
export type IpPart = Pick<
  Plan,
  'files' | 'up' | 'down' | 'cleanup' | 'services' | 'restart' | 'connectivity' | 'onChange'
>

type StaticIpv4 = Extract<Ipv4Config, { method: 'static' }>
type DhcpIpv4 = Extract<Ipv4Config, { method: 'dhcp' }>

/** The IP part of the plan for one interface. Pure. */
export function planIp(ifname: string, config: IpConfig, context: PlanContext): IpPart {
  const client = planClient(ifname, config, context)
  const { files, cleanup, services } = planServers(ifname, config, context)
  return {
    ...client,
    files,
    cleanup,
    services: [...client.services, ...services],
    // Client and servers do not depend on each other: the end of one must not cost the others.
    restart: services.length > 0 ? 'one-for-one' : 'one-for-all',
    ...(config.teardownOnChange === true ? { onChange: 'teardown' } : {}),
  }
}

type ClientPart = Pick<Plan, 'up' | 'down' | 'services' | 'connectivity'>

/** What the interface itself needs to take part in its network. */
function planClient(ifname: string, config: IpConfig, context: PlanContext): ClientPart {
  const before = linkSettings(ifname, config)
  const up = kernelStep({ type: 'setLink', ifname, up: true })
  const down = kernelStep({ type: 'setLink', ifname, up: false })
  const { ipv4 } = config
  switch (ipv4.method) {
    case 'disabled':
      return { up: [...before, up], down: [down], services: [], connectivity: 'none' }
    case 'dhcp':
      // What a lease brings (address, routes, name servers) is put and withdrawn by the lease handler, which reads
      // ignoreDns, ignoreGateway and metric from the plan's source.
      return {
        up: [...before, up],
        down: [down],
        services: [dhcpClient(ifname, ipv4, config.hostname ?? context.hostname, context)],
        connectivity: 'internet',
      }
    case 'static':
      return {
        up: [...before, ...addAddresses(ifname, addressesOf(ipv4)), up, ...useAddresses(ipv4, config.metric)],
        down: [clearRoutes(), clearNameServers(), ...deleteAddresses(ifname, addressesOf(ipv4)), down],
        services: [],
        connectivity: ipv4.gateway === undefined ? 'lan' : 'internet',
      }
    default:
      return assertNever(ipv4)
  }
}

/** Steps that overwrite a value of the link; whoever executes the plan puts the old values back after `down`. */
function linkSettings(ifname: string, config: IpConfig): Step[] {
  const settings: Omit<SetLink, 'type' | 'ifname'>[] = []
  // Many drivers refuse a new hardware address while the link is up.
  if (config.macAddress !== undefined) settings.push({ up: false }, { macAddress: config.macAddress })
  if (config.mtu !== undefined) settings.push({ mtu: config.mtu })
  const steps = settings.map((setting) => kernelStep({ type: 'setLink', ifname, ...setting }))
  // Before the link is up: the kernel gives it a link-local address at that moment.
  if (config.ipv6?.method === 'disabled') {
    steps.unshift(kernelStep({ type: 'setSysctl', path: ['ipv6', 'conf', ifname, 'disable_ipv6'], value: '1' }))
  }
  return steps
}

function addressesOf(ipv4: StaticIpv4): InterfaceAddress[] {
  return [{ address: ipv4.address, prefixLength: ipv4.prefixLength }, ...(ipv4.addresses ?? [])]
}

function useAddresses(ipv4: StaticIpv4, metric: number | undefined): Step[] {
  const routes: readonly ConfiguredRoute[] | undefined = ipv4.routes
  return [
    setRoutes({ addresses: addressesOf(ipv4), gateway: ipv4.gateway, routes, metric }),
    setNameServers({ domain: ipv4.domain, nameServers: ipv4.nameServers ?? [] }),
  ]
}

function dhcpClient(ifname: string, ipv4: DhcpIpv4, hostname: string, context: PlanContext): DaemonService {
  return {
    type: 'daemon',
    name: 'udhcpc',
    program: 'udhcpc',
    args: udhcpcArgs({
      ifname,
      hostname,
      handlerPath: context.udhcpcHandlerPath,
      clientId: ipv4.clientId,
      vendorClass: ipv4.vendorClass,
      requestOptions: ipv4.dhcpRequestOptions,
    }),
    whileLowerUp: true,
    events: 'udhcpc',
  }
}

function kernelStep(command: KernelCommand): Step {
  return { type: 'kernel', command }
}
