/** Commands that change configurations: configure, deconfigure, plan. */

import { interfacePath } from '../client.js'
import { type CommandContext, jsonArgument, show } from '../context.js'
import { type DifferenceLine, isSamePlan, planDifference, type ShownPlan } from '../plan-difference.js'
import { harmless, wrap } from '../table.js'

export interface PersistFlags {
  /** False with --no-persist. */
  readonly persist: boolean
}

interface Configured {
  readonly configuration: unknown
  readonly persistence?: string
}

export async function configure(
  context: CommandContext,
  ifname: string,
  argument: string,
  flags: PersistFlags,
): Promise<void> {
  const config = await jsonArgument(argument, 'configuration', context.input)
  await change(context, 'PUT', ifname, flags, config)
}

export async function deconfigure(context: CommandContext, ifname: string, flags: PersistFlags): Promise<void> {
  await change(context, 'DELETE', ifname, flags)
}

async function change(
  context: CommandContext,
  method: 'PUT' | 'DELETE',
  ifname: string,
  { persist }: PersistFlags,
  config?: unknown,
): Promise<void> {
  const path = interfacePath(ifname, 'configuration', { persist: persist ? undefined : 'false' })
  const answer = (await context.client.json(method, path, config)) as Configured
  const { persistence = 'not-saved' } = answer
  show(context, answer, () =>
    context.out.line(`${ifname}: accepted, ${persistence === 'saved' ? 'saved' : persistence}`),
  )
  // It is in force all the same, but a restart would lose it.
  if (persistence.startsWith('failed')) throw new Error(`${ifname}: in force, but not saved: ${persistence}`)
}

export async function plan(context: CommandContext, ifname: string, argument: string): Promise<void> {
  const config = await jsonArgument(argument, 'configuration', context.input)
  const answer = await context.client.json('POST', interfacePath(ifname, 'plan'), config, { workMs: 0 })
  const { plan: after, current } = answer as { readonly plan: ShownPlan; readonly current?: ShownPlan }
  show(context, answer, () => {
    const lines = planDifference(current, after)
    if (current === undefined) context.out.line(`${ifname} has no configuration yet: all of this is new.`)
    else if (isSamePlan(lines)) context.out.line(`${ifname}: nothing differs (secrets are not compared here).`)
    for (const line of lines) for (const text of difference(context, line)) context.out.line(text)
  })
}

/** A long line goes on below itself, further in. */
const FURTHER = '    '

function difference({ out }: CommandContext, { mark, text }: DifferenceLine): string[] {
  const shown = harmless(text)
  if (mark === '#') return [out.paint('bold', shown)]
  const [first = '', ...further] =
    out.columns === undefined ? [shown] : wrap(shown, out.columns - mark.length - 1 - FURTHER.length)
  const lines = [`${mark} ${first}`, ...further.map((rest) => `${mark} ${FURTHER}${rest}`)]
  if (mark === ' ') return lines
  return lines.map((line) => out.paint(mark === '+' ? 'green' : 'red', line))
}
