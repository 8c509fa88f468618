/** The servers of busybox, udhcpd (DHCP) and dnsd (DNS): their files and command lines. Pure. */

import type { DhcpdConfig, DhcpdOptions, DnsdConfig } from '../config/dhcp-server-schema.js'
import { NetworkError } from '../errors.js'

export interface UdhcpdFilesOptions {
  readonly ifname: string
  /** Directory of the files. */
  readonly directory: string
}

export interface UdhcpdFiles {
  readonly config: string
  readonly pid: string
  readonly leases: string
}

/** Where the files of an interface's DHCP server are. */
export function udhcpdFiles({ ifname, directory }: UdhcpdFilesOptions): UdhcpdFiles {
  return {
    config: `${directory}/udhcpd.conf.${ifname}`,
    pid: `${directory}/udhcpd.${ifname}.pid`,
    leases: `${directory}/udhcpd.${ifname}.leases`,
  }
}

/** udhcpd's spelling of each key, in the order of the file: alphabetical. */
const KEYS = [
  ['auto_time', 'autoTime'],
  ['conflict_time', 'conflictTime'],
  ['decline_time', 'declineTime'],
  ['end', 'end'],
  ['max_leases', 'maxLeases'],
  ['min_lease', 'minLease'],
  ['offer_time', 'offerTime'],
  ['options', 'options'],
  ['start', 'start'],
  ['static_leases', 'staticLeases'],
] as const

export interface UdhcpdConfOptions extends UdhcpdFilesOptions {
  /** Path of the script that reports what udhcpd has written. */
  readonly handlerPath: string
  /** False: what was leased is forgotten when udhcpd ends, and nobody is told of it. Default: true. */
  readonly keepsLeases?: boolean | undefined
}

/** udhcpd takes it and the rest of the line for a comment, and knows no quotes; blanks within a path it keeps. */
const COMMENT = '#'

/** The text of udhcpd.conf. @throws NetworkError `ERR_INVALID_CONFIG` for a name or a path that udhcpd would read cut off */
export function udhcpdConf(dhcpd: DhcpdConfig, options: UdhcpdConfOptions): string {
  refuseComment('tmpDir', options.directory)
  refuseComment('ifname', options.ifname)
  refuseComment('dhcpd', options.handlerPath)
  const files = udhcpdFiles(options)
  const { keepsLeases = true } = options
  const lines = [
    `interface ${options.ifname}`,
    `pidfile ${files.pid}`,
    ...(keepsLeases ? [`lease_file ${files.leases}`, `notify_file ${options.handlerPath}`] : ['lease_file /dev/null']),
    '',
  ]
  for (const [name, key] of KEYS) {
    if (key === 'options') lines.push(...optionLines(dhcpd.options ?? {}))
    else if (key === 'staticLeases') {
      for (const [mac, address] of dhcpd.staticLeases ?? []) lines.push(`static_lease ${mac} ${address}`)
    } else if (dhcpd[key] !== undefined) lines.push(`${name} ${dhcpd[key]}`)
  }
  return `${lines.join('\n')}\n\n`
}

function refuseComment(field: string, text: string): void {
  if (!text.includes(COMMENT)) return
  const message = `${field}: udhcpd cannot be told of ${text}, because its configuration ends a line at "${COMMENT}"`
  throw new NetworkError('ERR_INVALID_CONFIG', message, { field })
}

/** Numeric codes first, ascending; then names. */
function optionLines(options: DhcpdOptions): string[] {
  const isCode = (key: string) => /^\d+$/.test(key)
  const keys = Object.keys(options)
  const codes = keys.filter(isCode).sort((one, other) => Number(one) - Number(other))
  const names = keys.filter((key) => !isCode(key)).sort()
  return [...codes, ...names].map((key) => {
    const value = options[key]
    return `opt ${key} ${Array.isArray(value) ? value.join(' ') : value}`
  })
}

/** Where the records of an interface's DNS server are. */
export function dnsdFile({ ifname, directory }: UdhcpdFilesOptions): string {
  return `${directory}/dnsd.conf.${ifname}`
}

/** The text of dnsd's file of records. */
export function dnsdConf(dnsd: DnsdConfig): string {
  return dnsd.records.map(([name, address]) => `${name} ${address}\n`).join('')
}

export interface DnsdArgsOptions {
  readonly configFile: string
  /** The address it listens on. */
  readonly address: string
}

/** Arguments of dnsd, which stays in the foreground by itself. */
export function dnsdArgs(dnsd: DnsdConfig, { configFile, address }: DnsdArgsOptions): string[] {
  const args = ['-c', configFile, '-i', address]
  if (dnsd.port !== undefined) args.unshift('-p', String(dnsd.port))
  if (dnsd.ttl !== undefined) args.unshift('-t', String(dnsd.ttl))
  return args
}
