/** What a step is about, so that a change of it can be carried out without undoing everything around it. Pure. */

import type { AddressCommand, KernelCommand, RouteCommand, RuleCommand, SetLink } from '../kernel/messages.js'
import type { Step } from '../technology/plan.js'

/**
 * setting: a value that somebody must set; a further step of the same key overwrites it. object: something that the kernel
 * has or has not, by itself; `replaceable`: a step of the same key and other attributes takes its place in one go.
 */
export interface Subject {
  readonly type: 'setting' | 'object'
  readonly key: string
  readonly replaceable: boolean
  /** What a setting has overwritten is noted, and can be put back by itself. */
  readonly restorable?: boolean
}

/** Undefined: nothing is known but that the step is what it is, and stands where it stands. */
export function subjectOf(step: Step): Subject | undefined {
  switch (step.type) {
    case 'kernel':
      return subjectOfCommand(step.command)
    case 'call':
    case 'run':
      return step.replaces === undefined ? undefined : setting(`step ${step.replaces}`)
  }
}

/** The key of a command whose overwritten value can be put back by itself. */
export function settingKey(command: KernelCommand): string | undefined {
  const subject = subjectOfCommand(command)
  return subject?.type === 'setting' ? subject.key : undefined
}

/** The address that a subject is about, without its prefix length; undefined for another subject. */
export function addressOf(step: Step): string | undefined {
  return step.type === 'kernel' && 'address' in step.command && 'prefixLength' in step.command
    ? `${linkOf(step.command)} ${step.command.address}`
    : undefined
}

function subjectOfCommand(command: KernelCommand): Subject | undefined {
  switch (command.type) {
    case 'setLink':
      return settingOfLink(command)
    case 'setSysctl':
      return { ...setting(`sysctl ${command.path.join('/')}`), restorable: true }
    case 'addAddress':
    case 'replaceAddress':
    case 'deleteAddress':
      return { type: 'object', key: addressKey(command), replaceable: false }
    case 'addRoute':
    case 'replaceRoute':
    case 'deleteRoute':
      return { type: 'object', key: routeKey(command), replaceable: command.type === 'replaceRoute' }
    case 'addRule':
    case 'deleteRule':
      return { type: 'object', key: ruleKey(command), replaceable: false }
    default:
      return undefined
  }
}

function setting(key: string): Subject {
  return { type: 'setting', key, replaceable: true }
}

/** Of these a command sets one alone; whatever else it sets may need the link down (a MAC address), or bring it there. */
const LINK_SETTINGS = ['mtu', 'bridge', 'bond', 'macvlan']

function settingOfLink(command: SetLink): Subject | undefined {
  const set = Object.keys(command).filter((key) => !['type', 'ifname', 'ifindex'].includes(key))
  const given = set.filter((key) => command[key as keyof SetLink] !== undefined)
  const [key = ''] = given
  const attributes = command[key as keyof SetLink]
  // Attributes of a kind come in groups, each known by its first one.
  const group = typeof attributes === 'object' ? ` ${Object.keys(attributes)[0]}` : ''
  return given.length === 1 && LINK_SETTINGS.includes(key)
    ? { ...setting(`${key} ${linkOf(command)}${group}`), restorable: key === 'mtu' }
    : undefined
}

function linkOf({ ifname, ifindex }: { ifname?: string | undefined; ifindex?: number | undefined }): string {
  return ifname ?? String(ifindex)
}

function addressKey(command: AddressCommand): string {
  return `address ${linkOf(command)} ${command.address}/${command.prefixLength}`
}

/** What the kernel tells one route from another by (fib_table_insert, fib6_add_rt2node). */
function routeKey({ family, table, destination, metric, tos, from }: RouteCommand): string {
  return `route ${[family, table, destination, metric, tos, from].join(' ')}`
}

function ruleKey({ type: _, ...selectors }: RuleCommand): string {
  const given = Object.entries(selectors).filter(([, value]) => value !== undefined)
  return `rule ${JSON.stringify(given.sort(([one], [other]) => (one < other ? -1 : 1)))}`
}
