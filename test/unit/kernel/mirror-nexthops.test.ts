import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { KernelChange } from '../../../lib/kernel/kernel.js'
import type { KernelEvent, Neighbour, NexthopObject, Route } from '../../../lib/kernel/messages.js'
import { Mirror } from '../../../lib/kernel/mirror.js'
import { sameRecord } from '../../../lib/kernel/same-record.js'
import { applied } from './applied.js'
import { address, link, route } from './scripted-engine.js'

const neighbour = (ifindex: number, text: string, more: Partial<Neighbour> = {}): Neighbour => ({
  ifindex,
  family: text.includes(':') ? 6 : 4,
  address: text,
  macAddress: '02:00:00:00:00:01',
  state: 'reachable',
  router: false,
  proxy: false,
  extLearned: false,
  protocol: 0,
  ...more,
})
const nexthop = (id: number, more: Partial<NexthopObject> = {}): NexthopObject => ({
  id,
  blackhole: false,
  onlink: false,
  fdb: false,
  protocol: 4,
  scope: 0,
  ...more,
})
const told = <T extends KernelEvent['type']>(type: T, record: object): KernelEvent =>
  ({ type, atMs: 5, ...record }) as unknown as KernelEvent
const begin = (what: 'all' | 'routes'): KernelEvent => ({ type: 'snapshotBegin', atMs: 8, what })
const end = (what: 'all' | 'routes'): KernelEvent => ({ type: 'snapshotEnd', atMs: 9, what })

function mirrorOf(...events: KernelEvent[]): Mirror {
  const mirror = new Mirror()
  for (const event of events) applied(mirror, event)
  return mirror
}

const types = (changes: readonly KernelChange[]): string[] => changes.map((change) => change.type)
const applyAll = (mirror: Mirror, ...events: KernelEvent[]): KernelChange[] =>
  events.flatMap((event) => [...applied(mirror, event).changes])
const usesObject: Route = route('203.0.113.0/24', { ifindex: 2, nexthopId: 7 })

test('a neighbour is told once, again when it differs, and when it goes', () => {
  const mirror = new Mirror()
  const held = neighbour(2, '192.0.2.1')
  assert.is(applied(mirror, told('neighbour', held)).changes.length, 1)
  assert.is(applied(mirror, told('neighbour', held)).changes.length, 0)
  assert.is(applied(mirror, told('neighbour', { ...held, state: 'stale' })).changes.length, 1)
  applied(mirror, told('neighbour', neighbour(3, '192.0.2.1')))
  assert.equal(mirror.neighbours(2), [{ ...held, state: 'stale' }])
  assert.is(mirror.neighbours().length, 2)
  assert.equal(types(applied(mirror, told('neighbourGone', held)).changes), ['neighbourGone'])
  assert.equal(applied(mirror, told('neighbourGone', held)).changes, [])
})

test('proxies are passed over, as in the kernel’s dumps', () => {
  const mirror = new Mirror()
  assert.equal(applied(mirror, told('neighbour', neighbour(2, '192.0.2.1', { proxy: true }))).changes, [])
  assert.equal(mirror.neighbours(), [])
})

test('a link that goes takes its neighbours along, told before it', () => {
  const mirror = mirrorOf(link(2, 'eth0'), told('neighbour', neighbour(2, '192.0.2.1')))
  const { changes } = applied(mirror, { type: 'linkGone', atMs: 6, ifindex: 2, ifname: 'eth0' })
  assert.equal(types(changes), ['neighbourGone', 'linkGone'])
})

test('a nexthop object that a route uses needs a route dump when it goes or changes, another one does not', () => {
  const held = nexthop(7, { family: 4, ifindex: 2 })
  const mirror = mirrorOf(told('nexthop', held), told('nexthop', nexthop(8)), told('route', usesObject))
  assert.is(applied(mirror, told('nexthop', held)).resync, 'none')
  assert.is(applied(mirror, told('nexthop', { ...held, gateway: '192.0.2.1' })).resync, 'routes')
  assert.is(applied(mirror, told('nexthopGone', nexthop(8))).resync, 'none')
  const { changes, resync } = applied(mirror, told('nexthopGone', held))
  assert.equal([types(changes), resync], [['nexthopGone'], 'routes'])
  assert.equal(mirror.nexthops(), [])
})

test('the members of a group are compared', () => {
  const group = (weight: number) => nexthop(9, { group: [{ id: 7, weight }] })
  const mirror = mirrorOf(told('nexthop', group(1)))
  assert.equal(applied(mirror, told('nexthop', group(1))).changes, [])
  assert.is(applied(mirror, told('nexthop', group(2))).changes.length, 1)
})

test('carrier loss needs a dump while a nexthop object stands on the link, whether a route uses it or not', () => {
  const mirror = mirrorOf(link(2, 'eth0'), link(3, 'eth1'), told('nexthop', nexthop(7, { family: 4, ifindex: 2 })))
  assert.is(applied(mirror, link(3, 'eth1', { lowerUp: false })).resync, 'none')
  assert.is(applied(mirror, link(2, 'eth0', { lowerUp: false })).resync, 'routes')
  assert.is(applied(mirror, link(2, 'eth0', { lowerUp: false })).resync, 'routes', 'again, until it has gone')
  const changes = applyAll(mirror, begin('routes'), end('routes'))
  assert.equal(types(changes), ['nexthopGone'])
  assert.is(applied(mirror, link(2, 'eth0', { lowerUp: false })).resync, 'none')
})

