import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { commandsOf, planned, refused } from '../../../support/configured.js'

test('both ends of a veth are made and taken up', () => {
  const plan = planned('ve0', { type: 'veth', veth: { peer: 've1' }, ipv4: { method: 'disabled' } })
  assert.equal(commandsOf(plan.up), [
    { type: 'addLink', ifname: 've0', kind: 'veth', peer: { ifname: 've1' } },
    { type: 'setLink', ifname: 've1', up: true },
    { type: 'setLink', ifname: 've0', up: true },
  ])
  assert.equal(commandsOf(plan.down), [
    { type: 'setLink', ifname: 've0', up: false },
    { type: 'deleteLink', ifname: 've0' },
  ])
})

test('what is wrong is named by its field', () => {
  refused({ type: 'veth' }, 'veth')
  refused({ type: 'veth', veth: {} }, 'veth.peer')
  refused({ type: 'veth', veth: { peer: 'test0' } }, 'veth.peer', /another name/)
})

test.run()
