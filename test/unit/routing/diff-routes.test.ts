import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Route, Rule } from '../../../lib/kernel/messages.js'
import { type DesiredRoutes, desiredRoutes, NOTHING_DESIRED } from '../../../lib/routing/desired-routes.js'
import { type ActualRoutes, diffRoutes, type RoutingStep } from '../../../lib/routing/diff-routes.js'
import { prepareRoutes } from '../../../lib/routing/interface-routes.js'

interface Uplink {
  readonly ifname: string
  readonly ifindex: number
  readonly slot: number
  readonly net: string
  readonly metric: number | 'disabled'
  readonly gatewayHost?: number
}

const eth0: Uplink = { ifname: 'eth0', ifindex: 2, slot: 0, net: '192.0.2', metric: 10 }
const wlan0: Uplink = { ifname: 'wlan0', ifindex: 3, slot: 1, net: '198.51.100', metric: 20 }

function wanted(...uplinks: Uplink[]): DesiredRoutes {
  return desiredRoutes(
    uplinks.map(({ ifname, ifindex, slot, net, metric, gatewayHost = 1 }) => ({
      ifname,
      ifindex,
      slot,
      metrics: { 4: metric, 6: 'disabled' },
      ...prepareRoutes(ifname, {
        addresses: [{ address: `${net}.50`, prefixLength: 24 }],
        gateway: `${net}.${gatewayHost}`,
      }),
    })),
  )
}

/** What the kernel would hold after all adds. */
function held(desired: DesiredRoutes): { routes: Route[]; rules: Rule[] } {
  return {
    routes: desired.routes.map(
      ({ type: _, kind: _kind, ifname: _ifname, onlink: _onlink, gateway, source, ...route }) => ({
        ...route,
        routeType: 'unicast',
        protocol: 183,
        ...(gateway === undefined ? {} : { gateway }),
        ...(source === undefined ? {} : { source }),
      }),
    ),
    rules: desired.rules.map(({ type: _, ifname: _ifname, ...rule }) => ({ ...rule, action: 'table', protocol: 183 })),
  }
}

function line({ command }: RoutingStep): string {
  if (!('destination' in command)) return `${command.type} ${command.from} ${command.table}`
  return `${command.type} ${command.destination} dev ${command.ifindex} metric ${command.metric} table ${command.table}`
}

const diffLines = (desired: DesiredRoutes, actual: ActualRoutes): string[] => diffRoutes(desired, actual).map(line)

test('nothing to do where the kernel holds what is wanted', () => {
  const desired = wanted(eth0, wlan0)
  assert.equal(diffRoutes(desired, held(desired)), [])
})

test('a first interface: its rule, its subnet, its default route, all marked as ours', () => {
  const steps = diffRoutes(wanted(eth0), { routes: [], rules: [] })
  assert.equal(steps.map(line), [
    'addRule 192.0.2.50/32 100',
    'addRoute 192.0.2.0/24 dev 2 metric 0 table 100',
    'addRoute 192.0.2.0/24 dev 2 metric 10 table 254',
    'addRoute default dev 2 metric 0 table 100',
    'addRoute default dev 2 metric 10 table 254',
  ])
  assert.ok(steps.every(({ command }) => command.protocol === 183))
})

test('a dead uplink loses its default route in main first, then the rest of main, its rules, its table', () => {
  const steps = diffRoutes(wanted({ ...eth0, metric: 'disabled' }, wlan0), held(wanted(eth0, wlan0)))
  assert.equal(steps.map(line), [
    'deleteRoute default dev 2 metric 10 table 254',
    'deleteRoute 192.0.2.0/24 dev 2 metric 10 table 254',
    'deleteRule 192.0.2.50/32 100',
    'deleteRoute 192.0.2.0/24 dev 2 metric 0 table 100',
    'deleteRoute default dev 2 metric 0 table 100',
  ])
})

test('of several dead uplinks the one that carried the traffic goes first', () => {
  const lines = diffLines(NOTHING_DESIRED, held(wanted({ ...eth0, metric: 30 }, wlan0)))
  assert.equal(lines.slice(0, 2), [
    'deleteRoute default dev 3 metric 20 table 254',
    'deleteRoute default dev 2 metric 30 table 254',
  ])
})

