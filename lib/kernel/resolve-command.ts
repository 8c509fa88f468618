/** From what users write to what crosses to the engine: names become indices, absent fields their defaults. */

import type { NetworkError } from '../errors.js'
import type { MirrorReader } from './kernel.js'
import { describe, noSuchLink } from './kernel-error.js'
import type { KernelCommand, RouteCommand } from './messages.js'
import { MAIN_TABLE } from './messages.js'

/** RTPROT_STATIC: what this library adds on a user's word. Its own decisions carry OUR_PROTOCOL. */
const DEFAULT_PROTOCOL = 4
const SCOPE_UNIVERSE = 0
const SCOPE_LINK = 253
const SCOPE_HOST = 254

/** Whoever knows the links. */
export type ResolveFrom = Pick<MirrorReader, 'link' | 'linkByName'>

/** The links that a command speaks of by name. */
export function namesUsed(command: KernelCommand): string[] {
  const names: string[] = []
  if (command.type !== 'addLink' && 'ifname' in command && command.ifname !== undefined) names.push(command.ifname)
  if (command.type === 'setLink' && typeof command.master === 'string') names.push(command.master)
  return names
}

/** The names whose meaning a command changes: what follows in the same send and uses them must wait for it. */
export function namesChanged(command: KernelCommand, mirror: ResolveFrom): string[] {
  if (command.type === 'addLink') {
    return command.peer === undefined ? [command.ifname] : [command.ifname, command.peer.ifname]
  }
  const renames = command.type === 'setLink' && command.name !== undefined
  if (!renames && command.type !== 'deleteLink') return []
  const before = command.ifname ?? (command.ifindex === undefined ? undefined : mirror.link(command.ifindex)?.ifname)
  return [before, command.type === 'setLink' ? command.name : undefined].filter((name) => name !== undefined)
}

/** The command as the engine wants it, or the error of a name that no link has. */
export function resolveCommand(command: KernelCommand, mirror: ResolveFrom): KernelCommand | NetworkError {
  const missing = namesUsed(command).find((name) => mirror.linkByName(name) === undefined)
  if (missing !== undefined)
    return noSuchLink(
      missing,
      describe(command, (ifindex) => mirror.link(ifindex)?.ifname),
    )
  return withoutUndefined(withDefaults(withIndices(command, mirror)))
}

function withIndices(command: KernelCommand, mirror: ResolveFrom): KernelCommand {
  if (command.type === 'addLink' || !('ifname' in command || 'master' in command)) return command
  const { ifname, ...rest } = command
  const ifindex = ifname === undefined ? rest.ifindex : mirror.linkByName(ifname)?.ifindex
  if (rest.type !== 'setLink' || typeof rest.master !== 'string') return { ...rest, ifindex }
  return { ...rest, ifindex, master: mirror.linkByName(rest.master)?.ifindex }
}

function withDefaults(command: KernelCommand): KernelCommand {
  switch (command.type) {
    case 'addRoute':
    case 'replaceRoute':
      return {
        ...command,
        routeType: command.routeType ?? 'unicast',
        table: command.table ?? MAIN_TABLE,
        protocol: command.protocol ?? DEFAULT_PROTOCOL,
        scope: command.scope ?? defaultScope(command),
      }
    case 'deleteRoute':
      return { ...command, table: command.table ?? MAIN_TABLE }
    case 'addRule':
      return {
        ...command,
        action: command.action ?? 'table',
        table: command.table ?? ((command.action ?? 'table') === 'table' ? MAIN_TABLE : undefined),
        protocol: command.protocol ?? DEFAULT_PROTOCOL,
      }
    case 'setLink':
    case 'addLink':
    case 'deleteLink':
    case 'addAddress':
    case 'replaceAddress':
    case 'deleteAddress':
    case 'deleteRule':
    case 'setSysctl':
      return command
  }
}

/** As ip-route(8) chooses; IPv6 has no scopes. */
function defaultScope(command: RouteCommand): number {
  if (command.family === 6) return SCOPE_UNIVERSE
  switch (command.routeType ?? 'unicast') {
    case 'local':
    case 'nat':
      return SCOPE_HOST
    case 'broadcast':
    case 'multicast':
    case 'anycast':
      return SCOPE_LINK
    case 'unicast':
      return command.gateway === undefined && command.nexthops === undefined ? SCOPE_LINK : SCOPE_UNIVERSE
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
    case 'throw':
    case 'xresolve':
    case 'unspec':
      return SCOPE_UNIVERSE
  }
}

/** The engine tells absent from present; `undefined` means absent to users. */
function withoutUndefined(command: KernelCommand): KernelCommand {
  return Object.fromEntries(
    Object.entries(command).filter(([, value]) => value !== undefined),
  ) as unknown as KernelCommand
}
