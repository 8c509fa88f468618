/** Stores and secrets that others bring, and that never answer. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { LimitedStore } from '../../../lib/persistence/limited-store.js'
import { SecretSource } from '../../../lib/persistence/secret.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'
import { FakeWorld } from '../../support/fake-instance.js'

const never = () => new Promise<never>(() => undefined)
const HANGING = { list: never, load: never, save: never, clear: never }

async function rejection(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
}

test('each call of a store that never settles ends after 30 s, and names itself', async () => {
  const clock = new SimulatedClock()
  const store = new LimitedStore(HANGING, clock)
  const calls = {
    list: store.list(),
    load: store.load('eth0'),
    save: store.save('eth0', {}),
    clear: store.clear('eth0'),
  }
  const ends = Object.entries(calls).map(async ([name, call]) => {
    const thrown = await rejection(call)
    assert.ok(isNetworkError(thrown, 'ERR_TIMEOUT'), name)
    assert.match((thrown as Error).message, new RegExp(`store's ${name} .*30000 ms`))
  })
  await clock.advance(30_000)
  await Promise.all(ends)
})

test('a store that answers, or throws at once, is passed through, and no timer is left', async () => {
  const clock = new SimulatedClock()
  const throwing = () => {
    throw new Error('no disk')
  }
  const store = new LimitedStore({ ...HANGING, list: () => ['eth0'], load: throwing }, clock)
  assert.equal(await store.list(), ['eth0'])
  assert.match(((await rejection(store.load('eth0'))) as Error).message, 'no disk')
  assert.is(clock.pendingTimers, 0)
})

test('a secret that is never told is an error after 30 s', async () => {
  const clock = new SimulatedClock()
  const asked = rejection(new SecretSource(never, clock).ask())
  await clock.advance(30_000)
  const thrown = await asked
  assert.ok(isNetworkError(thrown, 'ERR_PERSISTENCE'))
  assert.match(String((thrown as { cause?: unknown }).cause), /30000 ms/)
})

test('an instance whose store hangs starts, configures and stops; what is not saved is told', async () => {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'eth0' })
  const net = await world.during(world.start({ persistence: HANGING }))
  const path = ['interface', 'eth0', 'persistence']
  await world.during(net.configure('eth0', { type: 'ethernet', ipv4: { method: 'disabled' } }))
  assert.is(net.get(path), 'failed: ERR_TIMEOUT')
  await world.during(net.stop())
})

test.run()
