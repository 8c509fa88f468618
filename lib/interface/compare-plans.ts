/**
 * What it takes to come from one plan to another while everything that is equal in both stays up. Pure.
 *
 * Steps, files and services compare by value: calls and parts by name and args, kernel steps by command. Of some steps it is
 * known what they are about (step-subject.ts): an address, a route, a value that a further step overwrites. Those change one
 * by one, wherever they stand in the list, the new before the old. All other steps are only known by their order: they may
 * be added at the end and taken away from there; any other change of them costs a full teardown.
 */

import { equalValues } from '../properties/value.js'
import type { Plan, PlanFile, Service, Step } from '../technology/plan.js'
import { filesToChange, whoReads } from './compare-files.js'
import { servicesOf, servicesToChange, strategyOf } from './compare-services.js'
import { addressOf, type Subject, subjectOf } from './step-subject.js'

/** The way from the old plan to the new one; carried out in the order of the fields. */
export interface Difference {
  readonly type: 'difference'
  /** Services of the old plan that end, in order of start: stopped in reverse. */
  readonly stop: readonly Service[]
  /** Of the old plan's `down`: undone before anything new is done. */
  readonly undoFirst: readonly Step[]
  /** Settings of the old plan that nobody sets any more: what they had overwritten is put back. */
  readonly restore: readonly string[]
  /** Paths of files that go. */
  readonly remove: readonly string[]
  readonly write: readonly PlanFile[]
  /** Of the new plan's `up`. */
  readonly steps: readonly Step[]
  /** Of the old plan's `down`: undone when the new stands, so that there is no moment without. */
  readonly undoLast: readonly Step[]
  /** Services of the new plan that are started, in order. */
  readonly start: readonly Service[]
}

/** Everything is undone, and the new plan begins from nothing. */
export interface Teardown {
  readonly type: 'teardown'
  readonly reason: string
}

/** Compares what is applied with what shall be. */
export function comparePlans(old: Plan, next: Plan): Difference | Teardown {
  const refusal = wholeReason(old, next)
  if (refusal !== undefined) return teardown(refusal)
  const steps = compareSteps(old, next)
  if (typeof steps === 'string') return teardown(steps)
  const files = filesToChange(old, next)
  const readers = whoReads(next, files.touched)
  if (typeof readers === 'string') return teardown(readers)
  return {
    type: 'difference',
    ...steps,
    steps: next.up.filter((step) => steps.steps.has(step) || readers.steps.has(step)),
    remove: files.remove,
    write: files.write,
    ...servicesToChange(old, next, readers.services),
  }
}

/** Why the plans as a whole do not allow a change in place. */
function wholeReason(old: Plan, next: Plan): string | undefined {
  if (old.ifname !== next.ifname) return 'another interface'
  if (old.type !== next.type) return `the type changes from ${old.type} to ${next.type}`
  if (old.onChange === 'teardown' || next.onChange === 'teardown') return 'the plan asks for it'
  if (!equalValues([...old.requires].sort(), [...next.requires].sort())) return 'other links are required'
  if (strategyOf(old, next) === undefined) return 'the restart strategy changes'
  const nothing = old.up.length + old.down.length + old.files.length + servicesOf(old).length === 0
  return nothing ? 'there is nothing that could stay' : undefined
}

interface StepChanges extends Pick<Difference, 'undoFirst' | 'restore' | 'undoLast'> {
  readonly steps: ReadonlySet<Step>
}

/** The changes of the steps, or why there must be a teardown. */
function compareSteps(old: Plan, next: Plan): StepChanges | string {
  const ordered = compareOrdered(old, next)
  if (typeof ordered === 'string') return ordered
  const before = bySubject(old.up)
  const after = bySubject(next.up)
  const undo = bySubject(old.down)
  const clash = addressClash(before, after)
  if (clash !== undefined) return clash
  const steps = new Set(ordered.steps)
  const undoLast = new Set<Step>()
  const restore: string[] = []
  for (const [key, now] of after) {
    const was = before.get(key)
    if (was !== undefined && equalSteps(was.steps, now.steps)) continue
    if (was !== undefined && !now.subject.replaceable) return `${key} changes`
    for (const step of now.steps) steps.add(step)
  }
  for (const [key, was] of before) {
    if (after.has(key)) continue
    const undoing = undo.get(key)
    if (undoing !== undefined) for (const step of undoing.steps) undoLast.add(step)
    else if (was.subject.restorable === true) restore.push(key)
    else return `${key} goes, and nothing undoes it by itself`
  }
  return { steps, restore, undoFirst: ordered.undo, undoLast: old.down.filter((step) => undoLast.has(step)) }
}

