/** Other network managers that act on interfaces of ours. */

import type { Finding } from '../technology/technology.js'
import { type FindingCode, finding } from './findings.js'
import type { HostView } from './host-view.js'
import { processesOf, type SeenProcess } from './processes.js'

/** An interface that we manage. */
export interface ManagedInterface {
  readonly ifname: string
  readonly type: string
  /** Undefined while there is no such link. */
  readonly ifindex: number | undefined
}

export interface RivalsQuestion {
  readonly host: HostView
  /** File of the network namespace. */
  readonly netns: string
  readonly interfaces: readonly ManagedInterface[]
  /** Pids of the daemons that this instance runs. */
  readonly ownPids: ReadonlySet<number>
}

interface Rival {
  readonly code: FindingCode
  /** What people call it. */
  readonly title: string
  /** As the kernel names it: at most 15 characters. */
  readonly programs: readonly string[]
  claims(one: ManagedInterface, process: SeenProcess, host: HostView): boolean
  remedy(ifname: string): string
}

const RIVALS: readonly Rival[] = [
  {
    code: 'RIVAL_NETWORK_MANAGER',
    title: 'NetworkManager',
    programs: ['NetworkManager'],
    // Without a state file it manages what it finds.
    claims: ({ ifindex }, _, host) =>
      !/^managed=false$/m.test(stateFile(host, '/run/NetworkManager/devices', ifindex) ?? ''),
    remedy: (ifname) =>
      `let NetworkManager leave it alone: "unmanaged-devices=interface-name:${ifname}" in [keyfile] of NetworkManager.conf, or disable its service`,
  },
  {
    code: 'RIVAL_SYSTEMD_NETWORKD',
    title: 'systemd-networkd',
    programs: ['systemd-network'],
    claims: ({ ifindex }, _, host) => {
      const state = /^ADMIN_STATE=(.*)$/m.exec(stateFile(host, '/run/systemd/netif/links', ifindex) ?? '')?.[1]
      return state !== undefined && state !== 'unmanaged'
    },
    remedy: (ifname) =>
      `set "Unmanaged=yes" in the [Link] section of the .network file that matches ${ifname}, or disable systemd-networkd`,
  },
  {
    code: 'RIVAL_DHCPCD',
    title: 'dhcpcd',
    programs: ['dhcpcd'],
    claims: ({ ifname }, { args }) => {
      const named = operands(args)
      return named.length === 0 || named.includes(ifname)
    },
    remedy: (ifname) => `put "denyinterfaces ${ifname}" into dhcpcd.conf, or disable dhcpcd`,
  },
  {
    code: 'RIVAL_CONNMAN',
    title: 'ConnMan',
    programs: ['connmand'],
    claims: ({ ifname }, { args }) => {
      const only = valuesOf(args, ['-i', '--device'])
      const not = valuesOf(args, ['-I', '--nodevice'])
      return !not.includes(ifname) && (only.length === 0 || only.includes(ifname))
    },
    remedy: (ifname) => `put ${ifname} into "NetworkInterfaceBlacklist" of ConnMan's main.conf, or disable connman`,
  },
  {
    code: 'RIVAL_WPA_SUPPLICANT',
    title: 'a wpa_supplicant that somebody else started',
    programs: ['wpa_supplicant'],
    // One without an interface is told by D-Bus which to take.
    claims: ({ ifname, type }, { args }) => {
      const named = valuesOf(args, ['-i'])
      return named.includes(ifname) || (named.length === 0 && type === 'wifi')
    },
    remedy: (ifname) => `disable the service that starts it (wpa_supplicant.service, wpa_supplicant@${ifname}.service)`,
  },
  {
    code: 'RIVAL_DHCP_CLIENT',
    title: 'a DHCP client that somebody else started',
    programs: ['udhcpc', 'dhclient'],
    claims: ({ ifname }, { program, args }) =>
      program === 'udhcpc' ? valuesOf(args, ['-i', '--interface']).includes(ifname) : operands(args).includes(ifname),
    remedy: (ifname) => `remove ${ifname} from /etc/network/interfaces, or end what starts the client`,
  },
]

/** One finding for each rival and interface. */
export function findRivals({ host, netns, interfaces, ownPids }: RivalsQuestion): Finding[] {
  const processes = processesOf(host, netns).filter(({ pid }) => !ownPids.has(pid))
  return RIVALS.flatMap((rival) =>
    interfaces.flatMap((one) => {
      const process = processes.find((seen) => rival.programs.includes(seen.program) && rival.claims(one, seen, host))
      if (process === undefined) return []
      const message = `${one.ifname} is managed by ${rival.title} too (process ${process.pid}): each undoes the work of the other`
      return [finding(rival.code, message, rival.remedy(one.ifname))]
    }),
  )
}

function stateFile(host: HostView, directory: string, ifindex: number | undefined): string | undefined {
  return ifindex === undefined ? undefined : host.read(`${directory}/${ifindex}`)
}

/** The values of an option: `-i eth0`, `-ieth0`, `--device=eth0`, and lists with commas. */
function valuesOf(args: readonly string[], options: readonly string[]): string[] {
  return args.flatMap((arg, at) => {
    if (options.includes(arg)) return args[at + 1]?.split(',') ?? []
    const option = options.find((name) => arg.startsWith(name.startsWith('--') ? `${name}=` : name))
    if (option === undefined || (arg.startsWith('--') && !option.startsWith('--'))) return []
    return arg.slice(option.length).replace(/^=/, '').split(',')
  })
}

/** Arguments that are no options. A value of an option may be among them: it is no name of an interface then. */
function operands(args: readonly string[]): string[] {
  return args.filter((arg) => /^[^-/\s[]{1,15}$/.test(arg))
}
