/** Which files a change of plans touches, and who must read them anew. Pure. */

import { equalValues } from '../properties/value.js'
import type { Plan, PlanFile, Service, Step } from '../technology/plan.js'
import { servicesOf } from './compare-services.js'
import { subjectOf } from './step-subject.js'

export interface FileChanges {
  readonly remove: readonly string[]
  readonly write: readonly PlanFile[]
  /** Paths of files that are other ones, or there, or gone, afterwards. */
  readonly touched: readonly string[]
}

/** Files that are not equal in both plans. Files to clean up that only one plan names are removed too. */
export function filesToChange(old: Plan, next: Plan): FileChanges {
  const write = next.files.filter((file) => !old.files.some((other) => equalValues(file, other)))
  const kept = new Set(next.files.map(({ path }) => path))
  const gone = old.files.map(({ path }) => path).filter((path) => !kept.has(path))
  const cleanup = [
    ...old.cleanup.filter((path) => !next.cleanup.includes(path)),
    ...next.cleanup.filter((path) => !old.cleanup.includes(path)),
  ].filter((path) => !kept.has(path))
  return { write, remove: [...gone, ...cleanup], touched: [...write.map(({ path }) => path), ...gone] }
}

export interface Readers {
  readonly services: ReadonlySet<Service> | 'all'
  readonly steps: ReadonlySet<Step>
}

/**
 * Who reads the files: services and steps that name their paths. A file that nobody names may be read by every service, and
 * by any program that was run. A step that cannot be done again by itself asks for a teardown: the text says which file.
 */
export function whoReads(plan: Plan, paths: readonly string[]): Readers | string {
  const services = new Set<Service>()
  const steps = new Set<Step>()
  let all = false
  for (const path of paths) {
    const naming = servicesOf(plan).filter((service) => names(service.args, path))
    const doing = plan.up.filter((step) => step.type !== 'kernel' && names(step.args, path))
    const unnamed = naming.length + doing.length === 0
    const blind = unnamed ? plan.up.filter((step) => step.type !== 'kernel') : doing
    if (blind.some((step) => subjectOf(step) === undefined))
      return `the file ${path} changes, which a step may have read`
    for (const service of naming) services.add(service)
    for (const step of doing) steps.add(step)
    all ||= unnamed
  }
  return { services: all ? 'all' : services, steps }
}

function names(args: unknown, path: string): boolean {
  return JSON.stringify(args).includes(JSON.stringify(path).slice(1, -1))
}
