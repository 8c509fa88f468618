/** Arguments are checked before they cross to the engine, so that a mistake is named by its field and not by EINVAL. */

import ipaddr from 'ipaddr.js'
import { type ErrorCode, NetworkError } from '../errors.js'
import type {
  AddressCommand,
  Family,
  KernelCommand,
  ProbeRequest,
  RouteCommand,
  RouteType,
  RuleAction,
  RuleCommand,
} from './messages.js'

const MAX_U8 = 255
const MAX_U16 = 65_535
const MAX_U32 = 4_294_967_295
/** The kernel's indices are positive signed 32-bit numbers. */
const MAX_IFINDEX = 2_147_483_647
/** IFNAMSIZ is 16 with the end mark (linux/if.h). */
const MAX_IFNAME_BYTES = 15
/** Longest label: IFNAMSIZ again, as the kernel stores it. */
const MAX_LABEL_BYTES = 15
/** As the engine: beyond it the kernel may be unable to list the table, for its notification and dump parts are of fixed size. */
const MAX_NEXTHOPS_COUNT = 512
/** A value below /proc/sys/net is a number or a few words. */
const MAX_SYSCTL_CHARS = 1_024
const ROUTE_TYPES: ReadonlySet<unknown> = new Set<RouteType>([
  ...(['unicast', 'local', 'broadcast', 'anycast', 'multicast', 'blackhole'] as const),
  ...(['unreachable', 'prohibit', 'throw', 'nat', 'xresolve', 'unspec'] as const),
])
const RULE_ACTIONS: ReadonlySet<unknown> = new Set<RuleAction>([
  ...(['unspec', 'table', 'goto', 'nop', 'blackhole', 'unreachable', 'prohibit'] as const),
])
/** Longest wait that a timer can hold. */
const MAX_DEADLINE_MS = 2_147_483_647

/** What is wrong with one field. */
interface Fault {
  readonly field: string
  readonly expected: string
  readonly value: unknown
  readonly code?: ErrorCode
}

type Check = Fault | undefined

/** The first fault of a command, as the error that becomes its result. */
export function checkCommand(command: KernelCommand): NetworkError | undefined {
  return faultError(command.type, faultOf(command))
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

/** 4 or 6 for an IP address as inet_pton takes it, else undefined. */
export function familyOf(text: unknown): Family | undefined {
  if (typeof text !== 'string') return undefined
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return 4
  return text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text) ? 6 : undefined
}

function faultError(operation: string, fault: Check): NetworkError | undefined {
  if (fault === undefined) return undefined
  const message = `${operation}: ${fault.field} is ${show(fault.value)}, expected ${fault.expected}`
  return new NetworkError(fault.code ?? 'ERR_INVALID_CONFIG', message, { field: fault.field, operation })
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? String(value))
}

const wrong = (field: string, expected: string, value: unknown): Fault => ({ field, expected, value })

function faultOf(command: KernelCommand): Check {
  switch (command.type) {
    case 'setLink':
      return (
        link(command) ??
        boolean('up', command.up) ??
        name('name', command.name) ??
        mac(command.macAddress) ??
        integer('mtu', command.mtu, 0, MAX_U32) ??
        (typeof command.master === 'string'
          ? name('master', command.master)
          : integer('master', command.master, 0, MAX_IFINDEX))
      )
    case 'addLink':
      return (
        required('ifname', command.ifname) ??
        name('ifname', command.ifname) ??
        required('kind', command.kind) ??
        text('kind', command.kind, MAX_IFNAME_BYTES) ??
        integer('ifindex', command.ifindex, 1, MAX_IFINDEX) ??
        mac(command.macAddress) ??
        integer('mtu', command.mtu, 0, MAX_U32) ??
        name('peer.ifname', command.peer?.ifname) ??
        integer('peer.ifindex', command.peer?.ifindex, 1, MAX_IFINDEX)
      )
    case 'deleteLink':
      return link(command)
    case 'addAddress':
    case 'replaceAddress':
    case 'deleteAddress':
      return link(command) ?? addressFault(command)
    case 'addRoute':
    case 'replaceRoute':
    case 'deleteRoute':
      return routeFault(command)
    case 'addRule':
    case 'deleteRule':
      return ruleFault(command)
    case 'setSysctl':
      return (
        sysctlPath(command.path) ?? required('value', command.value) ?? text('value', command.value, MAX_SYSCTL_CHARS)
      )
    default:
      return wrong('type', 'the name of a command', (command as { readonly type: unknown }).type)
  }
}

function addressFault(command: AddressCommand): Check {
  const family = familyOf(command.address)
  if (family === undefined) return wrong('address', 'an IP address', command.address)
  return (
    required('prefixLength', command.prefixLength) ??
    integer('prefixLength', command.prefixLength, 0, family === 4 ? 32 : 128) ??
    ip('peer', command.peer, family) ??
    (family === 6 && command.broadcast !== undefined
      ? wrong('broadcast', 'nothing: IPv6 has none', command.broadcast)
      : ip('broadcast', command.broadcast, family)) ??
    text('label', command.label, MAX_LABEL_BYTES) ??
    boolean('noPrefixRoute', command.noPrefixRoute) ??
    integer('scope', command.scope, 0, MAX_U8) ??
    integer('protocol', command.protocol, 0, MAX_U8)
  )
}

