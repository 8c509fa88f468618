import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError, messageOf } from '../../../../../lib/errors.js'
import { readBss } from '../../../../../lib/technology/wifi/supplicant/access-point.js'
import {
  forgetSupplicant,
  SUPPLICANT_PROPERTIES,
} from '../../../../../lib/technology/wifi/supplicant/forget-supplicant.js'
import { supplicantIoctl } from '../../../../../lib/technology/wifi/supplicant/ioctls.js'
import { recordedAnswer, recording } from '../../../../support/supplicant-recording.js'
import { SupplicantScene } from '../../../../support/supplicant-scene.js'

const test = suite('supplicant client')

const MAC = '02:00:00:00:a0:01'
const NEVER = new AbortController().signal
const NETWORKS = [0, 1, 2, 3].map((at) => recordedAnswer('open', `BSS ${at}`))

const NO_STEPS = {
  setRoutes: () => undefined,
  clearRoutes: () => undefined,
  setNameServers: () => undefined,
  clearNameServers: () => undefined,
}

/** A rejection's code and text; anything else is a failure of the test. */
async function refused(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (thrown) {
    return isNetworkError(thrown) ? `${thrown.code}: ${thrown.message}` : `no error of ours: ${messageOf(thrown)}`
  }
  return 'resolved'
}

function names(scene: SupplicantScene): unknown {
  return (scene.properties.get('wifi/access_points') as { ssid: string }[]).map(({ ssid }) => ssid)
}

test('a start attaches, asks for what is known, and publishes it', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  supplicant.answer('STATUS', recordedAnswer('wpa2', 'STATUS').replace('02:00:00:00:01:00', MAC))
  supplicant.networks(NETWORKS)
  await scene.start()
  assert.equal(supplicant.commands, ['ATTACH', 'STATUS', `BSS ${MAC}`, 'BSS RANGE=ALL MASK=0x61887'])
  assert.equal(names(scene), ['My Home', 'Harbour', 'Quay', 'café ☕'])
  assert.equal(scene.properties.get('wifi/current_ap'), readBss(NETWORKS[0] ?? '')?.record)
  assert.equal(scene.properties.get('wifi/clients'), [])
})

test('C6: networks that are only added, without results of a scan, are looked up and listed', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  await scene.start()
  supplicant.networks(NETWORKS)
  supplicant.event(`CTRL-EVENT-BSS-ADDED 0 ${MAC}`)
  await scene.clock.advance(0)
  assert.is(supplicant.commands.at(-1), `BSS ${MAC}`)
  assert.equal(names(scene), ['My Home'])
})

test('C7: a signal poll, its refusals, and an empty answer', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const client = await scene.start()
  supplicant.answer('SIGNAL_POLL', 'RSSI=-67\nLINKSPEED=54\nFREQUENCY=5500\nCENTER_FRQ1=5510\n')
  const polled = client.signalPoll()
  await scene.clock.advance(0)
  assert.is((await polled).signalPercent, 76)
  for (const [answer, said] of [
    ['FAIL\n', 'FAIL'],
    ['', 'unknown'],
  ] as const) {
    supplicant.answer('SIGNAL_POLL', answer)
    const failed = refused(client.signalPoll())
    await scene.clock.advance(0)
    assert.is(await failed, `ERR_SUPPLICANT_REFUSED: wlan0: wpa_supplicant answered SIGNAL_POLL with ${said}`)
  }
})

test('C8: an unknown ioctl is unsupported; a raw command has its answer untouched', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const client = await scene.start()
  supplicant.answer('GET_CAPABILITY modes', 'IBSS AP MESH\n')
  assert.match(
    await refused(supplicantIoctl(client, 'reboot', [], NEVER)),
    /^ERR_UNSUPPORTED: wifi has no ioctl "reboot"/,
  )
  assert.match(await refused(supplicantIoctl(client, 'command', [42], NEVER)), /^ERR_INVALID_CONFIG/)
  assert.match(await refused(client.request('SET x\nTERMINATE')), /^ERR_INVALID_CONFIG/)
  const raw = supplicantIoctl(client, 'command', ['GET_CAPABILITY modes'], NEVER)
  await scene.clock.advance(0)
  assert.is(await raw, 'IBSS AP MESH\n')
  assert.not(supplicant.commands.some((command) => command.includes('TERMINATE')))
})

test('C9: after 4 s without an answer comes the next command, and the late answer reaches nobody', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const client = await scene.start()
  supplicant.answerLate('SET secret', 'late answer\n', 4_500)
  supplicant.answerLate('PING', 'PONG\n', 1_000)
  const first = refused(client.request('SET secret'))
  const second = client.request('GET country')
  supplicant.answerLate('GET country', '00\n', 900)
  await scene.clock.advance(3_999)
  assert.not(supplicant.commands.includes('PING'))
  await scene.clock.advance(1)
  assert.is(await first, 'ERR_TIMEOUT: wlan0: wpa_supplicant did not answer SET within 4000 ms')
  await scene.clock.advance(1_900)
  assert.is(await second, '00\n')
  assert.equal(supplicant.commands.slice(-3), ['SET secret', 'PING', 'GET country'])
  assert.equal(scene.failures, [])
})

