import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { commandsOf, normalized, planned, refused } from '../../../support/configured.js'

const bond = (section: object, rest: object = {}) => ({ type: 'bond', bond: section, ...rest })

test('a bond is made with its mode; a part for each port, the preferred one marked', () => {
  const plan = planned('bond0', bond({ interfaces: ['eth0', 'eth1'], primary: 'eth1', primaryReselect: 'better' }))
  assert.equal(commandsOf(plan.up), [
    {
      type: 'addLink',
      ifname: 'bond0',
      kind: 'bond',
      bond: { mode: 'active-backup', miimonMs: 100, primaryReselect: 'better' },
    },
    { type: 'setLink', ifname: 'bond0', up: true },
  ])
  assert.equal(
    plan.services.map((service) => (service.type === 'part' ? service.args : service.name)),
    [null, { port: 'eth0', master: 'bond', primary: false }, { port: 'eth1', master: 'bond', primary: true }, 'udhcpc'],
  )
})

test('mode and watch of the carrier have defaults', () => {
  assert.equal(normalized(bond({ interfaces: [] })), {
    type: 'bond',
    bond: { mode: 'active-backup', interfaces: [], miimonMs: 100 },
    ipv4: { method: 'dhcp' },
  })
})

test('what is wrong is named by its field', () => {
  const wrong = (section: object, field: string, text?: RegExp): void =>
    refused(bond({ interfaces: ['eth0'], ...section }), `bond.${field}`, text)
  refused(bond({}), 'bond.interfaces')
  wrong({ mode: 'fast' }, 'mode', /'active-backup' or/)
  wrong({ primary: 'eth9' }, 'primary', /one of `interfaces`/)
  wrong({ mode: 'balance-rr', primary: 'eth0' }, 'primary', /only a bond of mode active-backup/)
  wrong({ lacpRate: 'fast' }, 'lacpRate', /802\.3ad/)
  wrong({ miimonMs: 0 }, 'miimonMs')
  wrong({ interfaces: ['test0'] }, 'interfaces.0')
  wrong({ interfaces: ['a', 'b', 'a'] }, 'interfaces.2')
})

test.run()