/**
 * Steps that are known by their order only. `down` undoes `up` in reverse: so what stands behind the end of the old list
 * can be added, when its undoing stands in front of the old undoing; and the other way round.
 */
function compareOrdered(old: Plan, next: Plan): { steps: readonly Step[]; undo: readonly Step[] } | string {
  const ordered = (steps: readonly Step[]): Step[] => steps.filter((step) => subjectOf(step) === undefined)
  const was = { up: ordered(old.up), down: ordered(old.down) }
  const now = { up: ordered(next.up), down: ordered(next.down) }
  if (equalSteps(was.down, now.down.slice(now.down.length - was.down.length)) && beginsWith(now.up, was.up)) {
    const steps = now.up.slice(was.up.length)
    if (steps.length > 0 || now.down.length === was.down.length) return { steps, undo: [] }
  }
  if (equalSteps(now.down, was.down.slice(was.down.length - now.down.length)) && beginsWith(was.up, now.up)) {
    const undo = was.down.slice(0, was.down.length - now.down.length)
    if (undo.length > 0 && was.up.length > now.up.length) return { steps: [], undo }
  }
  return `${changedStep(was, now)} changes`
}

interface UpAndDown {
  readonly up: readonly Step[]
  readonly down: readonly Step[]
}

/** The first ordered step that differs, for people. */
function changedStep(was: UpAndDown, now: UpAndDown): string {
  const differing = (one: readonly Step[], other: readonly Step[]): Step | undefined =>
    one.find((step, index) => !equalSteps([step], other.slice(index, index + 1)))
  const step = differing(now.up, was.up) ?? differing(was.up, now.up)
  return step === undefined ? 'what undoes the steps' : `the step ${nameOf(step)}`
}

function nameOf(step: Step): string {
  switch (step.type) {
    case 'kernel':
      return step.command.type
    case 'run':
      return step.program
    case 'call':
      return step.name
  }
}

interface SubjectSteps {
  readonly subject: Subject
  readonly steps: Step[]
}

function bySubject(steps: readonly Step[]): Map<string, SubjectSteps> {
  const found = new Map<string, SubjectSteps>()
  for (const step of steps) {
    const subject = subjectOf(step)
    if (subject === undefined) continue
    const known = found.get(subject.key)
    if (known === undefined) found.set(subject.key, { subject, steps: [step] })
    else known.steps.push(step)
  }
  return found
}

/** An IPv6 address stands once, whatever its prefix length (ipv6_add_addr): the old one must go first. */
function addressClash(before: Map<string, SubjectSteps>, after: Map<string, SubjectSteps>): string | undefined {
  const texts = (subjects: Map<string, SubjectSteps>, others: Map<string, SubjectSteps>): string[] =>
    [...subjects].flatMap(([key, { steps }]) =>
      others.has(key) ? [] : steps.flatMap((step) => addressOf(step) ?? []).filter((text) => text.includes(':')),
    )
  const gone = new Set(texts(before, after))
  const clash = texts(after, before).find((text) => gone.has(text))
  return clash === undefined ? undefined : `the prefix length of ${clash} changes`
}

function beginsWith(steps: readonly Step[], beginning: readonly Step[]): boolean {
  return equalSteps(steps.slice(0, beginning.length), beginning)
}

/** Whether two lists hold the same steps in the same order. */
export function equalSteps(one: readonly Step[], other: readonly Step[]): boolean {
  return equalValues(one.map(valueOfStep), other.map(valueOfStep))
}

/** A step as data: functions stand at module level and are known by the step's name. */
function valueOfStep(step: Step): unknown {
  return step.type === 'call' ? { type: step.type, name: step.name, args: step.args } : step
}

function teardown(reason: string): Teardown {
  return { type: 'teardown', reason }
}
