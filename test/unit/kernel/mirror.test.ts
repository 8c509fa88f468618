import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { KernelChange } from '../../../lib/kernel/kernel.js'
import type { Address, KernelEvent, Route } from '../../../lib/kernel/messages.js'
import { Mirror } from '../../../lib/kernel/mirror.js'
import { applied } from './applied.js'
import { address, link, route } from './scripted-engine.js'

const at = (type: 'address' | 'addressGone', record: Address): KernelEvent => ({ type, atMs: 5, ...record })
const routeEvent = (record: Route, replaces?: boolean): KernelEvent =>
  replaces === undefined ? { type: 'route', atMs: 5, ...record } : { type: 'route', atMs: 5, replaces, ...record }
const routeGone = (record: Route): KernelEvent => ({ type: 'routeGone', atMs: 5, ...record })
const begin = (what: 'all' | 'routes' = 'all'): KernelEvent => ({ type: 'snapshotBegin', atMs: 8, what })
const end = (what: 'all' | 'routes' = 'all'): KernelEvent => ({ type: 'snapshotEnd', atMs: 9, what })

/** A mirror after these events, as live ones. */
function mirrorOf(...events: KernelEvent[]): Mirror {
  const mirror = new Mirror()
  for (const event of events) applied(mirror, event)
  return mirror
}

const types = (changes: readonly KernelChange[]): string[] => changes.map((change) => change.type)
function applyAll(mirror: Mirror, events: readonly KernelEvent[]): KernelChange[] {
  return events.flatMap((event) => [...applied(mirror, event).changes])
}

test('a new link is a change, an equal one is none, a different one carries the previous', () => {
  const mirror = new Mirror()
  assert.equal(applied(mirror, link(2, 'eth0')).changes, [link(2, 'eth0')])
  assert.equal(applied(mirror, { ...link(2, 'eth0'), atMs: 77 }).changes, [])
  const [change] = applied(mirror, link(2, 'eth0', { lowerUp: false, operstate: 'down' })).changes
  assert.is(change?.type, 'link')
  if (change?.type === 'link') assert.is(change.previous?.lowerUp, true)
})

test('a link is found by index and by name, under its new name alone after a rename', () => {
  const mirror = mirrorOf(link(2, 'eth0'), link(2, 'wan0'))
  assert.is(mirror.linkByName('eth0'), undefined)
  assert.is(mirror.linkByName('wan0')?.ifindex, 2)
  assert.is(mirror.link(2)?.ifname, 'wan0')
})

test('two links may swap their names', () => {
  const mirror = mirrorOf(link(2, 'a'), link(3, 'b'), link(2, 'c'), link(3, 'a'), link(2, 'b'))
  assert.is(mirror.linkByName('a')?.ifindex, 3)
  assert.is(mirror.linkByName('b')?.ifindex, 2)
})

test('a link that goes takes its addresses along, told before it', () => {
  const mirror = mirrorOf(link(2, 'eth0'), at('address', address(2, '192.0.2.1')))
  const { changes } = applied(mirror, { type: 'linkGone', atMs: 6, ifindex: 2, ifname: 'eth0' })
  assert.equal(types(changes), ['addressGone', 'linkGone'])
  assert.equal(mirror.addresses(), [])
  assert.equal(mirror.links(), [])
})

test('the going of what is not held is no change', () => {
  const mirror = new Mirror()
  assert.equal(applied(mirror, { type: 'linkGone', atMs: 6, ifindex: 2, ifname: 'eth0' }), {
    changes: [],
    resync: 'none',
  })
  assert.equal(applied(mirror, at('addressGone', address(2, '192.0.2.1'))), { changes: [], resync: 'none' })
  assert.equal(applied(mirror, routeGone(route('default'))), { changes: [], resync: 'none' })
})

test('an address is told once, again when it differs, and by link', () => {
  const mirror = new Mirror()
  const held = address(2, '192.0.2.1')
  assert.is(applied(mirror, at('address', held)).changes.length, 1)
  assert.is(applied(mirror, at('address', held)).changes.length, 0)
  assert.is(applied(mirror, at('address', { ...held, label: 'x' })).changes.length, 1)
  applied(mirror, at('address', address(3, '2001:db8::1')))
  assert.is(mirror.addresses(2).length, 1)
  assert.is(mirror.addresses().length, 2)
})

