import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Failover, INITIAL_FAILOVER_STATE, reduceFailover } from '../../../lib/metrics/failover.js'
import { probeBytes } from '../../../lib/metrics/probe-bytes.js'

type Step = readonly [path: string, oldValue: unknown, newValue: unknown, newTimestamp: number]

function failovers(steps: readonly Step[], first = 'eth0'): Failover[] {
  let state = { ...INITIAL_FAILOVER_STATE, first }
  const found: Failover[] = []
  for (const [path, oldValue, newValue, newTimestamp] of steps) {
    const result = reduceFailover(state, { path: path.split('/'), oldValue, newValue, metadata: { newTimestamp } })
    state = result.state as typeof state
    if (result.failover !== undefined) found.push(result.failover)
  }
  return found
}

const BOTH = ['eth0', 'wlan0']

test('the time runs from the first sign that the one is worse to the other in its place', () => {
  const steps: Step[] = [
    ['interface/eth0/lower_up', true, false, 1_000],
    ['interface/eth0/connection', 'internet', 'disconnected', 1_001],
    ['available_interfaces', BOTH, ['wlan0'], 1_012],
  ]
  assert.equal(failovers(steps), [{ from: 'eth0', to: 'wlan0', durationMs: 12 }])
})

test('one that loses the internet but keeps its carrier is left too', () => {
  const steps: Step[] = [
    ['interface/eth0/connection', 'internet', 'lan', 500],
    ['available_interfaces', BOTH, ['wlan0', 'eth0'], 540],
  ]
  assert.equal(failovers(steps), [{ from: 'eth0', to: 'wlan0', durationMs: 40 }])
})

test('a gap in which nothing is available counts into the failover', () => {
  const steps: Step[] = [
    ['interface/eth0/connection', 'internet', 'disconnected', 100],
    ['available_interfaces', ['eth0'], [], 110],
    ['available_interfaces', [], ['wlan0'], 9_100],
  ]
  assert.equal(failovers(steps), [{ from: 'eth0', to: 'wlan0', durationMs: 9_000 }])
})

test('an interface that comes back, or is overtaken by a better one, makes no failover', () => {
  const back: Step[] = [
    ['interface/eth0/connection', 'internet', 'disconnected', 100],
    ['available_interfaces', ['eth0'], [], 110],
    ['interface/eth0/connection', 'disconnected', 'internet', 200],
    ['available_interfaces', [], ['eth0'], 210],
  ]
  assert.equal(failovers(back), [])
  assert.equal(failovers([['available_interfaces', ['wlan0'], BOTH, 5]], 'wlan0'), [])
  assert.equal(failovers([['interface/eth0/wifi/signal', 1, 2, 5]]), [])
})

test('a connection costs more bytes than a refusal, and IPv6 more than IPv4', () => {
  assert.is(probeBytes('connected', 4), 2 * 60 + 4 * 52)
  assert.is(probeBytes('refused', 4), 100)
  assert.is(probeBytes('timeout', 6), 240)
  assert.is(probeBytes('unreachable', 4), 0)
})

test.run()
