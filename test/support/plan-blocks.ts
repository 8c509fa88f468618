/**
 * The plans of the examples in the pages of docs/technologies. A page has, behind an example (a block of json),
 *
 *     <!-- plan: eth0 -->
 *     … written by the test …
 *     <!-- end of plan -->
 *
 * and between the marks the plan of that example for the interface that the first one names.
 */

import { maskPlan } from '../../lib/technology/mask-plan.js'
import type { Plan } from '../../lib/technology/plan.js'
import { planOf } from '../../lib/technology/plan-of.js'
import type { TechnologyRegistry } from '../../lib/technology/registry.js'
import type { PlanContext } from '../../lib/technology/technology.js'

/** What plans in the pages are made with. */
export const PAGE_CONTEXT: PlanContext = {
  tmpDir: '/run/vintage-net/private',
  udhcpcHandlerPath: 'HANDLER',
  handlersPath: 'HANDLERS',
  hostname: 'gateway-7',
  regulatoryDomain: '00',
}

/** The plan as a page shows it, without `source`, which is the example, and what every plan has by default. */
export function planText(plan: Plan): string {
  return textOf(maskPlan(plan))
}

/** The page with the plans of its examples, and the types of these. @throws Error for a mark without an example or an end */
export function withPlans(page: string, registry: TechnologyRegistry): { page: string; types: readonly string[] } {
  const types: string[] = []
  const begins = page.match(/^<!-- plan: /gm)?.length ?? 0
  const filled = page.replaceAll(BLOCK, (_block, ifname: string, offset: number) => {
    const example = [...page.slice(0, offset).matchAll(EXAMPLE)].at(-1)?.[1]
    if (example === undefined) throw new Error(`no example stands before the plan of ${ifname}`)
    const resolved = registry.resolve(JSON.parse(example))
    types.push(resolved.technology.type)
    const plan = planOf(ifname, resolved, PAGE_CONTEXT)
    return `<!-- plan: ${ifname} -->\n\n\`\`\`text\n${planText(plan)}\n\`\`\`\n\n<!-- end of plan -->`
  })
  if (types.length !== begins) throw new Error('a plan has no end: <!-- end of plan -->')
  return { page: filled, types }
}

const BLOCK = /^<!-- plan: (\S+) -->\n[\s\S]*?^<!-- end of plan -->$/gm
const EXAMPLE = /^```json\n([\s\S]*?)\n```$/gm

/** Of every plan unless a technology says otherwise. */
const USUAL: Partial<Record<keyof Plan, unknown>> = {
  retryDelayMs: 30_000,
  upLimitMs: 5_000,
  downLimitMs: 5_000,
}

function textOf({ ifname: _ifname, type: _type, source: _source, alternatives = {}, ...plan }: Plan): string {
  const lines = Object.entries(plan).flatMap(([key, value]) => {
    if (value === USUAL[key as keyof Plan] || (Array.isArray(value) && value.length === 0)) return []
    if (!Array.isArray(value) || key === 'requires') return [`${key}: ${JSON.stringify(value)}`]
    return [`${key}:`, ...value.map((item: unknown) => `  ${JSON.stringify(item, octalMode)}`)]
  })
  const others = Object.entries(alternatives).map(([name, other]) => `alternative ${name}:\n${indented(textOf(other))}`)
  return [...lines, ...others].join('\n')
}

function octalMode(key: string, value: unknown): unknown {
  return key === 'mode' && typeof value === 'number' ? `0${value.toString(8)}` : value
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}
