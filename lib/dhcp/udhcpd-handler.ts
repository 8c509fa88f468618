/** What udhcpd reports, and whoever acts on it. */

import type { Logger } from '../base/logger.js'
import { DhcpEventDecoder, type RawDhcpEvent } from './event-decoder.js'
import { leaseFileInterface } from './server-leases.js'

/** udhcpd has written its lease file. */
export interface UdhcpdEvent {
  readonly ifname: string
  /** Path of the file. */
  readonly leaseFile: string
}

/** Acts on leases that this machine's own DHCP server gave. */
export interface UdhcpdHandler {
  leaseUpdate(event: UdhcpdEvent): void | Promise<void>
}

/** The event in what the script reported; undefined where it is none of udhcpd's. Pure. */
export function toUdhcpdEvent(raw: RawDhcpEvent): UdhcpdEvent | undefined {
  const [leaseFile, ...others] = raw.args
  if (leaseFile === undefined || others.length > 0) return undefined
  const ifname = leaseFileInterface(leaseFile)
  return ifname === undefined ? undefined : { ifname, leaseFile }
}

export interface UdhcpdReaderOptions {
  readonly ifname: string
  readonly logger: Logger
  readonly onEvent: (event: UdhcpdEvent) => void
}

/** A reader of one run's standard output. What is no event of this interface is logged and left out. */
export function udhcpdReader(options: UdhcpdReaderOptions): (chunk: Uint8Array) => void {
  const { ifname, logger, onEvent } = options
  const dropped = (what: string) => logger.warn({ ifname }, `udhcpd: ${what} was dropped`)
  const decoder = new DhcpEventDecoder(dropped)
  return (chunk) => {
    for (const raw of decoder.push(chunk)) {
      const event = toUdhcpdEvent(raw)
      if (event?.ifname === ifname) onEvent(event)
      else dropped(`an event '${raw.args.join(' ')}' that is unknown or of another interface`)
    }
  }
}

/** True for a line of udhcpd that says that a lease was given or extended. */
export function tellsOfLease(line: string): boolean {
  return /\bsending ACK\b/i.test(line)
}