test('who writes into a change writes into nothing of the mirror', () => {
  const mirror = new Mirror()
  const told = [link(2, 'eth0'), at('address', address(2, '192.0.2.1')), routeEvent(route('default', { ifindex: 2 }))]
  const changes = applyAll(mirror, told)
  const before = structuredClone(mirror.snapshot(0))
  for (const change of changes) for (const key of Object.keys(change)) Object.assign(change, { [key]: 'written' })
  assert.equal(mirror.snapshot(0), before)
  assert.equal(types(changes), ['written', 'written', 'written'])
})

test('addresses that differ in their peer alone are two', () => {
  const held = address(2, '192.0.2.1', { prefixLength: 32, peer: '192.0.2.2' })
  const mirror = mirrorOf(at('address', held), at('address', { ...held, peer: '192.0.2.3' }))
  assert.is(mirror.addresses(2).length, 2)
})

test('an IPv6 address is one, whatever its peer, which is changed in place', () => {
  const held = address(2, '2001:db8::1', { prefixLength: 128, peer: '2001:db8::2' })
  const mirror = mirrorOf(at('address', held))
  const { changes } = applied(mirror, at('address', { ...held, peer: '2001:db8::3' }))
  assert.equal(types(changes), ['address'])
  assert.equal(mirror.addresses(2), [{ ...held, peer: '2001:db8::3' }])
  applied(mirror, at('address', { ...address(3, '2001:db8::1'), prefixLength: 128 }))
  assert.is(mirror.addresses().length, 2, 'another link has its own')
  assert.equal(types(applied(mirror, at('addressGone', { ...held, peer: '2001:db8::3' })).changes), ['addressGone'])
  assert.equal(mirror.addresses(2), [])
})

test('a link that goes down with IPv4 routes on it needs a route dump, one without does not', () => {
  const mirror = mirrorOf(link(2, 'eth0'), link(3, 'eth1'), routeEvent(route('default', { ifindex: 2 })))
  assert.is(applied(mirror, link(3, 'eth1', { up: false })).resync, 'none')
  assert.is(applied(mirror, link(2, 'eth0', { up: false })).resync, 'routes')
})

test('stale IPv4 routes over a link that is down are found again when the event is repeated after a dump', () => {
  const mirror = mirrorOf(link(2, 'eth0', { up: false }), routeEvent(route('default', { ifindex: 2 })))
  assert.equal(applied(mirror, link(2, 'eth0', { up: false })), { changes: [], resync: 'routes' })
})

test('local routes outlive their link and need no dump', () => {
  const local = route('192.0.2.1/32', { ifindex: 2, routeType: 'local', table: 255 })
  const mirror = mirrorOf(link(2, 'eth0'), routeEvent(local))
  assert.is(applied(mirror, link(2, 'eth0', { up: false })).resync, 'none')
})

test('IPv6 routes of a link that goes down need a dump where the kernel does not tell of them', () => {
  const mirror = mirrorOf(link(2, 'eth0'), routeEvent(route('2001:db8::/64', { family: 6, ifindex: 2 })))
  assert.is(applied(mirror, link(2, 'eth0', { lowerUp: false })).resync, 'none')
  assert.is(applied(mirror, link(2, 'eth0', { up: false })).resync, 'ipv6Routes')
  assert.is(applied(mirror, link(3, 'eth1', { up: false })).resync, 'none')
  applied(mirror, routeGone(route('2001:db8::/64', { family: 6, ifindex: 2 })))
  assert.is(applied(mirror, link(2, 'eth0', { up: false })).resync, 'none')
})

test('IPv6 routes of a link that has gone away should have been told of: what is left is stale', () => {
  const mirror = mirrorOf(link(2, 'eth0'), routeEvent(route('2001:db8::/64', { family: 6, ifindex: 2 })))
  assert.is(applied(mirror, { type: 'linkGone', atMs: 6, ifindex: 2, ifname: 'eth0' }).resync, 'routes')
})

