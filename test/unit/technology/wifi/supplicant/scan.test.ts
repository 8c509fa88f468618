import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { messageOf } from '../../../../../lib/errors.js'
import { type AccessPoint, readBss } from '../../../../../lib/technology/wifi/supplicant/access-point.js'
import { quickScan } from '../../../../../lib/technology/wifi/supplicant/quick-scan.js'
import { SimulatedClock } from '../../../../../lib/testing/simulated-clock.js'
import { recordedAnswer, recording } from '../../../../support/supplicant-recording.js'
import { SupplicantScene } from '../../../../support/supplicant-scene.js'

const test = suite('supplicant scans')

const NEVER = new AbortController().signal
const NETWORKS = [0, 1, 2, 3].map((at) => recordedAnswer('open', `BSS ${at}`))

async function outcome(work: Promise<unknown>): Promise<string> {
  return await work.then(() => 'done', messageOf)
}

function count(scene: SupplicantScene): number {
  return (scene.properties.get('wifi/access_points') as []).length
}

test('a scan ends when its results stand in the property', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const client = await scene.start()
  let ended = false
  const scanning = client.scan(NEVER).then(() => {
    ended = true
  })
  supplicant.networks(NETWORKS)
  await scene.clock.advance(5_000)
  assert.is(ended, false)
  assert.is(count(scene), 0)
  supplicant.event('CTRL-EVENT-SCAN-RESULTS ')
  await scene.clock.advance(0)
  await scanning
  assert.is(count(scene), 4)
})

test('a scan that runs already serves', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const client = await scene.start()
  supplicant.answer('SCAN', 'FAIL-BUSY\n')
  const scanning = outcome(client.scan(NEVER))
  await scene.clock.advance(1_000)
  supplicant.event('CTRL-EVENT-SCAN-RESULTS ')
  await scene.clock.advance(0)
  assert.is(await scanning, 'done')
})

test('a scan that is refused or fails says so', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const client = await scene.start()
  const failing = outcome(client.scan(NEVER))
  await scene.clock.advance(0)
  supplicant.event('CTRL-EVENT-SCAN-FAILED ret=-22')
  await scene.clock.advance(0)
  assert.is(await failing, 'wlan0: the scan failed (-22)')
  supplicant.answer('SCAN', 'FAIL\n')
  const refused = outcome(client.scan(NEVER))
  await scene.clock.advance(0)
  assert.is(await refused, 'wlan0: wpa_supplicant answered SCAN with FAIL')
})

test('a scan without results ends 30 s after the radio began', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const client = await scene.start()
  const scanning = outcome(client.scan(NEVER))
  await scene.clock.advance(20_000)
  supplicant.event('CTRL-EVENT-SCAN-STARTED ')
  let ended = false
  void scanning.then(() => {
    ended = true
  })
  await scene.clock.advance(29_999)
  assert.is(ended, false)
  await scene.clock.advance(1)
  assert.is(await scanning, 'wlan0: the scan had no results within 30000 ms')
})

test('a caller that gives up is told at once, and others go on', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const client = await scene.start()
  const caller = new AbortController()
  const given = outcome(client.scan(caller.signal))
  const other = outcome(client.scan(NEVER))
  await scene.clock.advance(0)
  caller.abort()
  assert.is(await given, 'wlan0: the scan was cancelled')
  supplicant.event('CTRL-EVENT-SCAN-RESULTS ')
  await scene.clock.advance(0)
  assert.is(await other, 'done')
})

test('the end of the supplicant ends a scan', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const client = await scene.start()
  const scanning = outcome(client.scan(NEVER))
  await scene.clock.advance(0)
  supplicant.terminate()
  await scene.clock.advance(0)
  assert.is(await scanning, 'wlan0: the conversation with wpa_supplicant has ended')
})

test('a supplicant without tables is asked entry by entry', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  supplicant.answer(/^BSS RANGE/, 'FAIL\n')
  supplicant.networks(NETWORKS)
  await scene.start()
  assert.equal(supplicant.commands.slice(2), [
    'BSS RANGE=ALL MASK=0x61887',
    ...[0, 1, 2, 3, 4].map((at) => `BSS ${at}`),
  ])
  assert.is(count(scene), 4)
  supplicant.event('CTRL-EVENT-SCAN-RESULTS ')
  await scene.clock.advance(0)
  assert.is(supplicant.commands.filter((command) => command.startsWith('BSS RANGE')).length, 1)
})

test('a table that does not fit in one answer is asked for in pages', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const whole = recordedAnswer('open', 'BSS RANGE=ALL MASK=0x61887')
  supplicant.answer('BSS RANGE=ALL MASK=0x61887', whole.slice(0, whole.indexOf('id=3') + 20))
  supplicant.answer('BSS RANGE=3- MASK=0x61887', recordedAnswer('open', 'BSS RANGE=3- MASK=0x61887'))
  await scene.start()
  assert.is(count(scene), 8)
})