test('C10: a supplicant that says it ends is started again, and what it knew is taken back', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const client = await scene.start()
  supplicant.event(`CTRL-EVENT-CONNECTED - Connection to ${MAC} completed [id=0 id_str=]`)
  await scene.clock.advance(0)
  assert.ok(scene.properties.get('wifi/current_ap'))
  supplicant.terminate()
  await scene.clock.advance(0)
  assert.equal(scene.failures, [{ reason: 'wpa_supplicant said that it is ending', service: 'wpa_supplicant' }])
  assert.is(scene.properties.get('wifi/current_ap'), null)
  assert.match(await refused(client.scan(NEVER)), /^ERR_(STOPPED|CANCELLED|KERNEL_REFUSED)/)
})

test('a supplicant that is gone without a word is noticed by what is asked next', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  await scene.start()
  supplicant.die()
  await scene.clock.advance(10_000)
  assert.equal(scene.failures, [
    { reason: 'wpa_supplicant is gone from its control socket', service: 'wpa_supplicant' },
  ])
})

test('C11: without a control socket the start fails after 3 s, with the paths', async () => {
  await using scene = new SupplicantScene()
  const failed = refused(scene.starting({ apMode: true }))
  await scene.clock.advance(2_999)
  const other = scene.supplicant('wlan9')
  await scene.clock.advance(1)
  assert.match(
    await failed,
    /^ERR_TIMEOUT: wlan0: no control socket of wpa_supplicant within 3000 ms; looked for \/run\/net\/wpa_supplicant\/wlan0, \/run\/net\/wpa_supplicant\/p2p-dev-wlan0 /,
  )
  assert.equal(other.commands, [])
})

test('C11: a socket that comes in time is found', async () => {
  await using scene = new SupplicantScene()
  const starting = scene.starting()
  await scene.clock.advance(2_600)
  const supplicant = scene.supplicant()
  await scene.clock.advance(250)
  await starting
  assert.is(supplicant.commands[0], 'ATTACH')
})

test('an end of the part ends the wait for a socket', async () => {
  await using scene = new SupplicantScene()
  const failed = refused(scene.starting())
  await scene.clock.advance(300)
  scene.abort.abort()
  await scene.clock.advance(0)
  assert.match(await failed, /^ERR_CANCELLED/)
  assert.is(scene.clock.pendingTimers, 0)
})

test('C13: a scan of an access point is the kernel’s, and the supplicant is sent nothing', async () => {
  await using scene = new SupplicantScene()
  scene.kernel.lab.radios.addRadio({ ifname: 'wlan0', mode: 'ap' })
  scene.kernel.lab.foreign([{ type: 'setLink', ifname: 'wlan0', up: true }])
  scene.kernel.lab.radios.setNetworks('wlan0', [{ bssid: MAC, ssid: 'My Home', frequencyMhz: 2437, signalDbm: -30 }])
  const supplicant = scene.supplicant()
  const client = await scene.start({ apMode: true })
  const before = supplicant.commands.length
  const scanning = client.scan(NEVER)
  await scene.clock.advance(10_000)
  await scanning
  assert.equal(names(scene), ['My Home'])
  assert.equal(
    supplicant.commands.slice(before).filter((command) => command !== 'PING'),
    [],
  )
})

test('C15: PING that is answered by something else ends the supplicant', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  await scene.start()
  supplicant.answer('PING', 'UNKNOWN COMMAND\n')
  await scene.clock.advance(10_000)
  assert.equal(scene.failures, [
    { reason: 'wpa_supplicant answered PING with something else than PONG', service: 'wpa_supplicant' },
  ])
})

test('a supplicant that hangs is noticed within 14 s, one that lives is left alone', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  await scene.start()
  await scene.clock.advance(60_000)
  assert.is(supplicant.commands.filter((command) => command === 'PING').length, 6)
  supplicant.freeze()
  await scene.clock.advance(14_000)
  assert.equal(scene.failures, [
    { reason: 'wpa_supplicant did not answer PING within 4000 ms', service: 'wpa_supplicant' },
  ])
  assert.is(scene.clock.pendingTimers, 0)
})

test('events keep the PING away', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  await scene.start()
  for (let at = 0; at < 10; at += 1) {
    await scene.clock.advance(5_000)
    supplicant.event('CTRL-EVENT-SCAN-STARTED ')
  }
  assert.not(supplicant.commands.includes('PING'))
})

