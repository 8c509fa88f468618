/** What udhcpc reports, and whoever acts on it. */

import type { Logger } from '../base/logger.js'
import { messageOf } from '../errors.js'
import type { RawDhcpEvent } from './event-decoder.js'
import { type DhcpOptions, parseDhcpOptions } from './lease.js'

export interface UdhcpcEvent {
  readonly ifname: string
  readonly options: DhcpOptions
}

const EVENT_NAMES = ['deconfig', 'leasefail', 'nak', 'bound', 'renew'] as const

export type UdhcpcEventName = (typeof EVENT_NAMES)[number]

/** Acts on DHCP events; a method may return a promise. */
export interface UdhcpcHandler {
  /** udhcpc starts, or has lost its lease: the interface has no address. */
  deconfig(event: UdhcpcEvent): void | Promise<void>
  /** No server answers; frequent. */
  leasefail(event: UdhcpcEvent): void | Promise<void>
  /** A server refused. */
  nak(event: UdhcpcEvent): void | Promise<void>
  /** A new lease. */
  bound(event: UdhcpcEvent): void | Promise<void>
  /** The lease was extended; its options may have changed. */
  renew(event: UdhcpcEvent): void | Promise<void>
}

/** An event with its name. */
export interface UdhcpcReport {
  readonly name: UdhcpcEventName
  readonly event: UdhcpcEvent
}

/** True for the names that udhcpc gives its events. */
export function isUdhcpcEventName(name: string): name is UdhcpcEventName {
  return EVENT_NAMES.some((known) => known === name)
}

/** The report in a decoded event; undefined where it is none of udhcpc's or names no interface. Pure. */
export function toUdhcpcReport(raw: RawDhcpEvent): UdhcpcReport | undefined {
  const [name, ...others] = raw.args
  const ifname = raw.environment.get('interface')
  if (name === undefined || others.length > 0 || !isUdhcpcEventName(name)) return undefined
  if (ifname === undefined || ifname === '') return undefined
  return { name, event: { ifname, options: parseDhcpOptions(raw.environment) } }
}

/** The value of the property `dhcp_options` after a report; undefined where it is to be deleted. Pure. */
export function leaseAfter(report: UdhcpcReport): DhcpOptions | undefined {
  return report.name === 'bound' || report.name === 'renew' ? report.event.options : undefined
}

/** The built-in handler, with the methods of a given one in place of its own. */
export function overrideUdhcpcHandler(
  builtIn: UdhcpcHandler,
  given: Partial<UdhcpcHandler> | undefined,
): UdhcpcHandler {
  const pick = (name: UdhcpcEventName) => (event: UdhcpcEvent) =>
    given?.[name] === undefined ? builtIn[name](event) : given[name](event)
  return {
    deconfig: pick('deconfig'),
    leasefail: pick('leasefail'),
    nak: pick('nak'),
    bound: pick('bound'),
    renew: pick('renew'),
  }
}

/**
 * Calls the handler's method. Resolves when that is done; a handler that throws or rejects is logged, and nobody else
 * notices. The caller keeps the order of one interface's reports; those of different interfaces do not wait for each other.
 */
export async function dispatchUdhcpcEvent(handler: UdhcpcHandler, report: UdhcpcReport, logger: Logger): Promise<void> {
  const { name, event } = report
  try {
    await handler[name](event)
  } catch (thrown) {
    logger.error({ ifname: event.ifname, event: name, thrown: messageOf(thrown) }, 'the DHCP event handler threw')
  }
}