test('IPv6 routes behind the last IPv6 address of a link may go with it, as IPv6 does', () => {
  const mirror = mirrorOf(
    at('address', address(2, '2001:db8::1')),
    at('address', address(2, 'fe80::1')),
    at('address', address(2, '192.0.2.1')),
    routeEvent(route('2001:db8::/64', { family: 6, ifindex: 2 })),
  )
  assert.is(applied(mirror, at('addressGone', address(2, '2001:db8::1'))).resync, 'none')
  assert.is(applied(mirror, at('addressGone', address(2, 'fe80::1'))).resync, 'ipv6Routes')
  assert.is(applied(mirror, at('addressGone', address(2, '192.0.2.1'))).resync, 'none')
})

test('a multipath route over a link that goes down needs a dump', () => {
  const nexthops = [
    { gateway: '192.0.2.1', ifindex: 2, weight: 1 },
    { gateway: '198.51.100.1', ifindex: 3, weight: 1 },
  ]
  const mirror = mirrorOf(link(2, 'eth0'), routeEvent(route('default', { nexthops })))
  assert.is(applied(mirror, link(2, 'eth0', { up: false })).resync, 'routes')
})

test('carrier loss needs a route dump only while a route uses a nexthop object', () => {
  const mirror = mirrorOf(link(2, 'eth0'), routeEvent(route('default', { ifindex: 2 })))
  assert.is(applied(mirror, link(2, 'eth0', { lowerUp: false })).resync, 'none')
  applied(mirror, link(2, 'eth0'))
  applied(mirror, routeEvent(route('203.0.113.0/24', { ifindex: 2, nexthopId: 7 })))
  assert.is(applied(mirror, link(2, 'eth0', { lowerUp: false })).resync, 'routes')
})

test('a link that goes away with IPv4 routes on it needs a route dump', () => {
  const mirror = mirrorOf(link(2, 'eth0'), routeEvent(route('default', { ifindex: 2 })))
  assert.is(applied(mirror, { type: 'linkGone', atMs: 6, ifindex: 2, ifname: 'eth0' }).resync, 'routes')
})

test('the last IPv4 address of a link needs a route dump when it goes, the one before it does not', () => {
  const mirror = mirrorOf(
    at('address', address(2, '192.0.2.1')),
    at('address', address(2, '198.51.100.1')),
    at('address', address(2, '2001:db8::1')),
    routeEvent(route('default', { ifindex: 2 })),
  )
  assert.is(applied(mirror, at('addressGone', address(2, '192.0.2.1'))).resync, 'none')
  assert.is(applied(mirror, at('addressGone', address(2, '198.51.100.1'))).resync, 'routes')
})

test('an address that a route prefers as its source needs a route dump when it goes', () => {
  const mirror = mirrorOf(
    at('address', address(2, '192.0.2.1')),
    at('address', address(2, '192.0.2.2')),
    routeEvent(route('203.0.113.0/24', { ifindex: 2, source: '192.0.2.2' })),
  )
  assert.is(applied(mirror, at('addressGone', address(2, '192.0.2.2'))).resync, 'routes')
})

test('routes to secondary addresses, which prefer the primary, go with it without a word', () => {
  const local = { ifindex: 2, routeType: 'local', table: 255, protocol: 2, scope: 254, source: '192.0.2.1' } as const
  const primary = at('address', address(2, '192.0.2.1'))
  const alone = mirrorOf(link(2, 'eth0'), primary, routeEvent(route('192.0.2.1/32', local)))
  assert.is(applied(alone, at('addressGone', address(2, '192.0.2.1'))).resync, 'none')
  const mirror = mirrorOf(link(2, 'eth0'), primary, routeEvent(route('192.0.2.2/32', local)))
  assert.is(applied(mirror, at('addressGone', address(2, '192.0.2.1'))).resync, 'routes')
})

