import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Connection } from '../../../lib/routing/interface-routes.js'
import { interfaceTypeOf, weightOf } from '../../../lib/routing/interface-type.js'
import {
  askRouteMetric,
  defaultRouteMetric,
  type RouteMetric,
  type RouteMetricInput,
  separateMetrics,
} from '../../../lib/routing/metric.js'

function inputFor(ifname: string, connection: Connection): RouteMetricInput {
  const interfaceType = interfaceTypeOf(ifname)
  return { ifname, interfaceType, weight: weightOf(ifname), addresses: [], connection, family: 4 }
}

const metricOf = (ifname: string, connection: Connection): number | 'disabled' =>
  defaultRouteMetric(inputFor(ifname, connection))

test('H3: a disconnected interface of any type is disabled', () => {
  for (const ifname of ['eth0', 'wlan0', 'ppp0', 'lo', 'usb0']) assert.is(metricOf(ifname, 'disconnected'), 'disabled')
})

test('H4: ethernet before wifi before mobile before unknown, and any internet before any lan', () => {
  const names = ['eth0', 'wlan0', 'wwan0', 'usb0']
  assert.equal(
    names.map((ifname) => metricOf(ifname, 'internet')),
    [10, 20, 30, 40],
  )
  assert.equal(
    names.map((ifname) => metricOf(ifname, 'lan')),
    [50, 60, 70, 80],
  )
  assert.is(metricOf('usb9', 'internet'), 49)
  assert.is(metricOf('eth10', 'lan'), 50)
})

test('takes what a function of the user returns from 0 to 32,767, or disabled', () => {
  for (const metric of [0, 7, 32_767, 'disabled'] as const) {
    assert.equal(
      askRouteMetric(() => metric, inputFor('eth0', 'lan')),
      { metric },
    )
  }
})

test('uses the built-in metric with a complaint where the function throws or returns something else', () => {
  const returning = (value: unknown): RouteMetric => (() => value) as RouteMetric
  for (const value of [-1, 32_768, 1.5, Number.NaN, '10', undefined, null, {}]) {
    const answer = askRouteMetric(returning(value), inputFor('eth0', 'lan'))
    assert.is(answer.metric, 50)
    assert.match(answer.complaint ?? '', /routeMetric returned .*; expected 0 to 32767.*eth0/)
  }
  const thrower: RouteMetric = () => {
    throw new Error('no idea')
  }
  const answer = askRouteMetric(thrower, inputFor('wlan1', 'internet'))
  assert.is(answer.metric, 21)
  assert.match(answer.complaint ?? '', /routeMetric threw: no idea/)
})

test('separates equal metrics by name, the next free number each', () => {
  const metrics = separateMetrics(
    [
      { ifname: 'eth10', metric: 10 },
      { ifname: 'wlan0', metric: 20 },
      { ifname: 'eth0', metric: 10 },
      { ifname: 'eth1', metric: 11 },
    ],
    0,
  )
  assert.equal(
    [...metrics],
    [
      ['eth0', 10],
      ['eth10', 11],
      ['eth1', 12],
      ['wlan0', 20],
    ],
  )
})

test('separates the same whatever the order of arrival', () => {
  const wishes = ['d', 'a', 'c', 'b'].map((ifname) => ({ ifname, metric: 5 }))
  assert.equal([...separateMetrics(wishes, 0)], [...separateMetrics([...wishes].reverse(), 0)])
})

test('gives no 0 where the kernel has none', () => {
  const wishes = [
    { ifname: 'a', metric: 0 },
    { ifname: 'b', metric: 1 },
  ]
  assert.equal(
    [...separateMetrics(wishes, 1)],
    [
      ['a', 1],
      ['b', 2],
    ],
  )
  assert.equal(
    [...separateMetrics(wishes, 0)],
    [
      ['a', 0],
      ['b', 1],
    ],
  )
})

test.run()
