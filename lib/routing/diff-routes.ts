/**
 * The commands between what the kernel holds of ours and what it should hold, in an order without a hole.
 *
 * 1. Deletes for interfaces of which nothing is wanted any more (no carrier, disabled, forgotten): their default routes
 *    in main first, the strongest of them in front. The moment the kernel has read that one command, traffic moves to
 *    the next best uplink, whose routes have stood in main all along; nothing slower may be ahead of it.
 *    Then the rest of them: main, rules, private tables.
 * 2. Adds and replacements for the living, in the order of `desired`: rules, subnets, then routes by their gateways.
 *    A new default route is added before the old one goes, so no packet in between finds no route.
 *    A route whose key is held by another route of ours that is to go, its own or that of another living interface, is
 *    replaced in place: adding would fail with EEXIST, and deleting first would be a hole. The routes of the dead are
 *    deleted by then and never replaced.
 * 3. Deletes for the living, in reverse: what needs a gateway before the route to the gateway.
 *
 * Every delete names all fields of the object, so nothing else can match. `actual` holds objects of our protocol
 * number only; no command touches another's. Where another's object has the same key, the kernel answers the add with
 * EEXIST, and that is reported instead of taking the place by force.
 */

import {
  MAIN_TABLE,
  OUR_PROTOCOL,
  type Route,
  type RouteCommand,
  type Rule,
  type RuleCommand,
} from '../kernel/messages.js'
import { type DesiredRoute, type DesiredRoutes, type DesiredRule, sameRouteKey } from './desired-routes.js'

/** What the mirror holds with our protocol number. */
export interface ActualRoutes {
  readonly routes: readonly Route[]
  readonly rules: readonly Rule[]
}

/** One command, and what it is about. */
export interface RoutingStep {
  readonly command: RouteCommand | RuleCommand
  /** What shall stand after an add; undefined for a delete. */
  readonly entry?: DesiredRoute | DesiredRule
  /** For a replacement that the kernel refuses: the delete of what it should have replaced, for that is not wanted either. */
  readonly instead?: RoutingStep
}

/** Computes the commands. Linear in the number of objects. */
export function diffRoutes(desired: DesiredRoutes, actual: ActualRoutes): RoutingStep[] {
  const routes = compareAllRoutes(desired.routes, actual.routes)
  const rules = compareRules(desired.rules, actual.rules)
  const livingTables = new Set(desired.rules.map((rule) => rule.table))
  const isDead = (rule: Rule): boolean => rule.table === undefined || !livingTables.has(rule.table)

  const surplus = new Map(routes.surplus.map((route) => [routeKey(route), route]))
  const changes = routes.missing.map((route) => {
    const key = routeKey(route)
    const replaced = surplus.get(key)
    if (replaced === undefined) return addStep('addRoute', route)
    surplus.delete(key)
    return { ...addStep('replaceRoute', route), instead: deleteRouteStep(replaced) }
  })
  return [
    ...withdrawal({ routes: routes.dead, rules: rules.surplus.filter(isDead) }),
    ...rules.missing.map(addRuleStep),
    ...changes,
    ...inReverse([...surplus.values()]),
    ...rules.surplus.filter((rule) => !isDead(rule)).map((rule) => deleteRuleStep(rule)),
  ]
}

/** By this the kernel finds the route that an add would double. Only differences need it as a text. */
function routeKey({ family, table, metric, destination }: Route | DesiredRoute): string {
  return `${family} ${table} ${metric} ${destination}`
}

interface RouteComparison {
  readonly missing: readonly DesiredRoute[]
  /** To go, of links that keep something in the family. */
  readonly surplus: readonly Route[]
  /** To go, of links that keep nothing in the family. */
  readonly dead: readonly Route[]
}

/** Compares link by link, each with a handful of routes, so that no key text is ever built. */
function compareAllRoutes(desired: readonly DesiredRoute[], actual: readonly Route[]): RouteComparison {
  const wantedByLink = new Map<number, DesiredRoute[]>()
  for (const route of desired) {
    const place = placeOf(route)
    const wanted = wantedByLink.get(place)
    if (wanted === undefined) wantedByLink.set(place, [route])
    else wanted.push(route)
  }
  const standing = new Set<DesiredRoute>()
  const surplus: Route[] = []
  const dead: Route[] = []
  for (const route of actual) {
    const wanted = wantedByLink.get(placeOf(route))
    if (wanted === undefined) {
      dead.push(route)
      continue
    }
    const same = wanted.find((other) => isSameRoute(other, route))
    if (same === undefined) surplus.push(route)
    else standing.add(same)
  }
  return { missing: desired.filter((route) => !standing.has(route)), surplus, dead }
}

/** Families live and die separately: a lost lease leaves IPv6 alone. */
function placeOf(route: { readonly ifindex?: number; readonly family: 4 | 6 }): number {
  return (route.ifindex ?? 0) * 10 + route.family
}

