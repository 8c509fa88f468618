import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Recovery } from '../../../lib/interface/recovery.js'
import type { RecoveryStep } from '../../../lib/interface/recovery-logic.js'
import { PropertyTable } from '../../../lib/properties/property-table.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'
import { RecordingLogger } from '../supervision/recording-logger.js'

/** eth0 with the internet, judged by it. */
async function world() {
  const clock = new SimulatedClock()
  const logger = new RecordingLogger()
  const properties = new PropertyTable({ clock, logger })
  const performed: RecoveryStep[] = []
  const state = { failing: false }
  const recovery = new Recovery({
    properties,
    clock,
    logger,
    recoverAfterMs: 1_000,
    steps: () => ['renew-dhcp', 'restart-link'],
    perform: async (_, step) => {
      performed.push(step)
      if (state.failing) throw new Error('no link')
    },
  })
  recovery.start()
  const connection = async (value: string): Promise<void> => {
    properties.put(['interface', 'eth0', 'connection'], value)
    await clock.advance(0)
  }
  await connection('internet')
  recovery.configured({ ifname: 'eth0', connectivity: 'internet' })
  return { clock, logger, properties, performed, state, recovery, connection }
}

test('while it is held nothing is tried; released by all holders it goes on a period later', async () => {
  const { clock, performed, recovery, connection } = await world()
  await connection('lan')
  recovery.hold()
  recovery.hold()
  await clock.advance(10_000)
  recovery.release()
  await clock.advance(10_000)
  assert.equal(performed, [])
  recovery.release()
  await clock.advance(1_000)
  assert.equal(performed, ['renew-dhcp'])
})

test('a step that fails is logged, and the next one follows', async () => {
  const { clock, performed, state, logger, connection } = await world()
  state.failing = true
  await connection('disconnected')
  await clock.advance(3_000)
  assert.equal(performed, ['renew-dhcp', 'restart-link'])
  assert.equal(logger.lines.slice(0, 2), [
    'warn eth0: the internet is missing: renew-dhcp',
    'warn eth0: renew-dhcp failed: no link',
  ])
})

test('interfaces are recovered each for itself', async () => {
  const { clock, properties, performed, recovery, connection } = await world()
  properties.put(['interface', 'eth1', 'connection'], 'internet')
  recovery.configured({ ifname: 'eth1', connectivity: 'internet' })
  await connection('lan')
  await clock.advance(1_000)
  assert.equal(performed, ['renew-dhcp'])
  assert.is(properties.get(['interface', 'eth1', 'recovery']), undefined)
})

test('a connection of the configuration before counts no more', async () => {
  const { clock, properties, performed, recovery } = await world()
  // In one turn: the connection falls with the old configuration, and the new one begins.
  properties.put(['interface', 'eth0', 'connection'], 'disconnected')
  recovery.configured({ ifname: 'eth0', connectivity: 'internet' })
  await clock.advance(10_000)
  assert.equal(performed, [])
})

test.run()
