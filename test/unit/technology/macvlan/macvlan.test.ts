import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { commandsOf, planned, refused } from '../../../support/configured.js'

const macvlan = (section: object, rest: object = {}) => ({ type: 'macvlan', macvlan: section, ...rest })

test('a macvlan is made over its parent, with a mode', () => {
  const plan = planned('mac0', macvlan({ parent: 'eth0' }, { macAddress: '02:00:00:00:00:07' }))
  assert.equal(plan.requires, ['eth0'])
  assert.equal(commandsOf(plan.up), [
    { type: 'setLink', ifname: 'eth0', up: true },
    { type: 'addLink', ifname: 'mac0', parent: 'eth0', kind: 'macvlan', macvlan: { mode: 'bridge' } },
    { type: 'setLink', ifname: 'mac0', up: false },
    { type: 'setLink', ifname: 'mac0', macAddress: '02:00:00:00:00:07' },
    { type: 'setLink', ifname: 'mac0', up: true },
  ])
})

test('what is wrong is named by its field', () => {
  refused(macvlan({}), 'macvlan.parent')
  refused(macvlan({ parent: 'eth0', mode: 'source' }), 'macvlan.mode', /'bridge' or 'private'/)
  refused(macvlan({ parent: 'test0' }), 'macvlan.parent')
})

test.run()