test('a supplicant that hangs from the start is ended too', async () => {
  await using scene = new SupplicantScene()
  scene.supplicant().freeze()
  const failed = refused(scene.starting())
  await scene.clock.advance(8_000)
  assert.match(await failed, /^ERR_TIMEOUT: wlan0: wpa_supplicant did not answer ATTACH/)
  assert.equal(scene.failures, [
    { reason: 'wlan0: wpa_supplicant did not answer ATTACH within 4000 ms', service: 'wpa_supplicant' },
  ])
})

test('an access point’s stations are asked for at the start', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  supplicant.answer('STA-FIRST', '02:00:00:00:02:00\nflags=[AUTH]\n')
  supplicant.answer('STA-NEXT 02:00:00:00:02:00', '02:00:00:00:03:00\nflags=[AUTH]\n')
  await scene.start({ apMode: true })
  assert.equal(scene.properties.get('wifi/clients'), ['02:00:00:00:02:00', '02:00:00:00:03:00'])
})

test('the P2P device tells of stations, and its networks are not ours', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const p2p = scene.supplicant('p2p-dev-wlan0')
  await scene.start({ apMode: true })
  const before = supplicant.commands.length
  assert.equal(p2p.commands, ['ATTACH'])
  p2p.event('AP-STA-CONNECTED 02:00:00:00:02:00')
  p2p.event(`CTRL-EVENT-BSS-ADDED 0 ${MAC}`)
  await scene.clock.advance(0)
  assert.equal(scene.properties.get('wifi/clients'), ['02:00:00:00:02:00'])
  assert.is(supplicant.commands.length, before)
})

test('nothing secret reaches a log', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const client = await scene.start()
  supplicant.play(recording('push-button'))
  supplicant.event('P2P-GROUP-STARTED p2p-wlan0-0 GO ssid="x" passphrase="sunny-day-42"')
  supplicant.event('DPP-CONFOBJ-PASS 73756e6e792d6461792d3432')
  supplicant.say('psk=sunny-day-42\n')
  await scene.clock.advance(0)
  supplicant.answer(/^SET_NETWORK/, null)
  const failed = refused(client.request('SET_NETWORK 0 psk "sunny-day-42"'))
  await scene.clock.advance(8_000)
  assert.match(await failed, /did not answer SET_NETWORK within/)
  const { credential } = scene.properties.get('wifi/wps_credentials') as { credential: { networkKey: string } }
  assert.is(credential.networkKey, 'sunny-day-42')
  assert.ok(scene.logs.length > 10)
  assert.not.match(JSON.stringify(scene.logs), /sunny-day|73756e6e79/)
  assert.not.match(await failed, /sunny-day/)
})

test('push-button configuration forgets what an earlier one brought', async () => {
  await using scene = new SupplicantScene()
  scene.supplicant()
  const client = await scene.start()
  const pushed = client.wpsPbc()
  await scene.clock.advance(0)
  assert.is(await pushed, 'OK\n')
  assert.is(scene.properties.get('wifi/wps_credentials'), null)
})

test('capabilities: what is refused is unknown, what fails is an error', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const client = await scene.start()
  supplicant.play(recording('open').filter(({ text }) => !text.startsWith('<')))
  const asked = client.capabilities()
  await scene.clock.advance(0)
  const found = await asked
  assert.is(Object.keys(found).length, 20)
  assert.equal([found['modes'], found['erp'], found['sae']], ['IBSS AP MESH', 'unknown', 'H2E'])
})

test('the end of a configuration takes every property away', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  supplicant.answer('SIGNAL_POLL', recordedAnswer('open', 'SIGNAL_POLL'))
  await scene.start()
  scene.watch(true)
  for (const name of ['enterprise-wrong', 'push-button', 'wrong-passphrase'] as const) {
    supplicant.play(recording(name))
    await scene.clock.advance(5_000)
  }
  supplicant.event(`CTRL-EVENT-CONNECTED - Connection to ${MAC} completed [id=0 id_str=]`)
  supplicant.event('CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="x" auth_failures=1 duration=10 reason=CONN_FAILED')
  await scene.clock.advance(0)
  // The fallback's, which leaves it behind when it changes sides, and the country's.
  scene.context.put(['wifi', 'role'], 'client')
  scene.context.put(['wifi', 'regulatory_domain'], {})
  assert.is(scene.properties.size, SUPPLICANT_PROPERTIES.length)
  for (const path of SUPPLICANT_PROPERTIES) assert.ok(scene.properties.has(path.join('/')), path.join('/'))
  await forgetSupplicant.run(null, { ...scene.context, ...NO_STEPS })
  assert.is(scene.properties.size, 0)
})

test('a new supplicant has no verdict of the one before', async () => {
  await using scene = new SupplicantScene()
  scene.context.put(['wifi', 'reason'], 'something')
  scene.context.put(['wifi', 'event'], {})
  scene.supplicant()
  await scene.start()
  assert.not(scene.properties.has('wifi/reason'))
  assert.not(scene.properties.has('wifi/event'))
})

test.run()