test('the deletes of the dead precede the adds of the living, those of the living follow', () => {
  const lines = diffLines(wanted({ ...eth0, metric: 'disabled' }, { ...wlan0, metric: 21 }), held(wanted(eth0, wlan0)))
  assert.is(lines[0], 'deleteRoute default dev 2 metric 10 table 254')
  assert.equal(lines.slice(5), [
    'addRoute 198.51.100.0/24 dev 3 metric 21 table 254',
    'addRoute default dev 3 metric 21 table 254',
    'deleteRoute default dev 3 metric 20 table 254',
    'deleteRoute 198.51.100.0/24 dev 3 metric 20 table 254',
  ])
})

test('another gateway replaces the default routes in place', () => {
  const lines = diffLines(wanted({ ...eth0, gatewayHost: 2 }), held(wanted(eth0)))
  assert.equal(lines, [
    'replaceRoute default dev 2 metric 0 table 100',
    'replaceRoute default dev 2 metric 10 table 254',
  ])
})

test('two living uplinks that swap metrics are replaced in place, without a hole', () => {
  const lines = diffLines(wanted({ ...eth0, metric: 20 }, { ...wlan0, metric: 10 }), held(wanted(eth0, wlan0)))
  assert.equal(lines, [
    'addRoute 192.0.2.0/24 dev 2 metric 20 table 254',
    'addRoute 198.51.100.0/24 dev 3 metric 10 table 254',
    'replaceRoute default dev 2 metric 20 table 254',
    'replaceRoute default dev 3 metric 10 table 254',
    'deleteRoute 192.0.2.0/24 dev 2 metric 10 table 254',
    'deleteRoute 198.51.100.0/24 dev 3 metric 20 table 254',
  ])
})

test('the place of a dead uplink is taken by deleting, then adding: a refused replacement would leave the dead route', () => {
  const lines = diffLines(wanted({ ...eth0, metric: 'disabled' }, { ...wlan0, metric: 10 }), held(wanted(eth0, wlan0)))
  assert.is(lines[0], 'deleteRoute default dev 2 metric 10 table 254')
  assert.ok(lines.includes('addRoute default dev 3 metric 10 table 254'))
  assert.not(lines.some((text) => text.startsWith('replaceRoute')))
})

test('deletes name every field of the object', () => {
  const steps = diffRoutes(NOTHING_DESIRED, held(wanted(eth0)))
  assert.equal(steps[0]?.command, {
    type: 'deleteRoute',
    family: 4,
    routeType: 'unicast',
    destination: 'default',
    gateway: '192.0.2.1',
    metric: 10,
    table: 254,
    protocol: 183,
    scope: 0,
    ifindex: 2,
  })
  assert.equal(steps[2]?.command, {
    type: 'deleteRule',
    family: 4,
    priority: 10_000,
    from: '192.0.2.50/32',
    action: 'table',
    table: 100,
    protocol: 183,
  })
})

test('a new address of an interface: its rule is added before the old one goes', () => {
  const lines = diffLines(wanted({ ...eth0, net: '203.0.113' }), held(wanted(eth0)))
  assert.is(lines[0], 'addRule 203.0.113.50/32 100')
  assert.is(lines.at(-1), 'deleteRule 192.0.2.50/32 100')
})

test('families die separately: without its IPv4 an interface keeps its IPv6 untouched', () => {
  const addresses = [
    { address: '192.0.2.50', prefixLength: 24 },
    { address: '2001:db8::50', prefixLength: 64 },
  ]
  const both = { ...prepareRoutes('eth0', { addresses, gateway: '192.0.2.1' }), ifname: 'eth0', ifindex: 2, slot: 0 }
  const before = desiredRoutes([{ ...both, metrics: { 4: 10, 6: 10 } }])
  const steps = diffRoutes(desiredRoutes([{ ...both, metrics: { 4: 'disabled', 6: 10 } }]), held(before))
  assert.is(steps.map(line)[0], 'deleteRoute default dev 2 metric 10 table 254')
  assert.ok(steps.every(({ command }) => command.family === 4))
})

test('a rule of ours with a further condition is not the wanted one', () => {
  const desired = wanted(eth0)
  const actual = held(desired)
  const lines = diffLines(desired, { ...actual, rules: actual.rules.map((rule) => ({ ...rule, iif: 'eth9' })) })
  assert.equal(lines, ['addRule 192.0.2.50/32 100', 'deleteRule 192.0.2.50/32 100'])
})

test.run()
