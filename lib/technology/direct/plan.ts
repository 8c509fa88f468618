/** The plan of a direct connection: our address, and a DHCP server with the one address of the other end. Pure. */

import { udhcpdConf, udhcpdFiles } from '../../dhcp/server.js'
import { planIp } from '../ip/plan.js'
import type { DaemonService, Plan, PlanFile } from '../plan.js'
import { makePlan } from '../plan.js'
import type { PlanContext } from '../technology.js'
import type { DirectConfig } from './normalize.js'
import { type DirectSubnet, directSubnet, PREFIX_LENGTH } from './subnet.js'

const MASK = '255.255.255.252'
const LEASE_S = 86_400
/** An offer that nobody takes keeps the only address from the next one who asks. */
const OFFER_S = 5
/** So is an address that another end has declined or answered for before it was unplugged. */
const CONFLICT_S = 5
const FILE_MODE = 0o600

/** Turns a normalized configuration into a plan. */
export function planDirect(ifname: string, config: DirectConfig, context: PlanContext): Plan {
  const subnet = directSubnet(config.direct.hostname ?? context.hostname, ifname)
  const ipv4 = { method: 'static', address: subnet.address, prefixLength: PREFIX_LENGTH } as const
  const server = dhcpServer(ifname, subnet, context)
  const ip = planIp(ifname, { ipv4 }, context)
  return makePlan({
    ifname,
    type: config.type,
    source: config,
    ...ip,
    files: [server.file],
    cleanup: [server.pid],
    services: [server.daemon],
  })
}

interface Server {
  readonly file: PlanFile
  readonly pid: string
  readonly daemon: DaemonService
}

/** Without routers and name servers: the other end keeps its own way to the internet. */
function dhcpServer(ifname: string, { peer }: DirectSubnet, context: PlanContext): Server {
  const place = { ifname, directory: context.tmpDir }
  const paths = udhcpdFiles(place)
  const pool = {
    start: peer,
    end: peer,
    maxLeases: 1,
    offerTime: OFFER_S,
    declineTime: CONFLICT_S,
    conflictTime: CONFLICT_S,
    options: { lease: LEASE_S, subnet: MASK },
  }
  const content = udhcpdConf(pool, { ...place, handlerPath: context.udhcpcHandlerPath, keepsLeases: false })
  return {
    file: { path: paths.config, content, mode: FILE_MODE, secret: false },
    pid: paths.pid,
    daemon: {
      type: 'daemon',
      name: 'udhcpd',
      program: 'udhcpd',
      args: ['-f', paths.config],
      // Whoever is plugged in next has another MAC address, and finds a server that has given nothing away yet.
      whileLowerUp: true,
    },
  }
}
