/**
 * Random changes of a namespace, each both as a line for `ip -batch` and, where our vocabulary has it, as a command. Few names,
 * addresses and tables, so that most of them meet something that is there; a refusal is as good as a success.
 */

import type { KernelCommand } from '../../lib/kernel/messages.js'
import type { Dice } from './dice.js'
import { nexthopOperation } from './nexthop-operations.js'
import { routeOperation } from './route-operations.js'

export interface Operation {
  /** Arguments of `ip`, as one line of a batch. */
  readonly line: string
  /** For lines that need `ip -6`, which is no part of a batch. */
  readonly ip6?: boolean | undefined
  /** Absent where only `ip` can do it. */
  readonly command?: KernelCommand | undefined
}

/** Each of a pair is the other's peer. */
const PAIRS = { a0: 'a1', b0: 'b1', c0: 'c1' } as const
const BRIDGES = ['br0', 'br1'] as const
const PORTS = ['a0', 'a1', 'b0', 'b1', 'c0', 'c1', 'm0', 'f0'] as const

/** Where an operation is made up: the links that are there now. */
export interface Scene {
  readonly dice: Dice
  readonly present: readonly string[]
  /** Those of them that are up. */
  readonly up: readonly string[]
}

/** Mostly a link that is there, for `ip` ends a batch at the first name that is none. */
export function anyIfname({ dice, present }: Scene): string {
  const among = present.filter((ifname) => ifname !== 'lo')
  if (among.length === 0 || dice.oneIn(16)) return dice.pick(...PORTS, ...BRIDGES, 'x0')
  return among[dice.roll(among.length)] ?? 'x0'
}

/** Mostly a link that is up, for the kernel takes no way by another. */
function wayOut(scene: Scene): string {
  const { dice, up } = scene
  const among = up.filter((ifname) => ifname !== 'lo')
  return dice.oneIn(4) ? anyIfname(scene) : (among[dice.roll(among.length)] ?? anyIfname(scene))
}

function makeLink(dice: Dice): Operation {
  const mtu = dice.oneIn(3) ? dice.pick(1300, 1400) : undefined
  const size = mtu === undefined ? '' : `mtu ${mtu} `
  if (dice.oneIn(3)) {
    const ifname = dice.pick(...BRIDGES)
    return {
      line: `link add ${size}name ${ifname} type bridge`,
      command: { type: 'addLink', ifname, kind: 'bridge', mtu },
    }
  }
  if (dice.oneIn(4))
    return { line: `link add link ${dice.pick('a0', 'b1', 'br0')} ${size}name m0 type macvlan mode private` }
  if (dice.oneIn(4)) {
    return { line: `link add ${size}name f0 type ifb`, command: { type: 'addLink', ifname: 'f0', kind: 'ifb', mtu } }
  }
  const ifname = dice.pick('a0', 'b0', 'c0')
  const peer = PAIRS[ifname]
  return {
    line: `link add ${size}name ${ifname} type veth peer name ${peer}`,
    command: { type: 'addLink', ifname, kind: 'veth', mtu, peer: { ifname: peer } },
  }
}

function changeLink(scene: Scene): Operation {
  const { dice } = scene
  const ifname = anyIfname(scene)
  switch (dice.roll(10)) {
    case 0: {
      const mtu = dice.pick(1280, 1400, 1500, 1100) // IPv6 ends below 1280
      return { line: `link set dev ${ifname} mtu ${mtu}`, command: { type: 'setLink', ifname, mtu } }
    }
    case 1: {
      const macAddress = `02:00:00:00:00:0${dice.roll(9) + 1}`
      return { line: `link set dev ${ifname} address ${macAddress}`, command: { type: 'setLink', ifname, macAddress } }
    }
    case 2:
    case 3: {
      const master = scene.present.find((name) => name.startsWith('br') && !dice.oneIn(2)) ?? dice.pick(...BRIDGES)
      return { line: `link set dev ${ifname} master ${master}`, command: { type: 'setLink', ifname, master } }
    }
    case 4:
      return { line: `link set dev ${ifname} nomaster`, command: { type: 'setLink', ifname, master: 0 } }
    case 5: {
      const [from, to] = dice.pick(['c0', 'x0'], ['x0', 'c0'])
      return { line: `link set dev ${from} name ${to}`, command: { type: 'setLink', ifname: from, name: to } }
    }
    default: {
      const up = !dice.oneIn(3)
      return { line: `link set dev ${ifname} ${up ? 'up' : 'down'}`, command: { type: 'setLink', ifname, up } }
    }
  }
}

function deleteLink(scene: Scene): Operation {
  const ifname = anyIfname(scene)
  return { line: `link del dev ${ifname}`, command: { type: 'deleteLink', ifname } }
}

