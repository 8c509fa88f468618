/** What goes wrong in the air and below it, and how it ends: wrong passphrases, access points that go, a supplicant that dies or hangs. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { VintageNet } from '../../lib/index.js'
import { type AccessPoint, PASSPHRASE } from '../support/radio-lab.js'
import { AIR_DEADLINE, apart, client, currentAp, online, WifiScene } from '../support/wifi-scene.js'

interface Context {
  scene: WifiScene
  near: AccessPoint
}

const test = suite<Context>('wifi trouble')
const HOME = client({ ssid: 'home', keyMgmt: 'wpa-psk', psk: PASSPHRASE })
/** How long a device's owner waits for the reason. */
const WRONG_PASSPHRASE_DEADLINE_MS = 15_000
/** After 10 s of silence the supplicant is asked whether it lives, and given 4 s for the answer. */
const FROZEN_DEADLINE = { deadlineMs: 90_000 }

test.before(async (context) => {
  context.scene = await WifiScene.create({ radios: 3 })
  context.near = await context.scene.network.accessPoint({ bsses: [{ ssid: 'home', security: 'wpa2-psk' }] })
})

test.after(async ({ scene }) => {
  await scene?.[Symbol.asyncDispose]()
})

async function supplicantPid({ scene }: Context): Promise<number> {
  const [pid, ...more] = await scene.system.pids('wpa_supplicant')
  assert.equal(more, [])
  if (pid === undefined) throw new Error('no wpa_supplicant runs')
  return pid
}

/** Ends the instance whatever the test did; the access point is there for the next one. */
async function withNet(context: Context, config: unknown, body: (net: VintageNet) => Promise<void>): Promise<void> {
  const net = await context.scene.start()
  try {
    await net.configure('wlan0', config, { persist: false })
    await body(net)
  } finally {
    await net.stop()
    await context.near.setInRange(true)
    await context.near.start()
  }
}

test('a wrong passphrase is told within 15 s, and the right one joins', async (context) => {
  const wrong = client({ ssid: 'home', keyMgmt: 'wpa-psk', psk: `not ${PASSPHRASE}` })
  await withNet(context, wrong, async (net) => {
    const startedMs = performance.now()
    const isWrongKey = (event: unknown): boolean => (event as { reason?: string } | undefined)?.reason === 'WRONG_KEY'
    await net.until(['interface', 'wlan0', 'wifi', 'event'], isWrongKey, AIR_DEADLINE)
    assert.ok(performance.now() - startedMs < WRONG_PASSPHRASE_DEADLINE_MS)
    assert.match(net.get(['interface', 'wlan0', 'wifi', 'reason']) as string, '"home" refused the passphrase')
    assert.is(net.get(['interface', 'wlan0', 'connection']), 'disconnected')
    await net.configure('wlan0', HOME, { persist: false })
    await online(net, 'home')
  })
})

test('an access point out of range is lost, and joined when it is back', async (context) => {
  await withNet(context, HOME, async (net) => {
    await online(net, 'home')
    await context.near.setInRange(false)
    await apart(net)
    await net.until(['interface', 'wlan0', 'connection'], 'disconnected', AIR_DEADLINE)
    assert.is(await context.scene.system.wayOut(), undefined)
    await context.near.setInRange(true)
    await online(net, 'home')
    assert.is(await context.scene.system.wayOut(), 'wlan0')
  })
})

test('an access point that is restarted is joined again', async (context) => {
  await withNet(context, HOME, async (net) => {
    await online(net, 'home')
    await context.near.stop()
    await apart(net)
    await context.near.start()
    await online(net, 'home')
  })
})

test('a wpa_supplicant that is killed is started again, and the lease comes again', async (context) => {
  await withNet(context, HOME, async (net) => {
    await online(net, 'home')
    const pid = await supplicantPid(context)
    process.kill(pid, 'SIGKILL')
    await net.until(['interface', 'wlan0', 'connection'], (value) => value !== 'internet', AIR_DEADLINE)
    await online(net, 'home')
    assert.is.not(await supplicantPid(context), pid)
  })
})

test('a wpa_supplicant that hangs is replaced', async (context) => {
  await withNet(context, HOME, async (net) => {
    await online(net, 'home')
    const pid = await supplicantPid(context)
    process.kill(pid, 'SIGSTOP')
    await net.until(['interface', 'wlan0', 'connection'], (value) => value !== 'internet', FROZEN_DEADLINE)
    await online(net, 'home')
    assert.is.not(await supplicantPid(context), pid)
  })
})

test('without wpa_supplicant on the path the reason says so', async (context) => {
  const net = await context.scene.start({ path: '/nonexistent' })
  try {
    await net.configure('wlan0', HOME, { persist: false })
    const names = (reason: unknown): boolean => /wpa_supplicant/.test(String(reason))
    await net.until(['interface', 'wlan0', 'reason'], names, AIR_DEADLINE)
    assert.is(net.get(['interface', 'wlan0', 'connection']), 'disconnected')
  } finally {
    await net.stop()
  }
})

test('of two access points of one network the other takes over when the first goes', async (context) => {
  const far = await context.scene.network.accessPoint({ bsses: [{ ssid: 'home', security: 'wpa2-psk' }], channel: 1 })
  await far.radio.setSignal(-70)
  await withNet(context, HOME, async (net) => {
    await online(net, 'home')
    assert.is(currentAp(net)?.bssid, context.near.bssid())
    const [before] = await context.scene.system.addresses('wlan0')
    await context.near.setInRange(false)
    const isFar = (value: unknown): boolean => (value as { bssid?: string } | null)?.bssid === far.bssid()
    await net.until(['interface', 'wlan0', 'wifi', 'current_ap'], isFar, AIR_DEADLINE)
    await online(net, 'home')
    assert.is((await context.scene.system.addresses('wlan0'))[0]?.local, before?.local)
  })
  await far.stop()
})

test('stop() ends the supplicant and leaves nothing of ours', async (context) => {
  await withNet(context, HOME, (net) => online(net, 'home'))
  assert.equal(await context.scene.system.pids('wpa_supplicant'), [])
  assert.equal(await context.scene.system.pids('udhcpc'), [])
  assert.equal(await context.scene.system.ours(), [])
})

test.run()
