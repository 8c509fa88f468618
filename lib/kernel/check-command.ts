/** Arguments are checked before they cross to the engine, so that a mistake is named by its field and not by EINVAL. */

import type { NetworkError } from '../errors.js'
import { addressFault } from './check/address-fault.js'
import { type Check, faultError, integer, link, MAX_U16, MAX_U32, name, required, text, wrong } from './check/fault.js'
import { familyOf } from './check/ip-text.js'
import { addLinkFault, setLinkFault } from './check/link-fault.js'
import { neighbourFault } from './check/neighbour-fault.js'
import { nexthopFault } from './check/nexthop-fault.js'
import { ordersFault } from './check/order-fault.js'
import { routeFault } from './check/route-fault.js'
import { ruleFault } from './check/rule-fault.js'
import { socketsFault } from './check/socket-fault.js'
import { wireguardFault } from './check/wireguard-fault.js'
import { scanFault, wirelessFault } from './check/wireless-fault.js'
import type { KernelCommand, LinkReference, ProbeRequest } from './messages.js'
import type { ScanOptions } from './wireless-kernel.js'

/** A value below /proc/sys/net is a number or a few words. */
const MAX_SYSCTL_CHARS = 1_024
/** Longest wait that a timer can hold. */
const MAX_DEADLINE_MS = 2_147_483_647

/** The first fault of a command, as the error that becomes its result. */
export function checkCommand(command: KernelCommand): NetworkError | undefined {
  const given: unknown = command
  if (typeof given !== 'object' || given === null) return faultError('send', wrong('command', 'an object', given))
  return faultError(command.type, faultOf(command))
}

/** The first fault of standing orders, but for what is wrong within a command. */
export function checkOrders(orders: unknown): NetworkError | undefined {
  return faultError('setStandingOrders', ordersFault(orders))
}

/** The first fault of what selects sockets. */
export function checkSockets(filter: unknown): NetworkError | undefined {
  return faultError('sockets', socketsFault(filter))
}

/** The first fault of a probe's arguments. */
export function checkProbe(request: ProbeRequest): NetworkError | undefined {
  const fault =
    (familyOf(request.address) === undefined ? wrong('address', 'an IP address', request.address) : undefined) ??
    required('port', request.port) ??
    integer('port', request.port, 1, MAX_U16) ??
    name('ifname', request.ifname) ??
    milliseconds('deadlineMs', request.deadlineMs)
  return faultError('probe', fault)
}

/** The first fault of a dump's arguments. */
export function checkTable(table: unknown): NetworkError | undefined {
  return faultError('routes', integer('table', table, 0, MAX_U32))
}

/** The first fault of a path below /proc/sys/net. */
export function checkSysctlPath(operation: string, path: readonly string[]): NetworkError | undefined {
  return faultError(operation, sysctlPath(path))
}

/** The first fault of what names a link. */
export function checkLink(operation: string, reference: LinkReference): NetworkError | undefined {
  return faultError(operation, link(reference, true))
}

/** The first fault of a scan's arguments. */
export function checkScan(reference: LinkReference, options: ScanOptions): NetworkError | undefined {
  return faultError('scan', link(reference, true) ?? scanFault(options))
}

function faultOf(command: KernelCommand): Check {
  switch (command.type) {
    case 'setLink':
      return setLinkFault(command)
    case 'addLink':
      return addLinkFault(command)
    case 'deleteLink':
      return link(command, true)
    case 'addAddress':
    case 'replaceAddress':
    case 'deleteAddress':
      return addressFault(command)
    case 'addRoute':
    case 'replaceRoute':
    case 'deleteRoute':
      return routeFault(command)
    case 'addRule':
    case 'deleteRule':
      return ruleFault(command)
    case 'addNeighbour':
    case 'replaceNeighbour':
    case 'deleteNeighbour':
      return neighbourFault(command)
    case 'addNexthop':
    case 'replaceNexthop':
    case 'deleteNexthop':
      return nexthopFault(command)
    case 'setSysctl':
      return (
        sysctlPath(command.path) ?? required('value', command.value) ?? text('value', command.value, MAX_SYSCTL_CHARS)
      )
    case 'requestRegulatory':
    case 'addWirelessInterface':
    case 'deleteWirelessInterface':
    case 'setMeshParameters':
    case 'setPowerSave':
      return wirelessFault(command)
    case 'setWireguardDevice':
      return wireguardFault(command)
    default:
      return wrong('type', 'the name of a command', (command as { readonly type: unknown }).type)
  }
}

function milliseconds(field: string, value: unknown): Check {
  const fits = typeof value === 'number' && value >= 0 && value <= MAX_DEADLINE_MS
  return fits ? undefined : wrong(field, `a time from 0 to ${MAX_DEADLINE_MS} ms`, value)
}

function sysctlPath(path: unknown): Check {
  const fits =
    Array.isArray(path) &&
    path.length > 0 &&
    path.every((part) => typeof part === 'string' && /^[^/\0]+$/.test(part) && part !== '.' && part !== '..')
  return fits ? undefined : wrong('path', 'path elements below /proc/sys/net', path)
}
