/** Dumps: collecting their records, and telling what differs from what was held before. */

import { announced, linkChange } from './announced.js'
import type { KernelChange } from './kernel.js'
import type { KernelEvent } from './messages.js'
import { type Content, ruleKey } from './mirror-tables.js'
import { sameAddress, sameLink, sameRecord } from './same-record.js'

/** Takes an event between snapshotBegin and snapshotEnd into the dump; false where it is none of the dump's. */
export function readSnapshotRecord(what: 'all' | 'routes', dump: Content, event: KernelEvent): boolean {
  if (event.type === 'route') {
    dump.routes.put(event, event.replaces === true)
    return true
  }
  if (event.type === 'routeGone') {
    dump.routes.remove(event)
    return true
  }
  if (event.type === 'nexthop' || event.type === 'nexthopGone') {
    const { type, atMs: _, ...nexthop } = event
    if (type === 'nexthop') dump.nexthops.set(nexthop.id, nexthop)
    else dump.nexthops.delete(nexthop.id)
    return true
  }
  if (what === 'routes') return false
  switch (event.type) {
    case 'link':
      dump.links.put(announced(event))
      return true
    case 'linkGone':
      dump.links.remove(event.ifindex)
      return true
    case 'address':
      dump.addresses.put(event)
      return true
    case 'addressGone':
      dump.addresses.remove(event)
      return true
    case 'neighbour':
    case 'neighbourGone': {
      const { type, atMs: _, ...neighbour } = event
      if (type === 'neighbourGone') dump.neighbours.remove(neighbour)
      else if (!neighbour.proxy) dump.neighbours.put(neighbour)
      return true
    }
    case 'rule':
    case 'ruleGone': {
      const { type, atMs: _, ...rule } = event
      if (type === 'rule') dump.rules.set(ruleKey(rule), rule)
      else dump.rules.delete(ruleKey(rule))
      return true
    }
    case 'ndOption':
    case 'overrun':
    case 'snapshotBegin':
    case 'snapshotEnd':
    case 'reply':
    case 'done':
    case 'probe':
    case 'order':
    case 'uevent':
    case 'ueventsLost':
    case 'datagram':
    case 'datagramEnd':
    case 'scan':
    case 'connection':
    case 'interface':
    case 'interfaceGone':
    case 'station':
    case 'stationGone':
    case 'regulatory':
    case 'signal':
    case 'wirelessOverrun':
    case 'fatal':
      return false
  }
}

/**
 * The changes that lead from `before` to `after`: first what has gone (routes, nexthops, rules, neighbours, addresses,
 * links), then what is new or different (links, addresses, neighbours, rules, nexthops, routes), so that nothing ever
 * stands without what it stands on.
 */
export function differences(before: Content, after: Content, atMs: number): KernelChange[] {
  return [...lossesOf(before, after, atMs), ...gainsOf(before, after, atMs)]
}

function lossesOf(before: Content, after: Content, atMs: number): KernelChange[] {
  const changes: KernelChange[] = []
  if (before.routes !== after.routes) {
    for (const route of before.routes.missingIn(after.routes)) changes.push({ ...route, type: 'routeGone', atMs })
  }
  for (const [id, nexthop] of before.nexthops) {
    if (!after.nexthops.has(id)) changes.push({ ...nexthop, type: 'nexthopGone', atMs })
  }
  if (before.links === after.links) return changes
  for (const [key, rule] of before.rules) if (!after.rules.has(key)) changes.push({ ...rule, type: 'ruleGone', atMs })
  for (const neighbour of before.neighbours.list()) {
    if (after.neighbours.get(neighbour) === undefined) changes.push({ ...neighbour, type: 'neighbourGone', atMs })
  }
  for (const address of before.addresses.list()) {
    if (after.addresses.get(address) === undefined) changes.push({ ...address, type: 'addressGone', atMs })
  }
  for (const link of before.links.byIndex.values()) {
    if (!after.links.byIndex.has(link.ifindex)) changes.push({ ...link, type: 'linkGone', atMs })
  }
  return changes
}

function gainsOf(before: Content, after: Content, atMs: number): KernelChange[] {
  const changes: KernelChange[] = before.links === after.links ? [] : gainsBesideRoutes(before, after, atMs)
  for (const [id, nexthop] of after.nexthops) {
    const previous = before.nexthops.get(id)
    if (previous === undefined || !sameRecord(previous, nexthop)) changes.push({ ...nexthop, type: 'nexthop', atMs })
  }
  if (before.routes !== after.routes) {
    for (const route of after.routes.missingIn(before.routes)) changes.push({ ...route, type: 'route', atMs })
  }
  return changes
}

function gainsBesideRoutes(before: Content, after: Content, atMs: number): KernelChange[] {
  const changes: KernelChange[] = []
  for (const link of after.links.byIndex.values()) {
    const previous = before.links.byIndex.get(link.ifindex)
    if (previous === undefined || !sameLink(previous, link)) changes.push(linkChange(link, atMs, previous))
  }
  for (const address of after.addresses.list()) {
    const previous = before.addresses.get(address)
    if (previous === undefined || !sameAddress(previous, address)) changes.push({ ...address, type: 'address', atMs })
  }
  for (const neighbour of after.neighbours.list()) {
    const previous = before.neighbours.get(neighbour)
    if (!sameRecord(previous, neighbour)) changes.push({ ...neighbour, type: 'neighbour', atMs })
  }
  for (const [key, rule] of after.rules) if (!before.rules.has(key)) changes.push({ ...rule, type: 'rule', atMs })
  return changes
}