function routeFault(command: RouteCommand): Check {
  const { family } = command
  return (
    familyFault(family) ??
    link(command, false) ??
    (command.destination === 'default' ? undefined : prefix('destination', command.destination, family, true)) ??
    ip('gateway', command.gateway, family) ??
    integer('metric', command.metric, 0, MAX_U32) ??
    integer('table', command.table, 0, MAX_U32) ??
    integer('protocol', command.protocol, 0, MAX_U8) ??
    integer('scope', command.scope, 0, MAX_U8) ??
    ip('source', command.source, family) ??
    boolean('onlink', command.onlink) ??
    word('routeType', command.routeType, ROUTE_TYPES) ??
    hopsFault(command.nexthops) ??
    first(
      command.nexthops ?? [],
      (hop, at) =>
        ip(`nexthops.${at}.gateway`, hop.gateway, family) ??
        required(`nexthops.${at}.ifindex`, hop.ifindex) ??
        integer(`nexthops.${at}.ifindex`, hop.ifindex, 1, MAX_IFINDEX) ??
        integer(`nexthops.${at}.weight`, hop.weight, 1, 256),
    )
  )
}

function ruleFault(command: RuleCommand): Check {
  return (
    familyFault(command.family) ??
    integer('priority', command.priority, 0, MAX_U32) ??
    prefix('from', command.from, command.family, false) ??
    prefix('to', command.to, command.family, false) ??
    name('iif', command.iif) ??
    name('oif', command.oif) ??
    integer('mark', command.mark, 0, MAX_U32) ??
    integer('mask', command.mask, 0, MAX_U32) ??
    word('action', command.action, RULE_ACTIONS) ??
    integer('table', command.table, 0, MAX_U32) ??
    integer('protocol', command.protocol, 0, MAX_U8)
  )
}

function hopsFault(hops: unknown): Check {
  const fits = hops === undefined || (Array.isArray(hops) && hops.length > 0 && hops.length <= MAX_NEXTHOPS_COUNT)
  return fits ? undefined : wrong('nexthops', `a list of 1 to ${MAX_NEXTHOPS_COUNT}`, lengthOf(hops))
}

/** A long list is shown by its length. */
function lengthOf(value: unknown): unknown {
  return Array.isArray(value) ? `a list of ${value.length}` : value
}

function first<T>(items: readonly T[], check: (item: T, at: number) => Check): Check {
  for (const [at, item] of items.entries()) {
    const fault = check(item, at)
    if (fault !== undefined) return fault
  }
  return undefined
}

function required(field: string, value: unknown): Check {
  return value === undefined || value === '' ? wrong(field, 'a value', value) : undefined
}

function integer(field: string, value: unknown, least: number, most: number): Check {
  if (value === undefined) return undefined
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
  return fits ? undefined : wrong(field, `a whole number from ${least} to ${most}`, value)
}

function boolean(field: string, value: unknown): Check {
  return value === undefined || typeof value === 'boolean' ? undefined : wrong(field, 'true or false', value)
}

function word(field: string, value: unknown, words: ReadonlySet<unknown>): Check {
  return value === undefined || words.has(value) ? undefined : wrong(field, `one of ${[...words].join(', ')}`, value)
}

function text(field: string, value: unknown, most: number): Check {
  if (value === undefined) return undefined
  const fits = typeof value === 'string' && !value.includes('\0') && new TextEncoder().encode(value).length <= most
  return fits ? undefined : wrong(field, `text of at most ${most} bytes`, value)
}

function milliseconds(field: string, value: unknown): Check {
  const fits = typeof value === 'number' && value >= 0 && value <= MAX_DEADLINE_MS
  return fits ? undefined : wrong(field, `a time from 0 to ${MAX_DEADLINE_MS} ms`, value)
}

function familyFault(family: unknown): Check {
  return family === 4 || family === 6 ? undefined : wrong('family', '4 or 6', family)
}

function ip(field: string, value: unknown, family: Family): Check {
  return value === undefined || familyOf(value) === family ? undefined : wrong(field, `an IPv${family} address`, value)
}

function prefix(field: string, value: unknown, family: Family, needed: boolean): Check {
  if (value === undefined && !needed) return undefined
  const [address, length, ...rest] = typeof value === 'string' ? value.split('/') : []
  const bits = length !== undefined && /^\d{1,3}$/.test(length) ? Number(length) : -1
  const fits = familyOf(address) === family && bits >= 0 && bits <= (family === 4 ? 32 : 128) && rest.length === 0
  return fits
    ? undefined
    : wrong(field, `an IPv${family} prefix such as ${family === 4 ? '192.0.2.0/24' : '2001:db8::/64'}`, value)
}

function mac(value: unknown): Check {
  const fits = value === undefined || (typeof value === 'string' && /^[\da-f]{2}(:[\da-f]{2}){5}$/i.test(value))
  return fits ? undefined : wrong('macAddress', 'six bytes such as 02:00:00:00:00:01', value)
}

/** The kernel's own rule, dev_valid_name in net/core/dev.c. */
function name(field: string, value: unknown): Check {
  if (value === undefined) return undefined
  const fits =
    typeof value === 'string' &&
    /^[^\s/:\0]+$/.test(value) &&
    value !== '.' &&
    value !== '..' &&
    new TextEncoder().encode(value).length <= MAX_IFNAME_BYTES
  if (fits) return undefined
  return { ...wrong(field, 'an interface name of 1 to 15 bytes', value), code: 'ERR_INVALID_INTERFACE_NAME' }
}

function link(command: { readonly ifindex?: unknown; readonly ifname?: unknown }, needed = true): Check {
  if (needed && command.ifindex === undefined && command.ifname === undefined) {
    return wrong('ifname', 'a name, or an ifindex', undefined)
  }
  return integer('ifindex', command.ifindex, 1, MAX_IFINDEX) ?? name('ifname', command.ifname)
}

function sysctlPath(path: unknown): Check {
  const fits =
    Array.isArray(path) &&
    path.length > 0 &&
    path.every((part) => typeof part === 'string' && /^[^/\0]+$/.test(part) && part !== '.' && part !== '..')
  return fits ? undefined : wrong('path', 'path elements below /proc/sys/net', path)
}
