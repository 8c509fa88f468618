/** Names for the objects that routing commands are about: as keys for the program and as text for people. */

import { MAIN_TABLE, type Route, type RouteCommand, type Rule, type RuleCommand } from '../kernel/messages.js'
import type { DesiredRoute, DesiredRule } from './desired-routes.js'
import type { RoutingStep } from './diff-routes.js'

type RouteLike = Pick<
  Route | RouteCommand | DesiredRoute,
  'family' | 'destination' | 'gateway' | 'ifindex' | 'metric' | 'table' | 'source'
>
type RuleLike = Pick<Rule | RuleCommand | DesiredRule, 'family' | 'priority' | 'from' | 'table'>

/** The same for a record of the mirror, a wanted entry and a command about it. */
export function objectKey(object: RouteLike | RuleLike): string {
  if ('destination' in object) {
    const { family, table, destination, metric, ifindex, gateway, source } = object
    return `route ${family} ${table} ${destination} ${metric} ${ifindex} ${gateway} ${source}`
  }
  const { family, priority, from, table } = object
  return `rule ${family} ${priority} ${from} ${table}`
}

export function isDelete(step: RoutingStep): boolean {
  return step.command.type === 'deleteRoute' || step.command.type === 'deleteRule'
}

/** The object's key with the direction: adding and deleting it are different steps; replacing is a way of adding. */
export function stepKey(step: RoutingStep): string {
  return `${isDelete(step) ? '-' : '+'}${objectKey(step.command)}`
}

/** What a step is about, such as `route default via 192.0.2.1 in main`. */
export function describeStep({ command }: RoutingStep): string {
  const place = command.table === MAIN_TABLE ? 'main' : `table ${command.table}`
  if (!('destination' in command)) {
    return command.from === undefined ? `rule ${command.priority} to ${place}` : `rule from ${command.from} to ${place}`
  }
  const way = command.gateway === undefined ? '' : ` via ${command.gateway}`
  return `route ${command.destination}${way} in ${place}`
}
