/** A fake kernel's policy routing rules. */

import type { Family, Rule, RuleCommand } from '../kernel/messages.js'
import { sameRecord } from '../kernel/same-record.js'
import { networkOf, parsePrefix } from './fake-prefix.js'
import { type FakeState, type Refusal, refuse } from './fake-state.js'

const KERNEL_PROTOCOL = 2
const MAIN_TABLE = 254
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
  const { action = 'table', l3mdev, priority, table } = command
  const rule: Rule = {
    ...selectorOf(command),
    // The engine's default, where the VRF does not say it.
    ...(action === 'table' && table === undefined && l3mdev !== true ? { table: MAIN_TABLE } : {}),
    priority: priority ?? freePriority(state, command.family),
    action,
    protocol: command.protocol ?? 0,
  }
  // rule_exists of net/core/fib_rules.c looks neither at the protocol nor at invert.
  const key = (other: Rule): object => ({ ...other, protocol: 0, invert: undefined })
  const exists = state.rules.some((other) => sameRecord(key(other), key(rule)))
  if (exists) return refuse('EEXIST', command.type)
  const behind = state.rules.findIndex((other) => other.priority > rule.priority)
  state.rules.splice(behind === -1 ? state.rules.length : behind, 0, rule)
  state.emit({ type: 'rule', ...rule })
  return undefined
}

function deleteRule(state: FakeState, command: RuleCommand): Refusal {
  const asked: Partial<Rule> = { ...selectorOf(command), ...pick(command, ['priority', 'action', 'protocol']) }
  const { mask: _, invert: __, ...wanted } = command.mask === undefined ? asked : { ...asked, mask: undefined }
  const victim = state.rules.find((rule) =>
    Object.entries(wanted).every(([field, value]) => sameRecord(rule[field as keyof Rule], value)),
  )
  if (victim === undefined) return refuse('ENOENT', command.type)
  state.rules = state.rules.filter((rule) => rule !== victim)
  state.emit({ type: 'ruleGone', ...victim })
  return undefined
}

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
    ...moreSelectors(command),
  }
}

/** What the kernel lists only where it is not as usual. */
function moreSelectors(command: RuleCommand): Partial<Rule> {
  const { invert, l3mdev, tos, dscp, ipProtocol, sourcePorts, destinationPorts, uidRange, target } = command
  const { suppressPrefixLength, suppressIfgroup } = command
  return {
    ...(invert === true ? { invert } : {}),
    ...(l3mdev === true ? { l3mdev } : {}),
    ...(tos === undefined || tos === 0 ? {} : { tos }),
    ...(dscp === undefined ? {} : { dscp }),
    ...(ipProtocol === undefined ? {} : { ipProtocol }),
    ...(sourcePorts === undefined ? {} : { sourcePorts }),
    ...(destinationPorts === undefined ? {} : { destinationPorts }),
    ...(uidRange === undefined ? {} : { uidRange }),
    ...(suppressPrefixLength === undefined ? {} : { suppressPrefixLength }),
    ...(suppressIfgroup === undefined ? {} : { suppressIfgroup }),
    ...(target === undefined ? {} : { target }),
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
