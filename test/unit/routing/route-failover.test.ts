import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAIN_TABLE, OUR_PROTOCOL } from '../../../lib/kernel/messages.js'
import { defaults, endWorlds, twoUplinks } from './world.js'

test.after.each(endWorlds)

test('disconnected: the kernel has the deletes within the call, the dead default route first, and the property is down', async () => {
  const made = await twoUplinks()
  made.batches.length = 0
  made.manager.setConnection('eth0', 'disconnected', 'carrier lost')
  // The command that moves the traffic goes alone.
  assert.equal(
    made.batches.map((batch) => batch.length),
    [1],
  )
  assert.equal(made.batches[0]?.[0], {
    type: 'deleteRoute',
    family: 4,
    routeType: 'unicast',
    destination: 'default',
    gateway: '192.0.2.1',
    metric: 10,
    table: MAIN_TABLE,
    protocol: OUR_PROTOCOL,
    scope: 0,
    ifindex: made.kernel.mirror.linkByName('eth0')?.ifindex,
  })
  assert.is(made.properties.get(['interface', 'eth0', 'connection']), 'disconnected')
  assert.is(made.properties.get(['connection']), 'internet')
  assert.equal(made.properties.get(['available_interfaces']), ['eth0', 'wlan0'])
  await made.manager.settled()
  assert.equal(
    made.batches.map((batch) => batch.length),
    [1, 4],
  )
  assert.equal(defaults(made), ['wlan0 20'])
  assert.equal(made.properties.get(['available_interfaces']), ['wlan0'])
})

test('a lost carrier takes the routes away in the same turn, before anybody has judged', async () => {
  const made = await twoUplinks()
  made.batches.length = 0
  const sentInTurn = new Promise<number>((resolve) => {
    made.kernel.subscribe(() => resolve(made.batches.length))
  })
  made.kernel.lab.setCarrier('eth0', false)
  assert.is(await sentInTurn, 1)
  assert.is(made.batches[0]?.[0]?.type, 'deleteRoute')
  await made.manager.settled()
  assert.equal(defaults(made), ['wlan0 20'])
  assert.is(made.properties.get(['interface', 'eth0', 'connection']), 'internet')
})

test('taking an interface away does not wait for the batch that is under way', async () => {
  const made = await twoUplinks()
  made.batches.length = 0
  made.manager.setConnection('wlan0', 'lan', 'test')
  made.manager.setConnection('eth0', 'disconnected', 'carrier lost')
  assert.is(made.batches.length, 2)
  await made.manager.settled()
  assert.is(made.batches.length, 3)
  const deletes = made.batches.slice(1).flat()
  assert.ok(deletes.every(({ type }) => type === 'deleteRoute' || type === 'deleteRule'))
  await made.manager.settled()
  assert.equal(defaults(made), ['wlan0 60'])
})

test('routes that are still on their way in are taken away as well', async () => {
  const made = await twoUplinks()
  made.manager.setConnection('eth0', 'disconnected', 'carrier lost')
  await made.manager.settled()
  made.batches.length = 0
  made.manager.setConnection('eth0', 'lan', 'carrier present')
  made.manager.setConnection('eth0', 'disconnected', 'carrier lost')
  await made.manager.settled()
  assert.is(made.batches.flat().findLast((command) => 'destination' in command)?.type, 'deleteRoute')
  await made.manager.settled()
  assert.equal(defaults(made), ['wlan0 20'])
})

test('away and back at once leaves the routes standing', async () => {
  const made = await twoUplinks()
  made.manager.setConnection('eth0', 'disconnected', 'carrier lost')
  made.manager.setConnection('eth0', 'lan', 'carrier present')
  await made.manager.settled()
  assert.equal(defaults(made), ['wlan0 20', 'eth0 50'])
  assert.is(made.manager.repairs, 0)
  assert.is(made.properties.get(['interface', 'eth0', 'connection']), 'lan')
})

test.run()
