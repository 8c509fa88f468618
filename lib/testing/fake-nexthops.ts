/** A fake kernel's rules for nexthop objects (net/ipv4/nexthop.c). */

import type { NexthopCommand, NexthopObject, Route } from '../kernel/messages.js'
import { resolveHop } from './fake-hops.js'
import { type FakeState, type Refusal, refuse } from './fake-state.js'

/** RTPROT_STATIC: the engine's default. */
const DEFAULT_PROTOCOL = 4
const SCOPE_LINK = 253
const SCOPE_HOST = 254

/** Executes a nexthop command. */
export function changeNexthop(state: FakeState, command: NexthopCommand): Refusal {
  const held = state.nexthops.get(command.id)
  if (command.type === 'deleteNexthop') {
    if (held === undefined) return refuse('ENOENT', command.type)
    state.nexthops.delete(held.id)
    state.emit({ type: 'nexthopGone', ...held })
    release(state, held.id, true)
    return undefined
  }
  if (held !== undefined && command.type === 'addNexthop') return refuse('EEXIST', command.type)
  const built = buildNexthop(state, command)
  if (!('id' in built)) return built
  state.nexthops.set(built.id, built)
  state.emit({ type: 'nexthop', ...built })
  if (held !== undefined) rewriteRoutes(state, built)
  return undefined
}

/** A link without carrier loses its nexthop objects, and nobody tells (nexthop_flush_dev). */
export function dropNexthopsOfLink(state: FakeState, ifindex: number): void {
  for (const nexthop of [...state.nexthops.values()]) {
    if (nexthop.ifindex !== ifindex) continue
    state.nexthops.delete(nexthop.id)
    release(state, nexthop.id, false)
  }
}

/** The way that a route by this object has, as the kernel lists it; undefined for an object that is not there. */
export function wayOf(
  state: FakeState,
  id: number,
): Pick<Route, 'gateway' | 'ifindex' | 'nexthops' | 'onlink'> | undefined {
  const nexthop = state.nexthops.get(id)
  if (nexthop?.group === undefined) return nexthop === undefined ? undefined : singleWay(nexthop)
  const nexthops = nexthop.group.flatMap(({ id: member, weight }) => {
    const way = singleWay(state.nexthops.get(member))
    return way.ifindex === undefined ? [] : [{ ...way, ifindex: way.ifindex, weight }]
  })
  const [only, ...others] = nexthops
  if (only === undefined || others.length > 0) return { nexthops }
  const { weight: _, ...single } = only
  return single
}

function singleWay(nexthop: NexthopObject | undefined): Pick<Route, 'gateway' | 'ifindex' | 'onlink'> {
  if (nexthop?.ifindex === undefined) return {}
  const { gateway, ifindex, onlink } = nexthop
  return { ...(gateway === undefined ? {} : { gateway }), ifindex, ...(onlink ? { onlink } : {}) }
}

/** Routes go with their object: IPv4 in silence, IPv6 tells. Groups lose a member, and go with their last. */
function release(state: FakeState, id: number, told: boolean): void {
  for (const route of [...state.routes.all()]) {
    if (route.nexthopId !== id) continue
    state.routes.delete(route)
    if (route.family === 6) state.emit({ type: 'routeGone', ...route })
  }
  for (const nexthop of [...state.nexthops.values()]) {
    if (nexthop.group?.some((member) => member.id === id) !== true) continue
    const group = nexthop.group.filter((member) => member.id !== id)
    const rest = { ...nexthop, group }
    if (group.length > 0) state.nexthops.set(nexthop.id, rest)
    else state.nexthops.delete(nexthop.id)
    if (told && group.length > 0) state.emit({ type: 'nexthop', ...rest })
    else if (told) state.emit({ type: 'nexthopGone', ...nexthop })
    if (group.length === 0) release(state, nexthop.id, told)
    else rewriteRoutes(state, rest)
  }
}

/** Routes show the new way of their object; nobody tells. */
function rewriteRoutes(state: FakeState, nexthop: NexthopObject): void {
  for (const route of [...state.routes.all()]) {
    if (route.nexthopId !== nexthop.id) continue
    const { gateway: _, ifindex: __, nexthops: ___, onlink: ____, ...rest } = route
    state.routes.delete(route)
    state.routes.add({ ...rest, ...wayOf(state, nexthop.id) })
  }
}

function buildNexthop(state: FakeState, command: NexthopCommand): NexthopObject | NonNullable<Refusal> {
  const { id, type, group, gateway, ifindex } = command
  const protocol = command.protocol ?? DEFAULT_PROTOCOL
  const plain = { id, blackhole: false, onlink: false, fdb: false, protocol, scope: 0 }
  if (group !== undefined) {
    if (group.some((member) => !state.nexthops.has(member.id))) return refuse('EINVAL', type, 'Invalid nexthop id')
    const members = group.map(({ id: member, weight }) => ({ id: member, weight: weight ?? 1 }))
    return { ...plain, group: members, resilient: false }
  }
  const family = command.family ?? (gateway?.includes(':') === true ? 6 : 4)
  if (command.blackhole === true) {
    return ifindex === undefined && gateway === undefined
      ? { ...plain, family, blackhole: true }
      : refuse('EINVAL', type, 'Blackhole attribute can not be used with gateway, oif, encap or fdb')
  }
  const entry = ifindex === undefined ? undefined : state.links.get(ifindex)
  if (ifindex === undefined) return refuse('EINVAL', type, 'Nexthop must have a device, a group or be a blackhole')
  if (entry === undefined) return refuse('EINVAL', type, 'Invalid device index')
  if (!entry.link.up) return refuse('ENETDOWN', type, 'Nexthop device is not up')
  if (!entry.link.lowerUp) return refuse('ENETDOWN', type, 'Carrier for nexthop device is down')
  const onlink = command.onlink === true
  const hop = resolveHop(state, { type, family, onlink }, { gateway, ifindex })
  if ('errno' in hop) return hop
  const scope = family === 6 ? 0 : gateway === undefined ? SCOPE_HOST : SCOPE_LINK
  return { ...plain, family, ...hop, onlink, scope }
}
