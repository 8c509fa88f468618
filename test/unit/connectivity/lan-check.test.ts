import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LanCheck } from '../../../lib/connectivity/lan-check.js'

function makeCheck(): { check: LanCheck; reports: string[] } {
  const reports: string[] = []
  const check = new LanCheck({ report: (connection, reason) => reports.push(`${connection}: ${reason}`) })
  return { check, reports }
}

test('K13: without carrier it reports disconnected within the call', () => {
  const { check, reports } = makeCheck()
  check.link(false)
  assert.equal(reports, ['disconnected: carrier lost'])
})

test('K16: with carrier it reports lan, and never internet', () => {
  const { check, reports } = makeCheck()
  check.link(true)
  check.link(false)
  check.link(true)
  check.link(undefined)
  assert.equal(reports, [
    'lan: carrier present',
    'disconnected: carrier lost',
    'lan: carrier present',
    'disconnected: link gone',
  ])
})

test('the same carrier again is not reported', () => {
  const { check, reports } = makeCheck()
  check.link(true)
  check.link(true)
  check.addressesChanged()
  check.link(false)
  check.link(undefined)
  assert.is(reports.length, 2)
})

test('nothing is reported after stop', () => {
  const { check, reports } = makeCheck()
  check.stop()
  check.link(true)
  assert.equal(reports, [])
})

test.run()
