/** A plan as it may be shown. */

import { assertNever } from '../base/assert.js'
import { MASK, redact } from '../config/redact.js'
import type { KernelCommand } from '../kernel/messages.js'
import type { Json, Plan, Service, Step } from './plan.js'

/** The plan without its secrets: secret files lose their content, secret keys their values. Not fit to be executed. */
export function maskPlan(plan: Plan): Plan {
  const { connectivity, alternatives } = plan
  return {
    ...plan,
    source: redact(plan.source),
    files: plan.files.map((file) => (file.secret ? { ...file, content: MASK } : file)),
    up: plan.up.map(maskStep),
    down: plan.down.map(maskStep),
    services: plan.services.map(maskService),
    connectivity: typeof connectivity === 'string' ? connectivity : maskService(connectivity),
    ...(alternatives === undefined ? {} : { alternatives: maskAll(alternatives) }),
  }
}

function maskAll(plans: Readonly<Record<string, Plan>>): Record<string, Plan> {
  return Object.fromEntries(Object.entries(plans).map(([name, plan]) => [name, maskPlan(plan)]))
}

function maskStep(step: Step): Step {
  switch (step.type) {
    case 'call':
      return { ...step, args: maskArgs(step.args) }
    case 'kernel':
      return { ...step, command: redact(step.command) as KernelCommand }
    // Arguments of a program have no names to know a secret by: a technology puts secrets into secret files.
    case 'run':
      return step
    default:
      return assertNever(step)
  }
}

function maskService(service: Service): Service {
  if (service.type === 'part') return { ...service, args: maskArgs(service.args) }
  const { reader } = service
  return reader === undefined ? service : { ...service, reader: { ...reader, args: maskArgs(reader.args) } }
}

function maskArgs(args: Json): Json {
  return redact(args) as Json
}