test('networks by the hundred at once become one question', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  supplicant.networks(NETWORKS)
  await scene.start()
  const before = supplicant.commands.length
  for (let at = 0; at < 500; at += 1) {
    supplicant.event(
      `CTRL-EVENT-BSS-ADDED ${at} 02:00:00:01:${(at >> 8).toString(16).padStart(2, '0')}:${(at & 255).toString(16).padStart(2, '0')}`,
    )
  }
  await scene.clock.advance(0)
  assert.ok(supplicant.commands.length - before < 500 / 4, String(supplicant.commands.length - before))
  assert.is(count(scene), 4)
})

test('an entry that is added and removed at once does not stay', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  await scene.start()
  supplicant.networks(NETWORKS)
  supplicant.event('CTRL-EVENT-BSS-ADDED 0 02:00:00:00:a0:01')
  supplicant.event('CTRL-EVENT-BSS-REMOVED 0 02:00:00:00:a0:01')
  await scene.clock.advance(0)
  assert.is(supplicant.commands.at(-1), 'BSS 02:00:00:00:a0:01')
  assert.is(count(scene), 0)
})

test('a lookup that is not answered is a warning with the address', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  await scene.start()
  supplicant.answer(/^BSS 02/, null)
  supplicant.event('CTRL-EVENT-BSS-ADDED 0 02:00:00:00:a0:01')
  await scene.clock.advance(4_000)
  const [warning] = scene.logs.filter(({ level }) => level === 'warn')
  assert.match(warning?.message ?? '', /^looking up 02:00:00:00:a0:01 failed/)
  assert.equal(scene.failures, [])
})

test('a recorded conversation: joined, left by the access point, joined again, ended', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  await scene.start()
  supplicant.networks(NETWORKS)
  supplicant.play(recording('open'))
  await scene.clock.advance(30_000)
  const joined = scene.history
    .filter(({ path }) => path === 'wifi/current_ap')
    .map(({ value }) => value as AccessPoint | null)
  const quay = readBss(NETWORKS[2] ?? '')?.record
  assert.equal(joined.filter((value) => value !== null).at(0), quay)
  assert.ok(joined.indexOf(null) < joined.length - 1)
  assert.is(joined.at(-1), null)
  assert.equal(scene.failures, [{ reason: 'wpa_supplicant said that it is ending', service: 'wpa_supplicant' }])
})

test('a recorded wrong passphrase is told within 15 s, by WPA2 and by SAE', async () => {
  for (const name of ['wrong-passphrase', 'wrong-sae-password'] as const) {
    await using scene = new SupplicantScene()
    const supplicant = scene.supplicant()
    await scene.start()
    supplicant.play(recording(name))
    await scene.clock.advance(12_000)
    assert.is((scene.properties.get('wifi/event') as { reason: string }).reason, 'WRONG_KEY', name)
    assert.match(String(scene.properties.get('wifi/reason')), /refused the passphrase; tried again in 10 s/)
  }
})

test('garbage on the socket does no harm', async () => {
  await using scene = new SupplicantScene()
  const supplicant = scene.supplicant()
  const client = await scene.start()
  for (const text of ['', '<3>', '<9>\u0000\u00ff', 'OK\n', '<3>CTRL-EVENT-BSS-ADDED', `<3>${'x'.repeat(60_000)}`])
    supplicant.say(text)
  await scene.clock.advance(0)
  supplicant.answer('GET country', 'JP\n')
  const asked = client.request('GET country')
  await scene.clock.advance(0)
  assert.is(await asked, 'JP\n')
  assert.equal(scene.failures, [])
})

interface Listing {
  readonly clock: SimulatedClock
  readonly listeners: Set<(list: readonly AccessPoint[]) => void>
  quick(): Promise<AccessPoint[]>
}

function listing(current: readonly AccessPoint[]): Listing {
  const clock = new SimulatedClock()
  const listeners: Listing['listeners'] = new Set()
  const quick = (): Promise<AccessPoint[]> =>
    quickScan({
      clock,
      scan: () => Promise.reject(new Error('FAIL-BUSY')),
      subscribe: (listener) => {
        listeners.add(listener)
        return { unsubscribe: () => void listeners.delete(listener) }
      },
      current: () => current,
    })
  return { clock, listeners, quick }
}

const FOUND = NETWORKS.flatMap((text) => readBss(text)?.record ?? [])

test('C12: a quick scan while another runs takes the next list, summarized', async () => {
  const { clock, listeners, quick } = listing([])
  const found = quick()
  await clock.advance(500)
  for (const listener of listeners) listener([...FOUND, ...FOUND])
  assert.equal(
    (await found).map(({ ssid }) => ssid),
    ['My Home', 'Harbour', 'Quay', 'café ☕'],
  )
  assert.is(clock.pendingTimers, 0)
  assert.is(listeners.size, 0)
})

test('C12: or the present list after 2 s', async () => {
  const { clock, listeners, quick } = listing(FOUND)
  const found = quick()
  await clock.advance(1_999)
  assert.is(listeners.size, 1)
  await clock.advance(1)
  assert.is((await found).length, 4)
})

test.run()
