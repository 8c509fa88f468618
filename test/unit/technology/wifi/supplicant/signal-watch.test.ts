import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SignalInfo } from '../../../../../lib/technology/wifi/supplicant/signal.js'
import type { ScriptedSupplicant } from '../../../../../lib/testing/scripted-supplicant.js'
import { recordedAnswer } from '../../../../support/supplicant-recording.js'
import { SupplicantScene } from '../../../../support/supplicant-scene.js'

const test = suite('signal watch')

const CONNECTED = 'CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:a0:01 completed [id=0 id_str=]'

const polls = ({ commands }: ScriptedSupplicant): number =>
  commands.filter((command) => command === 'SIGNAL_POLL').length

async function connected(args = {}): Promise<{ scene: SupplicantScene; supplicant: ScriptedSupplicant }> {
  const scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  supplicant.networks([recordedAnswer('open', 'BSS 0')])
  supplicant.answer('SIGNAL_POLL', recordedAnswer('open', 'SIGNAL_POLL'))
  await scene.start(args)
  supplicant.event(CONNECTED)
  await scene.clock.advance(0)
  return { scene, supplicant }
}

test('nobody looks: nothing is asked and nothing stands there', async () => {
  const { scene, supplicant } = await connected()
  await scene.clock.advance(60_000)
  assert.is(polls(supplicant), 0)
  assert.not(scene.properties.has('wifi/signal'))
  await scene[Symbol.asyncDispose]()
})

test('somebody looks: at once and every 5 s, until nobody does', async () => {
  const { scene, supplicant } = await connected()
  scene.watch(true)
  await scene.clock.advance(0)
  assert.is((scene.properties.get('wifi/signal') as SignalInfo).signalDbm, -30)
  await scene.clock.advance(15_000)
  assert.is(polls(supplicant), 4)
  scene.watch(false)
  await scene.clock.advance(60_000)
  assert.is(polls(supplicant), 4)
  assert.not(scene.properties.has('wifi/signal'))
  await scene[Symbol.asyncDispose]()
})

test('without a connection there is no signal, and with the next one there is', async () => {
  const { scene, supplicant } = await connected()
  scene.watch(true)
  supplicant.event('CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:a0:01 reason=3')
  await scene.clock.advance(0)
  assert.not(scene.properties.has('wifi/signal'))
  const before = polls(supplicant)
  await scene.clock.advance(30_000)
  assert.is(polls(supplicant), before)
  supplicant.event(CONNECTED)
  await scene.clock.advance(0)
  assert.ok(scene.properties.has('wifi/signal'))
  await scene[Symbol.asyncDispose]()
})

test('the supplicant’s own monitor is set while somebody looks, and its news asks at once', async () => {
  const { scene, supplicant } = await connected()
  scene.watch(true)
  await scene.clock.advance(1_000)
  supplicant.answer('SIGNAL_POLL', 'RSSI=-80\nFREQUENCY=2437\n')
  supplicant.event('CTRL-EVENT-SIGNAL-CHANGE above=0 signal=-80 noise=-92 txrate=1000')
  await scene.clock.advance(0)
  assert.is((scene.properties.get('wifi/signal') as SignalInfo).signalDbm, -80)
  scene.watch(false)
  await scene.clock.advance(0)
  assert.equal(
    supplicant.commands.filter((command) => command.startsWith('SIGNAL_MONITOR')),
    ['SIGNAL_MONITOR THRESHOLD=-70 HYSTERESIS=5', 'SIGNAL_MONITOR'],
  )
  await scene[Symbol.asyncDispose]()
})

test('a supplicant that scans in the background keeps its monitor for itself', async () => {
  const { scene, supplicant } = await connected({ bgscan: true })
  scene.watch(true)
  await scene.clock.advance(6_000)
  assert.is(polls(supplicant), 2)
  assert.not(supplicant.commands.some((command) => command.startsWith('SIGNAL_MONITOR')))
  await scene[Symbol.asyncDispose]()
})

test('a poll that is refused takes the signal away', async () => {
  const { scene, supplicant } = await connected()
  scene.watch(true)
  await scene.clock.advance(0)
  supplicant.answer('SIGNAL_POLL', 'FAIL\n')
  await scene.clock.advance(5_000)
  assert.not(scene.properties.has('wifi/signal'))
  await scene[Symbol.asyncDispose]()
})

test.run()
