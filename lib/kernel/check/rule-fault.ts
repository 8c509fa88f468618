/** Commands for policy routing rules. */

import type { RuleCommand } from '../commands.js'
import type { RuleAction } from '../nouns.js'
import {
  boolean,
  type Check,
  familyFault,
  integer,
  MAX_U8,
  MAX_U16,
  MAX_U32,
  name,
  prefix,
  word,
  wrong,
} from './fault.js'

/** Six bits. */
const MAX_DSCP = 63
const RULE_ACTIONS: ReadonlySet<unknown> = new Set<RuleAction>([
  ...(['unspec', 'table', 'goto', 'nop', 'blackhole', 'unreachable', 'prohibit'] as const),
])

export function ruleFault(command: RuleCommand): Check {
  return (
    familyFault(command.family) ??
    integer('priority', command.priority, 0, MAX_U32) ??
    prefix('from', command.from, command.family) ??
    prefix('to', command.to, command.family) ??
    name('iif', command.iif) ??
    name('oif', command.oif) ??
    integer('mark', command.mark, 0, MAX_U32) ??
    integer('mask', command.mask, 0, MAX_U32) ??
    word('action', command.action, RULE_ACTIONS) ??
    integer('table', command.table, 0, MAX_U32) ??
    integer('protocol', command.protocol, 0, MAX_U8) ??
    boolean('invert', command.invert) ??
    selectorFault(command) ??
    lookupFault(command)
  )
}

function selectorFault(command: RuleCommand): Check {
  return (
    integer('tos', command.tos, 0, MAX_U8) ??
    integer('dscp', command.dscp, 0, MAX_DSCP) ??
    (command.tos !== undefined && command.dscp !== undefined
      ? wrong('dscp', 'nothing beside tos', command.dscp)
      : undefined) ??
    integer('ipProtocol', command.ipProtocol, 0, MAX_U8) ??
    rangeFault('sourcePorts', command.sourcePorts, 1, MAX_U16 - 1) ??
    rangeFault('destinationPorts', command.destinationPorts, 1, MAX_U16 - 1) ??
    rangeFault('uidRange', command.uidRange, 0, MAX_U32)
  )
}

function lookupFault(command: RuleCommand): Check {
  const { l3mdev, table } = command
  return (
    boolean('l3mdev', l3mdev) ??
    (l3mdev === true && table !== undefined ? wrong('table', 'nothing beside l3mdev', table) : undefined) ??
    integer('suppressPrefixLength', command.suppressPrefixLength, 0, command.family === 4 ? 32 : 128) ??
    integer('suppressIfgroup', command.suppressIfgroup, 0, MAX_U32) ??
    integer('target', command.target, 0, MAX_U32) ??
    (command.type === 'addRule' && command.action === 'goto' && command.target === undefined
      ? wrong('target', 'the priority that goto goes on with', undefined)
      : undefined)
  )
}

/** `start` to `end`, both in it. */
function rangeFault(field: string, range: unknown, least: number, most: number): Check {
  if (range === undefined) return undefined
  if (typeof range !== 'object' || range === null) return wrong(field, 'an object of start and end', range)
  const { start, end } = range as { readonly start?: unknown; readonly end?: unknown }
  if (start === undefined || end === undefined) return wrong(field, 'an object of start and end', range)
  return (
    integer(`${field}.start`, start, least, most) ??
    integer(`${field}.end`, end, least, most) ??
    (Number(start) > Number(end) ? wrong(`${field}.end`, 'a number that is not below start', end) : undefined)
  )
}
