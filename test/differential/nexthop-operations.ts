/** Random changes of nexthop objects, which the routes of route-operations.ts name by their ids. */

import type { NexthopCommand } from '../../lib/kernel/messages.js'
import type { Dice } from './dice.js'
import { GATEWAYS } from './route-words.js'

interface NexthopOperation {
  readonly line: string
  readonly command: NexthopCommand
}

/** The ids of single objects and of groups: the kernel lets neither take the other's place. */
const SINGLES = [1, 2, 3, 4] as const
const GROUPS = [11, 12] as const

export function anyNexthopId(dice: Dice): number {
  return dice.pick(...SINGLES, ...GROUPS)
}

/** What it is: the words of `ip` and the fields of a command. */
function way(dice: Dice, anyIfname: () => string): readonly [string, object] {
  const ifname = anyIfname()
  const family = dice.pick(4, 4, 6)
  const gateway = dice.pick(...GATEWAYS[family])
  switch (dice.roll(8)) {
    case 0:
      return ['blackhole', { blackhole: true }]
    case 1:
      return [`dev ${ifname}`, { ifname }]
    case 2:
    case 3:
      return [`via ${gateway} dev ${ifname} onlink`, { gateway, ifname, onlink: true }]
    default:
      return [`via ${gateway} dev ${ifname}`, { gateway, ifname }]
  }
}

function members(dice: Dice): readonly [string, object] {
  const first = dice.pick(...SINGLES)
  const ids = dice.oneIn(3) ? [first] : [first, (first % SINGLES.length) + 1]
  const group = ids.map((id) => ({ id, weight: dice.pick(1, 1, 3) }))
  return [`group ${group.map(({ id, weight }) => `${id},${weight}`).join('/')}`, { group }]
}

/** The next change of a nexthop object. */
export function nexthopOperation(dice: Dice, anyIfname: () => string): NexthopOperation {
  const verb = dice.pick('add', 'add', 'replace', 'replace', 'del')
  if (verb === 'del') {
    const id = anyNexthopId(dice)
    return { line: `nexthop del id ${id}`, command: { type: 'deleteNexthop', id } }
  }
  const isGroup = dice.oneIn(3)
  const id = isGroup ? dice.pick(...GROUPS) : dice.pick(...SINGLES)
  const [words, fields] = isGroup ? members(dice) : way(dice, anyIfname)
  const protocol = dice.oneIn(3) ? 183 : undefined
  return {
    line: `nexthop ${verb} id ${id} ${words}${protocol === undefined ? '' : ` proto ${protocol}`}`,
    command: { type: verb === 'add' ? 'addNexthop' : 'replaceNexthop', id, ...fields, protocol },
  }
}
