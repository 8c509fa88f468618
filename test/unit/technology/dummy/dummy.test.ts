import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { commandsOf, normalized, planned, refused } from '../../../support/configured.js'

test('a dummy is made, and asks nobody for an address', () => {
  assert.equal(normalized({ type: 'dummy' }), { type: 'dummy', ipv4: { method: 'disabled' } })
  const plan = planned('d0', { type: 'dummy' })
  assert.equal(commandsOf(plan.up), [
    { type: 'addLink', ifname: 'd0', kind: 'dummy' },
    { type: 'setLink', ifname: 'd0', up: true },
  ])
  assert.equal([plan.services, plan.requires, plan.connectivity], [[], [], 'none'])
})

test('it has no section of its own', () => refused({ type: 'dummy', dummy: {} }, 'dummy'))

test.run()
