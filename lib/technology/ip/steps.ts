/** The call steps of IP technologies. Their functions stand at module level, so that plans compare by name and args. */

import type { CallStep, InterfaceNameServers, InterfaceRoutes, Json, StepContext } from '../plan.js'

/** What the steps replace: each of a pair takes the place of what the other did. */
export const ROUTES = 'routes'
export const NAME_SERVERS = 'nameServers'

/** Hands addresses, gateway and routes to routing. */
export function setRoutes(routes: InterfaceRoutes): CallStep {
  return { type: 'call', name: 'setRoutes', args: toJson(routes), replaces: ROUTES, run: runSetRoutes }
}

/** Takes the interface out of routing. */
export function clearRoutes(): CallStep {
  return { type: 'call', name: 'clearRoutes', args: null, replaces: ROUTES, run: runClearRoutes }
}

/** Hands the name servers to the resolver; without any, the interface has none. */
export function setNameServers(nameServers: InterfaceNameServers): CallStep {
  if (nameServers.nameServers.length === 0) return clearNameServers()
  return {
    type: 'call',
    name: 'setNameServers',
    args: toJson(nameServers),
    replaces: NAME_SERVERS,
    run: runSetNameServers,
  }
}

/** Takes the interface's name servers away. */
export function clearNameServers(): CallStep {
  return { type: 'call', name: 'clearNameServers', args: null, replaces: NAME_SERVERS, run: runClearNameServers }
}

// The args of a step are what the function beside it was given: the casts below only undo toJson.

async function runSetRoutes(args: Json, context: StepContext): Promise<void> {
  context.setRoutes(args as unknown as InterfaceRoutes)
}

async function runClearRoutes(_args: Json, context: StepContext): Promise<void> {
  context.clearRoutes()
}

async function runSetNameServers(args: Json, context: StepContext): Promise<void> {
  context.setNameServers(args as unknown as InterfaceNameServers)
}

async function runClearNameServers(_args: Json, context: StepContext): Promise<void> {
  context.clearNameServers()
}

/** A copy without absent members: equal plans are equal to a deep comparison. */
function toJson(value: InterfaceRoutes | InterfaceNameServers): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
