/** Dumps: collecting their records, and telling what differs from what was held before. */

import type { KernelChange } from './kernel.js'
import type { KernelEvent } from './messages.js'
import { type Content, ruleKey, sameRecord } from './mirror-tables.js'

/** Takes an event between snapshotBegin and snapshotEnd into the dump; false where it is none of the dump's. */
export function readSnapshotRecord(what: 'all' | 'routes', dump: Content, event: KernelEvent): boolean {
  if (event.type === 'route') {
    const { type: _, atMs: __, replaces, ...route } = event
    dump.routes.put(route, replaces === true)
    return true
  }
  if (event.type === 'routeGone') {
    const { type: _, atMs: __, ...route } = event
    dump.routes.remove(route)
    return true
  }
  if (what === 'routes') return false
  switch (event.type) {
    case 'link': {
      const { type: _, atMs: __, ...link } = event
      dump.links.put(link)
      return true
    }
    case 'linkGone':
      dump.links.remove(event.ifindex)
      return true
    case 'address':
    case 'addressGone': {
      const { type, atMs: _, ...address } = event
      if (type === 'address') dump.addresses.put(address)
      else dump.addresses.remove(address)
      return true
    }
    case 'rule':
    case 'ruleGone': {
      const { type, atMs: _, ...rule } = event
      if (type === 'rule') dump.rules.set(ruleKey(rule), rule)
      else dump.rules.delete(ruleKey(rule))
      return true
    }
    case 'overrun':
    case 'snapshotBegin':
    case 'snapshotEnd':
    case 'reply':
    case 'done':
    case 'probe':
    case 'order':
    case 'fatal':
      return false
  }
}

/**
 * The changes that lead from `before` to `after`: first what has gone (routes, rules, addresses, links), then what is new
 * or different (links, addresses, rules, routes), so that nothing ever stands without what it stands on.
 */
export function differences(before: Content, after: Content, atMs: number): KernelChange[] {
  const changes: KernelChange[] = []
  const routesDiffer = before.routes !== after.routes
  if (routesDiffer) {
    for (const route of before.routes.missingIn(after.routes)) changes.push({ ...route, type: 'routeGone', atMs })
  }
  for (const [key, rule] of before.rules) if (!after.rules.has(key)) changes.push({ ...rule, type: 'ruleGone', atMs })
  for (const address of before.addresses.list()) {
    if (after.addresses.get(address) === undefined) changes.push({ ...address, type: 'addressGone', atMs })
  }
  for (const link of before.links.byIndex.values()) {
    if (!after.links.byIndex.has(link.ifindex)) changes.push({ ...link, type: 'linkGone', atMs })
  }
  for (const link of after.links.byIndex.values()) {
    const previous = before.links.byIndex.get(link.ifindex)
    if (previous === undefined) changes.push({ ...link, type: 'link', atMs })
    else if (!sameRecord(previous, link)) changes.push({ ...link, type: 'link', atMs, previous })
  }
  for (const address of after.addresses.list()) {
    const previous = before.addresses.get(address)
    if (previous === undefined || !sameRecord(previous, address)) changes.push({ ...address, type: 'address', atMs })
  }
  for (const [key, rule] of after.rules) if (!before.rules.has(key)) changes.push({ ...rule, type: 'rule', atMs })
  if (routesDiffer) {
    for (const route of after.routes.missingIn(before.routes)) changes.push({ ...route, type: 'route', atMs })
  }
  return changes
}