function changeAddress4(scene: Scene): Operation {
  const { dice } = scene
  const ifname = anyIfname(scene)
  const host = dice.roll(5) + 1
  const verb = dice.pick('add', 'add', 'replace', 'del')
  const type = ({ add: 'addAddress', replace: 'replaceAddress', del: 'deleteAddress' } as const)[verb]
  if (verb !== 'del' && dice.oneIn(6)) {
    const peer = `203.0.113.${host}`
    const address = `203.0.113.${host + 100}`
    return {
      line: `addr ${verb} ${address} peer ${peer}/32 dev ${ifname}`,
      command: { type, ifname, address, prefixLength: 32, peer },
    }
  }
  const address = `${dice.pick('192.0.2', '198.51.100')}.${host}`
  const prefixLength = dice.pick(24, 24, 25, 32)
  const plain = { type, ifname, address, prefixLength }
  const line = `addr ${verb} ${address}/${prefixLength} dev ${ifname}`
  if (verb === 'del') return { line, command: plain }
  const [words, fields] = dice.pick<readonly [string, object]>(
    ['', {}],
    ['', {}],
    ['broadcast 192.0.2.255', { broadcast: '192.0.2.255' }],
    ['noprefixroute', { noPrefixRoute: true }],
    ['scope 253', { scope: 253 }],
    [`label ${ifname}:l`, { label: `${ifname}:l` }],
  )
  return { line: `${line} ${words}`, command: { ...plain, ...fields } }
}

function changeAddress6(scene: Scene): Operation {
  const { dice } = scene
  const ifname = anyIfname(scene)
  const verb = dice.pick('add', 'add', 'replace', 'del')
  const type = ({ add: 'addAddress', replace: 'replaceAddress', del: 'deleteAddress' } as const)[verb]
  if (verb !== 'del' && dice.oneIn(3)) {
    // One address with several peers: the kernel changes them in place.
    const address = '2001:db8:1::1'
    const peer = `2001:db8:3::${dice.roll(3) + 1}`
    const prefixLength = dice.pick(64, 128)
    return {
      line: `addr ${verb} ${address} peer ${peer}/${prefixLength} dev ${ifname}`,
      command: { type, ifname, address, prefixLength, peer },
    }
  }
  const address = `2001:db8:${dice.pick('1', '2')}::${dice.roll(4) + 1}`
  const prefixLength = dice.pick(64, 64, 128)
  const noPrefixRoute = verb !== 'del' && dice.oneIn(4)
  return {
    line: `addr ${verb} ${address}/${prefixLength} dev ${ifname}${noPrefixRoute ? ' noprefixroute' : ''}`,
    command: { type, ifname, address, prefixLength, ...(noPrefixRoute ? { noPrefixRoute } : {}) },
  }
}

/** Selectors of a rule and its action: the words of `ip` and the fields of a command. */
function ruleParts(dice: Dice, family: 4 | 6): readonly (readonly [string, object])[] {
  const from =
    family === 4 ? dice.pick('192.0.2.0/24', '192.0.2.1/32') : dice.pick('2001:db8:1::/48', '2001:db8::1/128')
  const table = dice.pick(100, 101)
  const parts: (readonly [string, object])[] = []
  if (dice.oneIn(2)) parts.push([`from ${from}`, { from }])
  if (dice.oneIn(4)) parts.push([`to ${from}`, { to: from }])
  if (dice.oneIn(4)) parts.push(['iif a0', { iif: 'a0' }])
  if (dice.oneIn(4)) parts.push(['oif b0', { oif: 'b0' }])
  if (dice.oneIn(4)) parts.push(['fwmark 0x10/0xff', { mark: 16, mask: 255 }])
  if (dice.oneIn(4)) parts.push(['protocol 183', { protocol: 183 }])
  parts.push(dice.oneIn(4) ? ['prohibit', { action: 'prohibit' as const }] : [`table ${table}`, { table }])
  return parts
}

function changeRule(dice: Dice): Operation {
  const family = dice.pick(4, 6)
  const priority = dice.pick(10, 20, 30)
  const add = !dice.oneIn(3)
  const parts = add || dice.oneIn(2) ? ruleParts(dice, family) : []
  const words = parts.map(([text]) => text).join(' ')
  const fields: object = Object.assign({}, ...parts.map(([, field]) => field))
  return {
    ip6: family === 6,
    line: `rule ${add ? 'add' : 'del'} priority ${priority} ${words}`,
    command: { type: add ? 'addRule' : 'deleteRule', family, priority, ...fields },
  }
}

/** The next change. */
export function randomOperation(scene: Scene): Operation {
  const kind = scene.dice.roll(100)
  if (kind < 12) return makeLink(scene.dice)
  if (kind < 32) return changeLink(scene)
  if (kind < 36) return deleteLink(scene)
  if (kind < 50) return changeAddress4(scene)
  if (kind < 58) return changeAddress6(scene)
  if (kind < 66) return nexthopOperation(scene.dice, () => wayOut(scene))
  if (kind < 92) return routeOperation(scene.dice, () => wayOut(scene))
  return changeRule(scene.dice)
}
