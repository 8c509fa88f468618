/** A fake kernel's policy routing rules. */

import type { Family, Rule, RuleCommand } from '../kernel/messages.js'
import { networkOf, parsePrefix } from './fake-prefix.js'
import { type FakeState, type Refusal, refuse } from './fake-state.js'

const KERNEL_PROTOCOL = 2
const ALL_BITS = 4_294_967_295

/** The rules of a fresh namespace; IPv6 has no table `default`. */
export const DEFAULT_RULES: readonly Rule[] = [
  { family: 4, priority: 0, action: 'table', table: 255, protocol: KERNEL_PROTOCOL },
  { family: 4, priority: 32_766, action: 'table', table: 254, protocol: KERNEL_PROTOCOL },
  { family: 4, priority: 32_767, action: 'table', table: 253, protocol: KERNEL_PROTOCOL },
  { family: 6, priority: 0, action: 'table', table: 255, protocol: KERNEL_PROTOCOL },
  { family: 6, priority: 32_766, action: 'table', table: 254, protocol: KERNEL_PROTOCOL },
]

type Selector = Omit<Rule, 'priority' | 'protocol' | 'action'>

/** Executes a rule command. */
export function changeRule(state: FakeState, command: RuleCommand): Refusal {
  return command.type === 'addRule' ? addRule(state, command) : deleteRule(state, command)
}

function addRule(state: FakeState, command: RuleCommand): Refusal {
  const rule: Rule = {
    ...selectorOf(command),
    priority: command.priority ?? freePriority(state, command.family),
    action: command.action ?? 'table',
    protocol: command.protocol ?? 0,
  }
  // rule_exists of net/core/fib_rules.c does not look at the protocol.
  const text = (other: Rule): string => JSON.stringify({ ...other, protocol: 0 }, RULE_FIELDS)
  if (state.rules.some((other) => text(other) === text(rule))) return refuse('EEXIST', command.type)
  const behind = state.rules.findIndex((other) => other.priority > rule.priority)
  state.rules.splice(behind === -1 ? state.rules.length : behind, 0, rule)
  state.emit({ type: 'rule', ...rule })
  return undefined
}

function deleteRule(state: FakeState, command: RuleCommand): Refusal {
  const asked: Partial<Rule> = { ...selectorOf(command), ...pick(command, ['priority', 'action', 'protocol']) }
  const { mask: _, ...wanted } = command.mask === undefined ? asked : { ...asked, mask: undefined }
  const victim = state.rules.find((rule) =>
    Object.entries(wanted).every(([field, value]) => rule[field as keyof Rule] === value),
  )
  if (victim === undefined) return refuse('ENOENT', command.type)
  state.rules = state.rules.filter((rule) => rule !== victim)
  state.emit({ type: 'ruleGone', ...victim })
  return undefined
}

const RULE_FIELDS = [
  'family',
  'priority',
  'from',
  'to',
  'iif',
  'oif',
  'mark',
  'mask',
  'action',
  'table',
  'protocol',
] satisfies (keyof Rule)[]

function pick(command: RuleCommand, fields: readonly ('priority' | 'action' | 'protocol')[]): Partial<Rule> {
  return Object.fromEntries(
    fields.filter((field) => command[field] !== undefined).map((field) => [field, command[field]]),
  )
}

function selectorOf(command: RuleCommand): Selector {
  const { family, from, to, iif, oif, mark, table } = command
  const mask = command.mask ?? (mark === undefined ? undefined : ALL_BITS)
  return {
    family,
    ...(from === undefined ? {} : { from: canonicalPrefix(from, family) }),
    ...(to === undefined ? {} : { to: canonicalPrefix(to, family) }),
    ...(iif === undefined ? {} : { iif }),
    ...(oif === undefined ? {} : { oif }),
    ...(mark === undefined ? {} : { mark }),
    ...(mask === undefined ? {} : { mask }),
    ...(table === undefined ? {} : { table }),
  }
}

function canonicalPrefix(text: string, family: Family): string {
  const { address, prefixLength } = parsePrefix(text, family)
  return `${networkOf(address, prefixLength)}/${prefixLength}`
}

/** One before the second rule of the family (fib_default_rule_pref). */
function freePriority(state: FakeState, family: Family): number {
  const second = state.rules.filter((rule) => rule.family === family)[1]
  return second === undefined || second.priority === 0 ? 0 : second.priority - 1
}
