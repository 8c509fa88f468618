/** What the servers of an interface (DHCP, DNS) add to its plan. Pure. */

import type { DhcpdConfig, DnsdConfig } from '../../config/dhcp-server-schema.js'
import { dnsdArgs, dnsdConf, dnsdFile, udhcpdConf, udhcpdFiles } from '../../dhcp/server.js'
import type { DaemonService, Plan, PlanFile } from '../plan.js'
import type { PlanContext } from '../technology.js'
import type { IpConfig } from './normalize.js'

export type ServerPart = Pick<Plan, 'files' | 'cleanup'> & { readonly services: readonly DaemonService[] }

/** Names of hosts and addresses in the network: nothing for other users of the machine. */
const FILE_MODE = 0o600

/** Files, daemons and what is to be deleted besides, in the order of the plan. */
export function planServers(ifname: string, config: IpConfig, context: PlanContext): ServerPart {
  const dhcp = config.dhcpd === undefined ? NOTHING : dhcpServer(ifname, config.dhcpd, context)
  const { ipv4, dnsd } = config
  if (dnsd === undefined || ipv4.method !== 'static') return dhcp
  const dns = dnsServer(ifname, dnsd, { address: ipv4.address, context })
  return {
    files: [...dns.files, ...dhcp.files],
    cleanup: dhcp.cleanup,
    services: [...dhcp.services, ...dns.services],
  }
}

const NOTHING: ServerPart = { files: [], cleanup: [], services: [] }

/** The file of leases stays: a server that forgets them gives addresses out twice. */
function dhcpServer(ifname: string, dhcpd: DhcpdConfig, context: PlanContext): ServerPart {
  const place = { ifname, directory: context.tmpDir }
  const paths = udhcpdFiles(place)
  const content = udhcpdConf(dhcpd, { ...place, handlerPath: context.udhcpcHandlerPath })
  return {
    files: [file(paths.config, content)],
    cleanup: [paths.pid],
    services: [
      {
        type: 'daemon',
        name: 'udhcpd',
        program: 'udhcpd',
        args: ['-f', paths.config],
        events: 'udhcpd',
        leaseFile: paths.leases,
      },
    ],
  }
}

function dnsServer(
  ifname: string,
  dnsd: DnsdConfig,
  { address, context }: { readonly address: string; readonly context: PlanContext },
): ServerPart {
  const configFile = dnsdFile({ ifname, directory: context.tmpDir })
  const args = dnsdArgs(dnsd, { configFile, address })
  return {
    files: [file(configFile, dnsdConf(dnsd))],
    cleanup: [],
    services: [{ type: 'daemon', name: 'dnsd', program: 'dnsd', args }],
  }
}

function file(path: string, content: string): PlanFile {
  return { path, content, mode: FILE_MODE, secret: false }
}
