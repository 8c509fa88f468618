/** The DHCP client, busybox udhcpc: its command line, and the reader of its events. No IO of its own. */

import type { Logger } from '../base/logger.js'
import { DhcpEventDecoder } from './event-decoder.js'
import { toUdhcpcReport, type UdhcpcReport } from './udhcpc-handler.js'

export interface UdhcpcArgsOptions {
  readonly ifname: string
  readonly hostname: string
  /** Path of the script that reports events. */
  readonly handlerPath: string
  /** Pairs of hex digits are taken as bytes, colons between them allowed; any other text as RFC 2132, 9.14 type 0. */
  readonly clientId?: string | undefined
  readonly vendorClass?: string | undefined
  /** The address to ask for first, such as that of the lease before. */
  readonly requestedAddress?: string | undefined
  /** Options to ask for besides udhcpc's own choice: names it knows, or numbers. */
  readonly requestOptions?: readonly string[] | undefined
}

/** Arguments of udhcpc. Its own pace of discovery is kept: three packets 3 s apart, then a pause of 20 s. */
export function udhcpcArgs(options: UdhcpcArgsOptions): string[] {
  const { ifname, hostname, handlerPath, clientId, vendorClass, requestedAddress, requestOptions = [] } = options
  const args = ['-f', '-i', ifname, '-x', `hostname:${hostname}`, '-s', handlerPath]
  if (clientId !== undefined) args.push('-x', `0x3d:${clientIdHex(clientId)}`)
  if (vendorClass !== undefined) args.push('-V', vendorClass)
  if (requestedAddress !== undefined) args.push('-r', requestedAddress)
  for (const option of requestOptions) args.push('-O', option)
  return args
}

/** The same arguments, asking for the address of the lease before. */
export function withRequestedAddress(args: readonly string[], requestedAddress: string): string[] {
  const given = args.indexOf('-r')
  const others = given === -1 ? args : args.toSpliced(given, 2)
  return [...others, '-r', requestedAddress]
}

export interface UdhcpcReaderOptions {
  readonly ifname: string
  readonly logger: Logger
  readonly onReport: (report: UdhcpcReport) => void
}

/** A reader of one run's standard output. What is no event of this interface is logged and left out. */
export function udhcpcReader(options: UdhcpcReaderOptions): (chunk: Uint8Array) => void {
  const { ifname, logger, onReport } = options
  const dropped = (what: string) => logger.warn({ ifname }, `udhcpc: ${what} was dropped`)
  const decoder = new DhcpEventDecoder(dropped)
  return (chunk) => {
    for (const raw of decoder.push(chunk)) {
      const report = toUdhcpcReport(raw)
      if (report?.event.ifname === ifname) onReport(report)
      else dropped(`an event '${raw.args.join(' ')}' that is unknown or of another interface`)
    }
  }
}

/** RFC 2132, 9.14: a type byte, then the identifier; 0 stands for one that is no hardware address. */
function clientIdHex(clientId: string): string {
  const digits = clientId.replaceAll(':', '')
  if (/^([0-9a-f]{2})+$/i.test(digits)) return digits
  return `00${Array.from(new TextEncoder().encode(clientId), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
