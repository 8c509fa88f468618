/** A plan as it may be shown. */

import { MASK, redact } from '../config/redact.js'
import type { Json, Plan, Service, Step } from './plan.js'

/** The plan without its secrets: secret files lose their content, secret keys their values. Not fit to be executed. */
export function maskPlan(plan: Plan): Plan {
  const { connectivity } = plan
  return {
    ...plan,
    source: redact(plan.source),
    files: plan.files.map((file) => (file.secret ? { ...file, content: MASK } : file)),
    up: plan.up.map(maskStep),
    down: plan.down.map(maskStep),
    services: plan.services.map(maskService),
    connectivity: typeof connectivity === 'string' ? connectivity : maskService(connectivity),
  }
}

function maskStep(step: Step): Step {
  return step.type === 'call' ? { ...step, args: maskArgs(step.args) } : step
}

function maskService(service: Service): Service {
  return service.type === 'part' ? { ...service, args: maskArgs(service.args) } : service
}

function maskArgs(args: Json): Json {
  return redact(args) as Json
}
