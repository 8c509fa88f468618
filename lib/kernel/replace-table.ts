/** A routing table as a whole: desired state in, as few commands as possible out. */

import { NetworkError } from '../errors.js'
import { type Check, familyFault, faultError, integer, MAX_U8, MAX_U32, required, wrong } from './check/fault.js'
import { checkCommand } from './check-command.js'
import type { CommandResult, Kernel } from './kernel.js'
import type { Family, KernelCommand, Route, RouteCommand } from './messages.js'
import { resolveCommand } from './resolve-command.js'
import { isWanted, routeKey, type Wanted, wantedRoute, withoutObjectsWay } from './wanted-route.js'

/** RTPROT_STATIC, which sends without a protocol carry too. */
const DEFAULT_PROTOCOL = 4

/** One route of a desired table; the table's own fields are not repeated. */
export type DesiredRoute = Omit<RouteCommand, 'type' | 'family' | 'table' | 'protocol'>

export interface DesiredTable {
  readonly table: number
  readonly family: Family
  /** Marks the routes that are ours to add and to delete. Default 4, static. */
  readonly protocol?: number | undefined
  readonly routes: readonly DesiredRoute[]
}

/** How many of each; a refused command counts in none. */
export interface TableReplaced {
  readonly unchanged: number
  readonly added: number
  readonly replaced: number
  readonly deleted: number
  readonly refused: readonly NetworkError[]
}

type Step = RouteCommand

/** The commands from `actual` to `desired`, what has to go last; `actual` holds one table and family, of every protocol. */
function diffTable(actual: readonly Route[], desired: readonly Wanted[], protocol: number): Step[] {
  const held = new Map<string, Route[]>()
  const foreign = new Set<string>()
  for (const route of actual) {
    const key = routeKey(route)
    const group = held.get(key)
    if (route.protocol !== protocol) foreign.add(key)
    else if (group === undefined) held.set(key, [route])
    else group.push(route)
  }
  const changes: Step[] = []
  for (const { key, route, command } of desired) {
    const group = held.get(key) ?? []
    const same = group.findIndex((candidate) => isWanted(candidate, route))
    if (same !== -1) group.splice(same, 1)
    else if (foreign.has(key)) {
      // The kernel replaces the first of equal keys, whosever it is; of what is added it says that there is one (EEXIST).
      changes.push(...group.splice(0).map(deletionOf), command)
    } else {
      // All of this key are ours: whichever the kernel replaces is none of the desired ones, or comes again.
      changes.push({ ...command, type: group.length > 0 ? 'replaceRoute' : 'addRoute' })
      group.shift()
    }
  }
  const gone = [...held.values()].flat().map(deletionOf)
  return [...changes, ...gone]
}

/** See Kernel.replaceTable. @throws ERR_INVALID_CONFIG that names the route and the field, before anything is sent. */
export async function replaceTable(kernel: Kernel, desired: DesiredTable): Promise<TableReplaced> {
  const fault = faultError('replaceTable', tableFault(desired))
  if (fault !== undefined) throw fault
  const { table, family, protocol = DEFAULT_PROTOCOL } = desired
  const wanted = desired.routes.map((route, at) => {
    const command: KernelCommand = { ...route, type: 'addRoute', family, table, protocol }
    const ready = checkCommand(command) ?? resolveCommand(command, kernel.mirror)
    if (ready instanceof NetworkError) throw inRoute(ready, at)
    return wantedRoute(ready as RouteCommand)
  })
  const repeated = firstRepeated(wanted)
  if (repeated !== undefined) throw twice(repeated)
  const actual = (await kernel.routes({ table })).filter((each) => each.family === family)
  const steps = diffTable(actual, wanted, protocol)
  return tally(steps, await kernel.send(steps), wanted.length)
}

function tableFault({ table, family, protocol, routes }: DesiredTable): Check {
  return (
    required('table', table) ??
    integer('table', table, 1, MAX_U32) ??
    familyFault(family) ??
    integer('protocol', protocol, 0, MAX_U8) ??
    (Array.isArray(routes) ? undefined : wrong('routes', 'a list of routes', routes))
  )
}

function tally(steps: readonly Step[], results: readonly CommandResult[], wanted: number): TableReplaced {
  const done = (type: Step['type']): number =>
    steps.filter((step, at) => step.type === type && results[at] === 'done').length
  const changes = steps.filter((step) => step.type !== 'deleteRoute').length
  return {
    unchanged: wanted - changes,
    added: done('addRoute'),
    replaced: done('replaceRoute'),
    deleted: done('deleteRoute'),
    refused: results.filter((result) => result !== 'done'),
  }
}

function firstRepeated(wanted: readonly Wanted[]): Route | undefined {
  const keys = new Set<string>()
  return wanted.find(({ key }) => keys.size === keys.add(key).size)?.route
}

function twice({ destination, metric }: Route): NetworkError {
  const message = `replaceTable: routes: ${destination} with metric ${metric} stands there twice`
  return new NetworkError('ERR_INVALID_CONFIG', message, { field: 'routes', operation: 'replaceTable' })
}

function inRoute(error: NetworkError, at: number): NetworkError {
  const field = error.field === undefined ? `routes.${at}` : `routes.${at}.${error.field}`
  return new NetworkError(error.code, `replaceTable: routes.${at}: ${error.message}`, {
    field,
    operation: 'replaceTable',
    cause: error,
  })
}

function deletionOf(route: Route): Step {
  return { ...withoutObjectsWay(route), type: 'deleteRoute' }
}
