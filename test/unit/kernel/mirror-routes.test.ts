import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { KernelChange } from '../../../lib/kernel/kernel.js'
import type { KernelEvent, Route } from '../../../lib/kernel/messages.js'
import { Mirror } from '../../../lib/kernel/mirror.js'
import { applied } from './applied.js'
import { link, route } from './scripted-engine.js'

const routeEvent = (record: Route, replaces?: boolean): KernelEvent =>
  replaces === undefined ? { type: 'route', atMs: 5, ...record } : { type: 'route', atMs: 5, replaces, ...record }
const routeGone = (record: Route): KernelEvent => ({ type: 'routeGone', atMs: 5, ...record })
const begin: KernelEvent = { type: 'snapshotBegin', atMs: 8, what: 'routes' }
const end: KernelEvent = { type: 'snapshotEnd', atMs: 9, what: 'routes' }

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

test('routes are listed by table and by protocol', () => {
  const mirror = mirrorOf(
    routeEvent(route('default', { ifindex: 2 })),
    routeEvent(route('default', { table: 100, ifindex: 2 })),
    routeEvent(route('192.0.2.0/24', { protocol: 2, ifindex: 2 })),
  )
  assert.is(mirror.routes().length, 3)
  assert.is(mirror.routes({ table: 100 }).length, 1)
  assert.is(mirror.routes({ table: 254, protocol: 183 }).length, 1)
  assert.equal(mirror.routes({ table: 5 }), [])
})

test('a replacing route takes the place of the one of its key: gone, then new', () => {
  const old = route('default', { gateway: '192.0.2.1', ifindex: 2, metric: 10 })
  const mirror = mirrorOf(routeEvent(old))
  const { changes, resync } = applied(mirror, routeEvent({ ...old, gateway: '192.0.2.9' }, true))
  assert.equal(types(changes), ['routeGone', 'route'])
  assert.equal(mirror.routes(), [{ ...old, gateway: '192.0.2.9' }])
  assert.is(resync, 'none')
})

test('a route that does not replace stands beside its twin', () => {
  const one = route('default', { gateway: '192.0.2.1', ifindex: 2 })
  const two = { ...one, gateway: '192.0.2.9' }
  const mirror = mirrorOf(routeEvent(one), routeEvent(two))
  assert.equal(mirror.routes(), [one, two])
  applied(mirror, routeGone(one))
  assert.equal(mirror.routes(), [two])
})

test('which of two twins was replaced only a dump can say', () => {
  const one = route('default', { gateway: '192.0.2.1', ifindex: 2 })
  const mirror = mirrorOf(routeEvent(one), routeEvent({ ...one, gateway: '192.0.2.2' }))
  const { resync } = applied(mirror, routeEvent({ ...one, gateway: '192.0.2.3' }, true))
  assert.is(resync, 'routes')
  assert.is(mirror.routes().length, 2)
})

test('a replacement that comes again after a dump changes nothing', () => {
  const now = route('default', { gateway: '192.0.2.9', ifindex: 2 })
  const mirror = mirrorOf(routeEvent(now))
  assert.equal(applied(mirror, routeEvent(now, true)), { changes: [], resync: 'none' })
})

test('IPv6: an appended hop arrives as the whole multipath route and takes the single one in', () => {
  const base = { family: 6, metric: 1024 } as const
  const single = route('2001:db8:1::/64', { ...base, gateway: '2001:db8::1', ifindex: 2 })
  const whole = route('2001:db8:1::/64', {
    ...base,
    nexthops: [
      { gateway: '2001:db8::1', ifindex: 2, weight: 1 },
      { gateway: '2001:db8::2', ifindex: 2, weight: 1 },
    ],
  })
  const mirror = mirrorOf(routeEvent(single))
  assert.equal(types(applied(mirror, routeEvent(whole)).changes), ['routeGone', 'route'])
  assert.equal(mirror.routes(), [whole])
  const { changes } = applied(mirror, routeGone(single))
  assert.equal(types(changes), ['routeGone', 'route'])
  assert.equal(mirror.routes(), [{ ...single, gateway: '2001:db8::2' }])
})

