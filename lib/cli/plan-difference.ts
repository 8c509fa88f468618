/** What one plan does that another does not, as lines that a person reads. Pure. */

import { spacedValue } from './shown-value.js'

/** A plan as the control API tells it: without functions, secrets masked. */
export interface ShownPlan {
  readonly type: string
  /** The configuration that it was made of. */
  readonly source: unknown
  readonly files: readonly { readonly path: string; readonly content: string; readonly mode: number }[]
  readonly up: readonly ShownStep[]
  readonly services: readonly ShownService[]
  readonly connectivity: unknown
}

type ShownStep =
  | { readonly type: 'kernel'; readonly command: { readonly type: string; readonly [key: string]: unknown } }
  | { readonly type: 'run'; readonly program: string; readonly args: readonly string[] }
  | { readonly type: 'call'; readonly name: string; readonly args: unknown }

type ShownService =
  | { readonly type: 'daemon'; readonly name: string; readonly program: string; readonly args: readonly string[] }
  | { readonly type: 'part'; readonly name: string; readonly args: unknown }

export interface DifferenceLine {
  /** '#' heads what follows. */
  readonly mark: '#' | ' ' | '-' | '+'
  readonly text: string
}

/** Everything of the new plan, and what of the old one is not in it. Without an old plan all is new. */
export function planDifference(before: ShownPlan | undefined, after: ShownPlan): DifferenceLine[] {
  const lines: DifferenceLine[] = []
  const section = (title: string, body: readonly DifferenceLine[]): void => {
    if (body.length > 0) lines.push({ mark: '#', text: title }, ...body)
  }
  section('Technology', lists(before === undefined ? [] : [before.type], [after.type]))
  // A file with a secret in it is masked as a whole: what else stands there is seen here.
  section('Configuration', before === undefined ? [] : changed(leaves(before.source), leaves(after.source)))
  section('Files', files(before?.files ?? [], after.files))
  section('Steps', lists((before?.up ?? []).map(stepText), after.up.map(stepText)))
  section('Services', lists((before?.services ?? []).map(serviceText), after.services.map(serviceText)))
  section('Connection is judged by', lists(before === undefined ? [] : [judge(before)], [judge(after)]))
  return lines
}

/** True where nothing differs that can be seen; secrets are masked in both. */
export function isSamePlan(lines: readonly DifferenceLine[]): boolean {
  return lines.every(({ mark }) => mark !== '+' && mark !== '-')
}

function lists(before: readonly string[], after: readonly string[]): DifferenceLine[] {
  const left = [...before]
  const kept = after.map((text): DifferenceLine => {
    const at = left.indexOf(text)
    if (at < 0) return { mark: '+', text }
    left.splice(at, 1)
    return { mark: ' ', text }
  })
  return [...left.map((text): DifferenceLine => ({ mark: '-', text })), ...kept]
}

function changed(before: readonly string[], after: readonly string[]): DifferenceLine[] {
  return lists(before, after).filter(({ mark }) => mark !== ' ')
}

/** Every value by its path, as `networks.0.ssid=Home`. */
function leaves(value: unknown, path: readonly string[] = []): string[] {
  const isInner = typeof value === 'object' && value !== null && Object.keys(value).length > 0
  if (!isInner) return [`${path.join('.')}=${spacedValue(value)}`]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
}

function files(before: ShownPlan['files'], after: ShownPlan['files']): DifferenceLine[] {
  const title = ({ path, mode }: ShownPlan['files'][number]): string => `${path} (mode ${mode.toString(8)})`
  const lines = lists(before.map(title), after.map(title))
  return lines.flatMap((line) => {
    const [older, newer] = [before, after].map((all) => all.find((file) => title(file) === line.text)?.content)
    if (older === newer && line.mark === ' ') return [line]
    const contents = changed(contentLines(older), contentLines(newer))
    return [line, ...contents.map(({ mark, text }) => ({ mark, text: `    ${text}` }))]
  })
}

function contentLines(content: string | undefined): string[] {
  return content === undefined ? [] : content.replace(/\n$/, '').split('\n')
}

function stepText(step: ShownStep): string {
  switch (step.type) {
    case 'kernel': {
      const { type, ...fields } = step.command
      return ['kernel', type, ...argumentTexts(fields)].join(' ')
    }
    case 'run':
      return ['run', step.program, ...step.args].join(' ')
    case 'call':
      return ['call', step.name, ...argumentTexts(step.args)].join(' ')
  }
}

function serviceText(service: ShownService): string {
  if (service.type === 'part') return ['part', service.name, ...argumentTexts(service.args)].join(' ')
  return [`daemon ${service.name}:`, service.program, ...service.args].join(' ')
}

function judge({ connectivity }: ShownPlan): string {
  if (typeof connectivity === 'string') return connectivity
  return serviceText(connectivity as ShownService)
}

/** The members of an object by their names; nothing where there is nothing to tell. */
function argumentTexts(args: unknown): string[] {
  if (args === null || args === undefined) return []
  if (typeof args !== 'object' || Array.isArray(args)) return [spacedValue(args)]
  return Object.entries(args).map(([key, value]) => `${key}=${spacedValue(value)}`)
}
