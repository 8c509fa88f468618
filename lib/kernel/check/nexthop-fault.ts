/** Commands for nexthop objects. */

import type { NexthopCommand } from '../commands.js'
import { boolean, type Check, familyFault, integer, link, list, MAX_U8, MAX_U32, required, wrong } from './fault.js'
import { familyOf } from './ip-text.js'
import { MAX_NEXTHOPS_COUNT, MAX_WEIGHT } from './route-fault.js'

export function nexthopFault(command: NexthopCommand): Check {
  const { id, family, gateway } = command
  return (
    required('id', id) ??
    integer('id', id, 1, MAX_U32) ??
    (family === undefined ? undefined : familyFault(family)) ??
    link(command, false) ??
    (gateway !== undefined && familyOf(gateway) !== (family ?? familyOf(gateway) ?? 4)
      ? wrong('gateway', family === undefined ? 'an IP address' : `an IPv${family} address`, gateway)
      : undefined) ??
    boolean('blackhole', command.blackhole) ??
    boolean('onlink', command.onlink) ??
    integer('protocol', command.protocol, 0, MAX_U8) ??
    groupFault(command)
  )
}

function groupFault(command: NexthopCommand): Check {
  const { group } = command
  if (group === undefined) return undefined
  for (const field of ['family', 'gateway', 'ifindex', 'ifname', 'blackhole', 'onlink'] as const) {
    if (command[field] !== undefined) return wrong(field, 'nothing beside group', command[field])
  }
  return list(
    'group',
    group,
    MAX_NEXTHOPS_COUNT,
    (member: { readonly id?: unknown; readonly weight?: unknown }, path) => {
      const { id, weight } = member
      return (
        required(`${path}.id`, id) ??
        integer(`${path}.id`, id, 1, MAX_U32) ??
        integer(`${path}.weight`, weight, 1, MAX_WEIGHT)
      )
    },
  )
}
