/**
 * From what users write to what crosses to the engine: names become indices. What needs nothing is passed on as it is.
 * The engine has the defaults; only a rule's protocol is put in here, for the kernel's own default is another.
 */

import type { NetworkError } from '../errors.js'
import type { BondSettings } from './commands.js'
import type { MirrorReader } from './kernel.js'
import { describe, noSuchLink } from './kernel-error.js'
import type { AddLink, KernelCommand, LinkReference, RouteCommand, SetLink } from './messages.js'

/** RTPROT_STATIC: what this library adds on a user's word. Its own decisions carry OUR_PROTOCOL. */
const DEFAULT_PROTOCOL = 4

/** Whoever knows the links. */
export type ResolveFrom = Pick<MirrorReader, 'link' | 'linkByName'>

/** Most commands name their link by its index. */
const NO_NAMES: readonly string[] = []

/** The links that a command speaks of by name. */
export function namesUsed(command: KernelCommand): readonly string[] {
  switch (command.type) {
    case 'addLink':
    case 'setLink': {
      const own = command.type === 'setLink' ? command.ifname : undefined
      const parent = command.type === 'addLink' ? command.parent : undefined
      const named = [own, parent, command.master, command.bond?.activeSlave, command.bond?.primary]
      return named.filter((each) => typeof each === 'string')
    }
    case 'addRoute':
    case 'replaceRoute':
    case 'deleteRoute': {
      if (command.nexthops === undefined) return command.ifname === undefined ? NO_NAMES : [command.ifname]
      const named = [command.ifname, ...command.nexthops.map(({ ifname }) => ifname)]
      return named.filter((each) => each !== undefined)
    }
    case 'addRule':
    case 'deleteRule':
    case 'setSysctl':
    case 'requestRegulatory':
      return NO_NAMES
    case 'addWirelessInterface':
      return typeof command.parent === 'string' ? [command.parent] : NO_NAMES
    case 'deleteLink':
    case 'addAddress':
    case 'replaceAddress':
    case 'deleteAddress':
    case 'addNeighbour':
    case 'replaceNeighbour':
    case 'deleteNeighbour':
    case 'addNexthop':
    case 'replaceNexthop':
    case 'deleteNexthop':
    case 'deleteWirelessInterface':
    case 'setMeshParameters':
    case 'setPowerSave':
    case 'setWireguardDevice':
      return command.ifname === undefined ? NO_NAMES : [command.ifname]
  }
}

/** The names whose meaning a command changes: what follows in the same send and uses them must wait for it. */
export function namesChanged(command: KernelCommand, mirror: ResolveFrom): string[] {
  if (command.type === 'addLink') {
    return command.peer === undefined ? [command.ifname] : [command.ifname, command.peer.ifname]
  }
  if (command.type === 'addWirelessInterface') return [command.ifname]
  const renames = command.type === 'setLink' && command.name !== undefined
  if (!renames && command.type !== 'deleteLink' && command.type !== 'deleteWirelessInterface') return []
  const before = command.ifname ?? (command.ifindex === undefined ? undefined : mirror.link(command.ifindex)?.ifname)
  return [before, command.type === 'setLink' ? command.name : undefined].filter((name) => name !== undefined)
}

/** The command as the engine wants it, or the error of a name that no link has. */
export function resolveCommand(command: KernelCommand, mirror: ResolveFrom): KernelCommand | NetworkError {
  if (command.type === 'addRule') {
    return command.protocol === undefined ? { ...command, protocol: DEFAULT_PROTOCOL } : command
  }
  const names = namesUsed(command)
  if (names.length === 0) return command
  for (const name of names) {
    if (mirror.linkByName(name) !== undefined) continue
    const asked = describe(command, (ifindex) => mirror.link(ifindex)?.ifname)
    return noSuchLink(name, asked)
  }
  return withIndices(command, mirror)
}

function withIndices(command: KernelCommand, mirror: ResolveFrom): KernelCommand {
  switch (command.type) {
    case 'addLink':
    case 'setLink':
      return linkWithIndices(command, mirror)
    case 'addRoute':
    case 'replaceRoute':
    case 'deleteRoute':
      return routeWithIndices(command, mirror)
    case 'addRule':
    case 'deleteRule':
    case 'setSysctl':
    case 'requestRegulatory':
      return command
    case 'addWirelessInterface':
      return { ...command, parent: indexOf(command.parent, mirror) ?? command.parent }
    case 'deleteLink':
    case 'addAddress':
    case 'replaceAddress':
    case 'deleteAddress':
    case 'addNeighbour':
    case 'replaceNeighbour':
    case 'deleteNeighbour':
    case 'addNexthop':
    case 'replaceNexthop':
    case 'deleteNexthop':
    case 'deleteWirelessInterface':
    case 'setMeshParameters':
    case 'setPowerSave':
    case 'setWireguardDevice':
      return withIndex(command, mirror)
  }
}

/** The index of a link that is known to be there. */
function indexOf(link: number | string | undefined, mirror: ResolveFrom): number | undefined {
  return typeof link === 'string' ? mirror.linkByName(link)?.ifindex : link
}

function withIndex<T extends LinkReference>(named: T, mirror: ResolveFrom): T {
  const { ifname, ...rest } = named
  return (ifname === undefined ? named : { ...rest, ifindex: indexOf(ifname, mirror) }) as T
}

function routeWithIndices(command: RouteCommand, mirror: ResolveFrom): RouteCommand {
  const own = withIndex(command, mirror)
  const { nexthops } = own
  return nexthops === undefined ? own : { ...own, nexthops: nexthops.map((hop) => withIndex(hop, mirror)) }
}

function linkWithIndices(command: AddLink | SetLink, mirror: ResolveFrom): AddLink | SetLink {
  const bond = command.bond === undefined ? {} : { bond: bondWithIndices(command.bond, mirror) }
  const master = command.master === undefined ? {} : { master: indexOf(command.master, mirror) }
  if (command.type === 'setLink') return { ...withIndex(command, mirror), ...master, ...bond }
  const parent = command.parent === undefined ? {} : { parent: indexOf(command.parent, mirror) }
  return { ...command, ...parent, ...master, ...bond }
}

function bondWithIndices(bond: BondSettings, mirror: ResolveFrom): BondSettings {
  const { activeSlave, primary, ...rest } = bond
  return {
    ...rest,
    ...(activeSlave === undefined ? {} : { activeSlave: indexOf(activeSlave, mirror) }),
    ...(primary === undefined ? {} : { primary: indexOf(primary, mirror) }),
  }
}