test('IPv6: whose fields a multipath route shows only a dump can say, where its hops came with others or one has gone', () => {
  const hop = (gateway: string) => ({ gateway, ifindex: 2, weight: 1 })
  const base = { family: 6, metric: 1024 } as const
  const first = route('2001:db8:1::/64', { ...base, gateway: '2001:db8::1', ifindex: 2, protocol: 4, mtu: 1300 })
  const whole = route('2001:db8:1::/64', { ...base, nexthops: [hop('2001:db8::1'), hop('2001:db8::2')] })
  const alike = { ...whole, protocol: 4, mtu: 1300 }
  assert.is(applied(mirrorOf(routeEvent(first)), routeEvent(alike)).resync, 'none')
  for (const other of [
    { ...alike, protocol: 3 },
    { ...alike, mtu: 1400 },
  ])
    assert.is(applied(mirrorOf(routeEvent(first)), routeEvent(other)).resync, 'routes')
  const mirror = mirrorOf(routeEvent({ ...alike, nexthops: [...(whole.nexthops ?? []), hop('2001:db8::3')] }))
  const second = { ...first, gateway: '2001:db8::2' }
  assert.is(applied(mirror, routeGone({ ...second, protocol: 3 })).resync, 'none', 'the first one had another protocol')
  assert.is(applied(mirror, routeGone(first)).resync, 'routes', 'it may have been the first one')
})

test('IPv6: a replacement takes the route of its own kind, with a gateway or without', () => {
  const onLink = route('2001:db8:1::/64', { family: 6, metric: 1024, ifindex: 2 })
  const via = { ...onLink, gateway: '2001:db8::1' }
  const mirror = mirrorOf(routeEvent(onLink), routeEvent(via))
  applied(mirror, routeEvent({ ...via, gateway: '2001:db8::9' }, true))
  assert.equal(mirror.routes(), [onLink, { ...via, gateway: '2001:db8::9' }])
})

test('the hops of a multipath route are a set', () => {
  const nexthops = [
    { gateway: '2001:db8::1', ifindex: 2, weight: 1 },
    { gateway: '2001:db8::2', ifindex: 2, weight: 1 },
  ]
  const held = route('default', { family: 6, nexthops })
  const mirror = mirrorOf(routeEvent(held))
  assert.equal(applied(mirror, routeEvent({ ...held, nexthops: [...nexthops].reverse() })).changes, [])
})

/** Puts, dumps, replaces and removes so many routes; microseconds of processor time, which other programs do not add to. */
function costOf(count: number): number {
  const startedUs = process.cpuUsage().user
  const routes = Array.from({ length: count }, (_, n) =>
    route(`10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}/32`, { ifindex: 2, gateway: '192.0.2.1' }),
  )
  const mirror = mirrorOf(link(2, 'eth0'), ...routes.map((record) => routeEvent(record)))
  assert.is(mirror.routes().length, count)
  assert.equal(applyAll(mirror, [begin, ...routes.map((record) => routeEvent(record)), end]), [])
  for (const record of routes) applied(mirror, routeEvent({ ...record, gateway: '192.0.2.2' }, true))
  for (const record of routes) applied(mirror, routeGone({ ...record, gateway: '192.0.2.2' }))
  assert.equal(mirror.routes(), [])
  return process.cpuUsage().user - startedUs
}

test('IPv6: the MTU of a route may change with that of its link, which only a dump can say', () => {
  const single = route('2001:db8:8::/48', { family: 6, ifindex: 2, mtu: 1_300 })
  const hops = [
    { ifindex: 2, weight: 1 },
    { ifindex: 3, weight: 1 },
  ]
  const { ifindex: _, ...without } = route('2001:db8:7::/48', { family: 6, mtu: 1_300 })
  const asks = (record: Route, ...of: KernelEvent[]): string[] => {
    const mirror = mirrorOf(link(2, 'eth0'), link(3, 'eth1'), link(4, 'eth2'), routeEvent(record), ...of)
    return [2, 3, 4].map((n) => applied(mirror, { ...link(n, `eth${n - 2}`), mtu: 1_280 }).resync)
  }
  assert.equal(asks(single), ['routes', 'none', 'none'])
  assert.equal(asks({ ...without, nexthops: hops }), ['routes', 'routes', 'none'])
  assert.equal(asks({ ...without, nexthopId: 7 }), ['routes', 'routes', 'routes'])
  assert.equal(asks({ ...single, mtu: undefined } as unknown as Route), ['none', 'none', 'none'])
  assert.equal(asks(route('198.51.100.0/24', { ifindex: 2, mtu: 1_300 })), ['none', 'none', 'none'])
  assert.equal(asks(single, routeGone(single)), ['none', 'none', 'none'])
})

test('each route costs the same, however many there are', () => {
  costOf(5_000) // compiled by now
  // Eight times as many: 64 times the cost where each looked at all others.
  assert.ok(costOf(40_000) < 32 * costOf(5_000))
})

test.run()
