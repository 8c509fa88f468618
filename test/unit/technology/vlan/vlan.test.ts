import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { commandsOf, normalized, planned, refused } from '../../../support/configured.js'

const vlan = (section: object, rest: object = {}) => ({ type: 'vlan', vlan: section, ...rest })

test('a VLAN is made over its parent, which must be there and is taken up', () => {
  const ipv4 = { method: 'static', address: '192.0.2.2', prefixLength: 24 }
  const plan = planned('eth0.7', vlan({ parent: 'eth0', id: 7 }, { mtu: 1_400, ipv4 }))
  assert.equal(plan.requires, ['eth0'])
  assert.equal(commandsOf(plan.up.slice(0, 3)), [
    { type: 'setLink', ifname: 'eth0', up: true },
    { type: 'addLink', ifname: 'eth0.7', parent: 'eth0', kind: 'vlan', vlan: { id: 7, protocol: '802.1Q' } },
    { type: 'setLink', ifname: 'eth0.7', mtu: 1_400 },
  ])
  assert.equal(plan.down.at(-1), { type: 'kernel', command: { type: 'deleteLink', ifname: 'eth0.7' } })
  assert.is(plan.connectivity, 'lan')
})

test('the protocol is that of 802.1Q unless it is said', () => {
  assert.equal(normalized(vlan({ parent: 'eth0', id: 1 })), {
    type: 'vlan',
    vlan: { parent: 'eth0', id: 1, protocol: '802.1Q' },
    ipv4: { method: 'dhcp' },
  })
  const [, command] = commandsOf(planned('v', vlan({ parent: 'eth0', id: 9, protocol: '802.1ad', gvrp: true })).up)
  assert.equal(command?.type === 'addLink' && command.vlan, { id: 9, protocol: '802.1ad', gvrp: true })
})

test('what is wrong is named by its field', () => {
  refused({ type: 'vlan' }, 'vlan')
  refused(vlan({ id: 7 }), 'vlan.parent')
  refused(vlan({ parent: 'eth0' }), 'vlan.id')
  refused(vlan({ parent: 'eth0', id: 0 }), 'vlan.id')
  refused(vlan({ parent: 'eth0', id: 4_095 }), 'vlan.id')
  refused(vlan({ parent: 'eth0', id: 1, protocol: 'qinq' }), 'vlan.protocol')
  refused(vlan({ parent: 'test0', id: 1 }), 'vlan.parent', /another link/)
})

test.run()