test('a dump of everything tells neighbours and nexthops in their places', () => {
  const all = (ifindex: number): KernelEvent[] => [
    link(ifindex, `eth${ifindex}`),
    told('address', address(ifindex, '192.0.2.1')),
    told('rule', { family: 4, priority: 1, action: 'table', table: ifindex, protocol: 183 }),
    told('neighbour', neighbour(ifindex, '192.0.2.9')),
    told('nexthop', nexthop(ifindex, { family: 4, ifindex })),
    told('route', route('default', { ifindex })),
  ]
  const mirror = mirrorOf(...all(2))
  assert.equal(applyAll(mirror, begin('all'), ...all(2), end('all')), [])
  const gone = ['routeGone', 'nexthopGone', 'ruleGone', 'neighbourGone', 'addressGone', 'linkGone']
  const come = ['link', 'address', 'neighbour', 'rule', 'nexthop', 'route']
  assert.equal(types(applyAll(mirror, begin('all'), ...all(3), end('all'))), [...gone, ...come])
  const { neighbours, nexthops } = mirror.snapshot(1)
  assert.equal([neighbours.length, nexthops.length], [1, 1])
})

test('a router advertisement is told each time, and held by nobody', () => {
  const option = told('ndOption', { ifindex: 2, lifetimeS: 600, servers: ['2001:db8::53'] })
  const mirror = new Mirror()
  assert.equal(applyAll(mirror, option, option), [option, option])
})

test('links are compared with the attributes of their kind', () => {
  const bridge = link(2, 'br0', { kind: 'bridge', bridge: { stp: false, priority: 1 } })
  const mirror = mirrorOf(bridge)
  assert.equal(applied(mirror, link(2, 'br0', { kind: 'bridge', bridge: { priority: 1, stp: false } })).changes, [])
  assert.is(applied(mirror, link(2, 'br0', { kind: 'bridge', bridge: { stp: true, priority: 1 } })).changes.length, 1)
})

test('rules are told apart by each of their selectors', () => {
  const rule = { family: 4, priority: 100, action: 'table', table: 100, protocol: 183 } as const
  const variants = [
    {},
    { invert: true },
    { tos: 16 },
    { dscp: 4 },
    { ipProtocol: 6 },
    { sourcePorts: { start: 1, end: 2 } },
    { sourcePorts: { start: 1, end: 3 } },
    { destinationPorts: { start: 1, end: 2 } },
    { uidRange: { start: 1, end: 2 } },
    { l3mdev: true },
    { suppressPrefixLength: 0 },
    { suppressIfgroup: 0 },
    { target: 200 },
  ]
  const mirror = mirrorOf(...variants.map((more) => told('rule', { ...rule, ...more })))
  assert.is(mirror.rules().length, variants.length)
})

test('routes that differ in source prefix or TOS stand side by side, and are replaced apart', () => {
  const base = route('default', { family: 6, metric: 1024, gateway: '2001:db8::1', ifindex: 2 })
  const sourced = { ...base, from: '2001:db8:1::/48' }
  const mirror = mirrorOf(told('route', base), told('route', sourced))
  assert.equal(mirror.routes(), [base, sourced])
  const { changes, resync } = applied(mirror, told('route', { ...sourced, gateway: '2001:db8::2', replaces: true }))
  assert.equal([types(changes), resync], [['routeGone', 'route'], 'none'])
  assert.equal(mirror.routes(), [base, { ...sourced, gateway: '2001:db8::2' }])
  const plain = route('default', { ifindex: 2 })
  const marked = mirrorOf(told('route', plain), told('route', { ...plain, tos: 16 }))
  applied(marked, told('routeGone', plain))
  assert.equal(marked.routes(), [{ ...plain, tos: 16 }])
})

test('a route whose attributes alone differ is another one', () => {
  const plain = route('default', { ifindex: 2 })
  for (const more of [
    { mtu: 1400 },
    { advmss: 1360 },
    { initcwnd: 10 },
    { onlink: true },
    { preference: 'low' as const },
  ]) {
    const mirror = mirrorOf(told('route', plain))
    const { changes } = applied(mirror, told('route', { ...plain, ...more, replaces: true }))
    assert.equal(types(changes), ['routeGone', 'route'])
    assert.not.ok('replaces' in (changes[1] ?? {}))
    assert.equal(mirror.routes(), [{ ...plain, ...more }])
  }
})

test('records are compared at any depth; undefined is absent', () => {
  assert.ok(sameRecord({ a: 1, b: { c: [1, { d: 2 }] } }, { b: { c: [1, { d: 2 }] }, a: 1, e: undefined }))
  assert.not.ok(sameRecord({ a: { b: 1 } }, { a: { b: 2 } }))
  assert.not.ok(sameRecord({ a: [1] }, { a: [1, 2] }))
  assert.not.ok(sameRecord({}, { a: 1 }))
  assert.not.ok(sameRecord(undefined, { a: 1 }))
})

test.run()
