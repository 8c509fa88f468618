/** What becomes of a configuration by its built-in technology: its normal form, its plan, its refusal. */

import * as assert from 'uvu/assert'
import { isNetworkError } from '../../lib/errors.js'
import type { KernelCommand } from '../../lib/kernel/messages.js'
import type { Plan } from '../../lib/technology/plan.js'
import { planOf } from '../../lib/technology/plan-of.js'
import { TechnologyRegistry } from '../../lib/technology/registry.js'
import type { PlanContext } from '../../lib/technology/technology.js'
import { PAGE_CONTEXT } from './plan-blocks.js'

const registry = new TechnologyRegistry()

/** The normal form, which is normal by itself. */
export function normalized(config: object): unknown {
  const { config: normal } = registry.resolve(config)
  assert.equal(registry.resolve(normal).config, normal, 'normalizing twice is normalizing once')
  return normal
}

/** The plan for an interface. */
export function planned(ifname: string, config: object, context: Partial<PlanContext> = {}): Plan {
  return planOf(ifname, registry.resolve(config), { ...PAGE_CONTEXT, ...context })
}

/** The kernel's commands of a list of steps; any other step fails the test. */
export function commandsOf(steps: Plan['up']): KernelCommand[] {
  return steps.map((step) => {
    assert.is(step.type, 'kernel')
    return (step as { command: KernelCommand }).command
  })
}

/** Expects that normalizing or planning is refused because of that field, in words that hold `text`. */
export function refused(config: object, field: string, text: RegExp | string = ''): void {
  let thrown: unknown
  try {
    planned('test0', config)
  } catch (error) {
    thrown = error
  }
  assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'), `accepted, or not ours: ${String(thrown)}`)
  assert.is((thrown as { field?: string }).field, field)
  assert.match((thrown as Error).message, text)
}
