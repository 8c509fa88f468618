/** Asks a technology for a plan, and takes what it makes for a plan only where it is one: others may have written it. */

import { messageOf, NetworkError } from '../errors.js'
import type { Plan } from './plan.js'
import type { ResolvedConfig } from './registry.js'
import type { PlanContext } from './technology.js'

const LISTS = ['requires', 'files', 'up', 'down', 'cleanup', 'services'] as const
const LIMITS = ['retryDelayMs', 'upLimitMs', 'downLimitMs'] as const

/** @throws NetworkError what the technology throws, or ERR_INVALID_CONFIG that names it */
export function planOf(ifname: string, { technology, config }: ResolvedConfig, context: PlanContext): Plan {
  const problem = (what: string, cause?: unknown): NetworkError =>
    new NetworkError('ERR_INVALID_CONFIG', `the technology "${technology.type}" ${what}`, { ifname, cause })
  let plan: unknown
  try {
    plan = technology.plan(ifname, config, context)
  } catch (thrown) {
    throw thrown instanceof NetworkError
      ? thrown
      : problem(`cannot plan the configuration: ${messageOf(thrown)}`, thrown)
  }
  const wrong = wrongPart(plan, { ifname, type: technology.type })
  if (wrong !== undefined) throw problem(`makes a plan that is none: ${wrong}`)
  return plan as Plan
}

/** What is wrong with the outline of a plan. */
function wrongPart(plan: unknown, { ifname, type }: Pick<Plan, 'ifname' | 'type'>): string | undefined {
  if (typeof plan !== 'object' || plan === null) return `it is of type ${typeof plan}`
  const parts = plan as Partial<Plan>
  if (parts.ifname !== ifname) return `ifname is not ${ifname}`
  if (parts.type !== type) return `type is not ${type}`
  const list = LISTS.find((key) => !Array.isArray(parts[key]))
  if (list !== undefined) return `${list} is no list`
  const limit = LIMITS.find((key) => !(Number(parts[key]) >= 0))
  return limit === undefined ? undefined : `${limit} is no number of milliseconds`
}