test('an IPv6 route that prefers a deleted address as its source needs a route dump', () => {
  const mirror = mirrorOf(
    at('address', address(2, '2001:db8::3')),
    routeEvent(route('default', { family: 6, ifindex: 2, source: '2001:db8::3' })),
  )
  assert.is(applied(mirror, at('addressGone', address(2, '2001:db8::3'))).resync, 'routes')
})

test('the end of a veth pair that was announced before it had a peer learns of it from the other end', () => {
  const mirror = mirrorOf(link(20, 'v1', { kind: 'veth' }))
  const { changes } = applied(mirror, link(10, 'v0', { kind: 'veth', parent: 20 }))
  assert.equal(types(changes), ['link', 'link'])
  assert.is(mirror.link(20)?.parent, 10)
})

test('rules of one priority are told apart by all of their fields', () => {
  const rule = { family: 4, priority: 100, from: '192.0.2.1/32', action: 'table', table: 100, protocol: 183 } as const
  const other = { ...rule, from: '192.0.2.2/32' }
  const mirror = mirrorOf({ type: 'rule', atMs: 1, ...rule }, { type: 'rule', atMs: 1, ...other })
  assert.is(mirror.rules().length, 2)
  assert.equal(applied(mirror, { type: 'rule', atMs: 2, ...rule }).changes, [])
  assert.equal(types(applied(mirror, { type: 'ruleGone', atMs: 2, ...rule }).changes), ['ruleGone'])
  assert.equal(mirror.rules({ protocol: 183 }), [other])
  assert.equal(mirror.rules({ protocol: 2 }), [])
})

test('nothing is told during a dump; at its end only the differences are', () => {
  const mirror = mirrorOf(link(2, 'eth0'), link(3, 'eth1'))
  assert.equal(applyAll(mirror, [begin(), link(2, 'eth0'), link(4, 'eth2')]), [])
  assert.is(mirror.links().length, 2)
  const { changes } = applied(mirror, end())
  assert.equal(types(changes), ['linkGone', 'link'])
  assert.is(changes[0]?.atMs, 9)
  assert.equal(
    mirror.links().map(({ ifname }) => ifname),
    ['eth0', 'eth2'],
  )
})

test('differences: what has gone stands first, from routes to links, then what is new, from links to routes', () => {
  const rule = { family: 4, priority: 1, action: 'table', table: 1, protocol: 183 } as const
  const everything = (ifindex: number): KernelEvent[] => [
    link(ifindex, `eth${ifindex}`),
    at('address', address(ifindex, '192.0.2.1')),
    { type: 'rule', atMs: 1, ...rule, table: ifindex },
    routeEvent(route('default', { ifindex })),
  ]
  const mirror = mirrorOf(...everything(2))
  const changes = applyAll(mirror, [begin(), ...everything(3), end()])
  assert.equal(types(changes), ['routeGone', 'ruleGone', 'addressGone', 'linkGone', 'link', 'address', 'rule', 'route'])
})

test('an equal dump tells nothing', () => {
  const events = [link(2, 'eth0'), at('address', address(2, '192.0.2.1')), routeEvent(route('default', { ifindex: 2 }))]
  assert.equal(applyAll(mirrorOf(...events), [begin(), ...events, end()]), [])
})

test('a dump of routes leaves the rest alone, and other events are told while it runs', () => {
  const mirror = mirrorOf(link(2, 'eth0'), routeEvent(route('default', { ifindex: 2 })))
  assert.equal(types(applyAll(mirror, [begin('routes'), link(3, 'eth1')])), ['link'])
  assert.equal(types(applyAll(mirror, [end('routes')])), ['routeGone'])
  assert.is(mirror.links().length, 2)
})

test('a dump that begins anew forgets what it had read', () => {
  const mirror = mirrorOf(begin(), link(2, 'eth0'), begin(), link(3, 'eth1'), end())
  assert.equal(
    mirror.links().map(({ ifindex }) => ifindex),
    [3],
  )
})

test('an overrun is told at once', () => {
  assert.equal(applied(new Mirror(), { type: 'overrun', atMs: 4 }).changes, [{ type: 'overrun', atMs: 4 }])
})

test.run()
