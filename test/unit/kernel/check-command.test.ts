import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { familyOf, isPrefix } from '../../../lib/kernel/check/ip-text.js'
import { checkCommand } from '../../../lib/kernel/check-command.js'
import type { KernelCommand } from '../../../lib/kernel/messages.js'

const route = { type: 'addRoute', family: 4, destination: '198.51.100.0/24' } as const
const route6 = { type: 'addRoute', family: 6, destination: '2001:db8::/32' } as const
const rule = { type: 'addRule', family: 4 } as const
const neighbour = { type: 'addNeighbour', ifindex: 2, address: '192.0.2.1' } as const
const nexthop = { type: 'addNexthop', id: 1 } as const
const vlan = { type: 'addLink', ifname: 'x0', kind: 'vlan' } as const

/** Commands that are right, and each with one field that is not. */
const GOOD: readonly object[] = [
  { ...route, gateway: '2001:db8::1', ifindex: 2 },
  { ...route, nexthopId: 7 },
  { ...route, nexthops: [{ ifname: 'eth0', gateway: '192.0.2.1', weight: 256 }] },
  { ...route6, from: '2001:db8:1::/48', preference: 'high', tos: 0, mtu: 1400, advmss: 1360, initcwnd: 10 },
  { ...rule, invert: true, tos: 16, ipProtocol: 6, sourcePorts: { start: 1, end: 65_534 }, suppressPrefixLength: 0 },
  { ...rule, l3mdev: true, uidRange: { start: 0, end: 4_294_967_295 } },
  { ...rule, action: 'goto', target: 200 },
  { ...neighbour, macAddress: '02:00:00:00:00:01', state: 'stale' },
  { ...nexthop, ifname: 'eth0', gateway: '192.0.2.1', onlink: true },
  { ...nexthop, group: [{ id: 2 }, { id: 3, weight: 256 }] },
  { ...vlan, parent: 'eth0', vlan: { id: 7, protocol: '802.1ad' }, up: true, master: 3 },
  { type: 'setLink', ifindex: 2, bridgePort: { hairpin: true, priority: 63 } },
  { type: 'setLink', ifindex: 2, bond: { primary: 'eth0', mode: '802.3ad' }, vlan: undefined },
]
const BAD: readonly [field: string, command: object][] = [
  ['gateway', { ...route6, gateway: '192.0.2.1' }],
  ['gateway', { ...route, nexthopId: 7, gateway: '192.0.2.1' }],
  ['ifindex', { ...route, nexthopId: 7, ifindex: 2 }],
  ['nexthopId', { ...route, nexthopId: 0 }],
  ['from', { ...route, from: '192.0.2.0/24' }],
  ['preference', { ...route, preference: 'high' }],
  ['preference', { ...route6, preference: 'highest' }],
  ['tos', { ...route, tos: 256 }],
  ['mtu', { ...route, mtu: '1400' }],
  ['nexthops.1.ifindex', { ...route, nexthops: [{ ifindex: 2 }, { gateway: '192.0.2.1' }] }],
  ['nexthops.0.gateway', { ...route6, nexthops: [{ ifindex: 2, gateway: '192.0.2.1' }] }],
  ['nexthops.0', { ...route, nexthops: [null] }],
  ['invert', { ...rule, invert: 1 }],
  ['dscp', { ...rule, dscp: 64 }],
  ['dscp', { ...rule, dscp: 1, tos: 4 }],
  ['ipProtocol', { ...rule, ipProtocol: 256 }],
  ['sourcePorts', { ...rule, sourcePorts: { start: 5 } }],
  ['sourcePorts.start', { ...rule, sourcePorts: { start: 0, end: 5 } }],
  ['destinationPorts.end', { ...rule, destinationPorts: { start: 7, end: 5 } }],
  ['uidRange.end', { ...rule, uidRange: { start: 7, end: -1 } }],
  ['table', { ...rule, l3mdev: true, table: 100 }],
  ['suppressPrefixLength', { ...rule, suppressPrefixLength: 33 }],
  ['target', { ...rule, action: 'goto' }],
  ['ifname', { ...neighbour, ifindex: undefined }],
  ['address', { ...neighbour, address: 'eth0' }],
  ['macAddress', { ...neighbour, macAddress: null }],
  ['state', { ...neighbour, state: 'alive' }],
  ['proxy', { ...neighbour, proxy: 'yes' }],
  ['id', { ...nexthop, id: 0 }],
  ['gateway', { ...nexthop, family: 6, gateway: '192.0.2.1' }],
  ['gateway', { ...nexthop, gateway: 'x' }],
  ['ifindex', { ...nexthop, ifindex: 2, group: [{ id: 2 }] }],
  ['group', { ...nexthop, group: [] }],
  ['group.0.id', { ...nexthop, group: [{ weight: 1 }] }],
  ['group.1.weight', { ...nexthop, group: [{ id: 2 }, { id: 3, weight: 257 }] }],
  ['vlan.id', { ...vlan, vlan: { id: 4_095 } }],
  ['vlan.colour', { ...vlan, vlan: { colour: 1 } }],
  ['bridge', { ...vlan, bridge: { stp: true } }],
  ['peer', { ...vlan, peer: { ifname: 'x1' } }],
  ['parent', { ...vlan, parent: 0 }],
  ['bridge.stp', { type: 'setLink', ifindex: 2, bridge: { stp: 1 } }],
  ['bond', { type: 'setLink', ifindex: 2, bridge: { stp: true }, bond: {} }],
  ['bond.mode', { type: 'setLink', ifindex: 2, bond: { mode: 'fast' } }],
  ['bridgePort.priority', { type: 'setLink', ifindex: 2, bridgePort: { priority: 64 } }],
]

for (const [at, command] of GOOD.entries()) {
  test(`right: ${(command as KernelCommand).type} ${at}`, () => {
    assert.is(checkCommand(command as KernelCommand), undefined)
  })
}

for (const [at, [field, command]] of BAD.entries()) {
  const { type } = command as KernelCommand
  test(`${type}: a wrong ${field} is named, with what was expected (${at})`, () => {
    const error = checkCommand(command as KernelCommand)
    assert.is(error?.field, field)
    assert.match(error?.message ?? '', new RegExp(`^${type}: ${field} is .+, expected .+`))
  })
}

test('IP addresses are as inet_pton takes them', () => {
  for (const text of ['0.0.0.0', '192.0.2.1', '255.255.255.255']) assert.is(familyOf(text), 4, text)
  for (const text of ['::', '2001:db8::1', '::ffff:192.0.2.1']) assert.is(familyOf(text), 6, text)
  const wrong = [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1..2.3',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.0004',
    'fe80::1%eth0',
  ]
  for (const text of [...wrong, '1.2.3.4/24', ':', 7, null, undefined])
    assert.is(familyOf(text), undefined, String(text))
})

test('prefixes have a length within the family', () => {
  for (const text of ['0.0.0.0/0', '192.0.2.0/24', '192.0.2.1/32']) assert.is(isPrefix(text, 4), true, text)
  for (const text of ['::/0', '2001:db8::/128']) assert.is(isPrefix(text, 6), true, text)
  for (const text of ['192.0.2.0', '192.0.2.0/', '192.0.2.0/33', '192.0.2.0/2x', '192.0.2.0/24/1', '::/0', 4]) {
    assert.is(isPrefix(text, 4), false, String(text))
  }
  for (const text of ['::', '::/', '::/129', '192.0.2.0/24', '/64', '::/0064'])
    assert.is(isPrefix(text, 6), false, text)
})

test.run()