/** True when the kernel's route is the wanted one in every field it can show. */
export function isSameRoute(wanted: DesiredRoute, held: Route): boolean {
  return (
    sameRouteKey(wanted, held) &&
    wanted.ifindex === held.ifindex &&
    wanted.gateway === held.gateway &&
    wanted.source === held.source &&
    wanted.scope === held.scope &&
    held.routeType === 'unicast' &&
    held.nexthops === undefined &&
    held.nexthopId === undefined
  )
}

/** True when the kernel's rule is the wanted one and has no further condition. */
export function isSameRule(wanted: DesiredRule, held: Rule): boolean {
  return (
    wanted.priority === held.priority &&
    wanted.from === held.from &&
    wanted.table === held.table &&
    wanted.family === held.family &&
    held.action === 'table' &&
    held.to === undefined &&
    held.iif === undefined &&
    held.oif === undefined &&
    (held.mark || undefined) === wanted.exemptMark &&
    (held.invert === true) === (wanted.exemptMark !== undefined) &&
    held.suppressPrefixLength === wanted.suppressPrefixLength
  )
}

function compareRules(
  desired: readonly DesiredRule[],
  actual: readonly Rule[],
): { missing: DesiredRule[]; surplus: Rule[] } {
  const wantedByTable = new Map<number, DesiredRule[]>()
  for (const rule of desired) {
    const wanted = wantedByTable.get(rule.table)
    if (wanted === undefined) wantedByTable.set(rule.table, [rule])
    else wanted.push(rule)
  }
  const standing = new Set<DesiredRule>()
  const surplus: Rule[] = []
  for (const rule of actual) {
    const same = wantedByTable.get(rule.table ?? 0)?.find((wanted) => isSameRule(wanted, rule))
    if (same === undefined || standing.has(same)) surplus.push(rule)
    else standing.add(same)
  }
  return { missing: desired.filter((rule) => !standing.has(rule)), surplus }
}

/** The deletes of all objects given, in the order of the first step above. */
export function withdrawal({ routes, rules }: ActualRoutes): RoutingStep[] {
  const defaults: Route[] = []
  const main: Route[] = []
  const byTable: Route[] = []
  for (const route of routes) {
    if (route.table !== MAIN_TABLE) byTable.push(route)
    else if (route.destination === 'default') defaults.push(route)
    else main.push(route)
  }
  defaults.sort((a, b) => a.metric - b.metric)
  return [
    ...defaults.map((route) => deleteRouteStep(route)),
    ...main.map((route) => deleteRouteStep(route)),
    ...rules.map((rule) => deleteRuleStep(rule)),
    ...byTable.map((route) => deleteRouteStep(route)),
  ]
}

function inReverse(routes: readonly Route[]): RoutingStep[] {
  const byGateway = routes.filter((route) => route.gateway !== undefined)
  const direct = routes.filter((route) => route.gateway === undefined)
  return [...byGateway, ...direct].map((route) => deleteRouteStep(route))
}

function addStep(type: 'addRoute' | 'replaceRoute', entry: DesiredRoute): RoutingStep {
  const { family, destination, gateway, metric, table, scope, source, ifindex } = entry
  const command: RouteCommand = {
    type,
    family,
    routeType: 'unicast',
    destination,
    ...(gateway === undefined ? {} : { gateway }),
    metric,
    table,
    protocol: OUR_PROTOCOL,
    scope,
    ...(source === undefined ? {} : { source }),
    ifindex,
    ...(entry.onlink ? { onlink: true } : {}),
  }
  return { command, entry }
}

function addRuleStep(entry: DesiredRule): RoutingStep {
  const { family, priority, from, exemptMark, suppressPrefixLength, table } = entry
  const command: RuleCommand = {
    type: 'addRule',
    family,
    priority,
    ...(from === undefined ? {} : { from }),
    ...(exemptMark === undefined ? {} : { mark: exemptMark, invert: true }),
    ...(suppressPrefixLength === undefined ? {} : { suppressPrefixLength }),
    action: 'table',
    table,
    protocol: OUR_PROTOCOL,
  }
  return { command, entry }
}

function deleteRouteStep(route: Route): RoutingStep {
  const { family, routeType, destination, gateway, metric, table, protocol, scope, source, ifindex, nexthops } = route
  const command: RouteCommand = {
    type: 'deleteRoute',
    family,
    routeType,
    destination,
    ...(gateway === undefined ? {} : { gateway }),
    metric,
    table,
    protocol,
    scope,
    ...(source === undefined ? {} : { source }),
    ...(ifindex === undefined ? {} : { ifindex }),
    ...(nexthops === undefined ? {} : { nexthops }),
  }
  return { command }
}

function deleteRuleStep(rule: Rule): RoutingStep {
  return { command: { ...rule, type: 'deleteRule' } }
}
