/** What goes wrong in the air and below it, and how it ends: wrong passphrases, access points that go, a supplicant that dies or hangs. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { VintageNet } from '../../lib/index.js'
import { type AccessPoint, PASSPHRASE } from '../support/radio-lab.js'
import { AIR_DEADLINE, apart, client, currentAp, online, WifiScene } from '../support/wifi-scene.js'

interface Context {
  scene: WifiScene
  near: AccessPoint
  /** Once a test has asked for it. */
  far?: AccessPoint
}

const test = suite<Context>('wifi trouble')
const HOME = client({ ssid: 'home', keyMgmt: 'wpa-psk', psk: PASSPHRASE })
/** Channels 6 and 1. */
const [NEAR_MHZ, FAR_MHZ] = [2_437, 2_412]
/** How long a device's owner waits for the reason. */
const WRONG_PASSPHRASE_DEADLINE_MS = 15_000
/** After 10 s of silence the supplicant is asked whether it lives, and given 4 s for the answer; the rest is the machine's. */
const FROZEN_DEADLINE = { deadlineMs: 25_000 }
/** Nothing is answered any more, and nobody has noticed. */
const FROZEN_AT_LEAST_MS = 4_000

test.before(async (context) => {
  context.scene = await WifiScene.create({ radios: 3 })
  context.near = await context.scene.network.accessPoint({
    bsses: [
      { ssid: 'home', security: 'wpa2-psk' },
      { ssid: 'home sae', security: 'wpa3-sae' },
    ],
  })
})

test.after(async ({ scene }) => {
  await scene?.[Symbol.asyncDispose]()
})

const CURRENT_AP = ['interface', 'wlan0', 'wifi', 'current_ap']
const isAccessPoint =
  (accessPoint: AccessPoint) =>
  (value: unknown): boolean =>
    (value as { bssid?: string } | null)?.bssid === accessPoint.bssid()

/** With another way into the network `home`, on a channel of its own. */
async function withFar(context: Context, signalDbm: number, body: (far: AccessPoint) => Promise<void>): Promise<void> {
  const bsses = [{ ssid: 'home', security: 'wpa2-psk' }] as const
  const far = context.far ?? (await context.scene.network.accessPoint({ bsses, channel: 1 }))
  context.far = far
  try {
    await far.start()
    await far.radio.setSignal(signalDbm)
    await body(far)
  } finally {
    await far.stop()
  }
}

/** The address of the lease; there must be one. */
async function addressOf({ scene }: Context): Promise<string> {
  const [address] = await scene.system.addresses('wlan0')
  if (address === undefined) throw new Error('wlan0 has no address')
  return address.local
}

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

/** Resolves when the property says that the key is wrong; fails where that takes too long. */
async function toldWrongKey(net: VintageNet): Promise<void> {
  const startedMs = performance.now()
  const isWrongKey = (event: unknown): boolean => (event as { reason?: string } | undefined)?.reason === 'WRONG_KEY'
  await net.until(['interface', 'wlan0', 'wifi', 'event'], isWrongKey, AIR_DEADLINE)
  const tookMs = performance.now() - startedMs
  assert.ok(tookMs < WRONG_PASSPHRASE_DEADLINE_MS, `told after ${tookMs} ms`)
}

test('a wrong passphrase is told within 15 s, and the right one joins', async (context) => {
  const wrong = client({ ssid: 'home', keyMgmt: 'wpa-psk', psk: `not ${PASSPHRASE}` })
  await withNet(context, wrong, async (net) => {
    await toldWrongKey(net)
    assert.match(net.get(['interface', 'wlan0', 'wifi', 'reason']) as string, '"home" refused the passphrase')
    assert.is(net.get(['interface', 'wlan0', 'connection']), 'disconnected')
    await net.configure('wlan0', HOME, { persist: false })
    await online(net, 'home')
  })
})

test('a wrong password of WPA3 is told within 15 s, and the right one joins', async (context) => {
  const sae = (saePassword: string): unknown => client({ ssid: 'home sae', keyMgmt: 'sae', saePassword, ieee80211w: 2 })
  await withNet(context, sae(`not ${PASSPHRASE}`), async (net) => {
    await toldWrongKey(net)
    assert.is(currentAp(net), null)
    await net.configure('wlan0', sae(PASSPHRASE), { persist: false })
    await online(net, 'home sae')
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
    const frozenMs = performance.now()
    process.kill(pid, 'SIGSTOP')
    await net.until(CURRENT_AP, null, FROZEN_DEADLINE)
    assert.ok(performance.now() - frozenMs >= FROZEN_AT_LEAST_MS, 'it was frozen, and not lost')
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

test('of two access points of one network the other takes over when the first goes, and the lease stays', async (context) => {
  await withFar(context, -70, (far) =>
    withNet(context, HOME, async (net) => {
      await online(net, 'home')
      assert.is(currentAp(net)?.bssid, context.near.bssid())
      const before = await addressOf(context)
      await context.near.setInRange(false)
      await net.until(CURRENT_AP, isAccessPoint(far), AIR_DEADLINE)
      await online(net, 'home')
      assert.is(await addressOf(context), before)
    }),
  )
})

test('of two access points in range the other takes over when the first gets weak', async (context) => {
  const { near } = context
  const network = { ssid: 'home', keyMgmt: 'wpa-psk', psk: PASSPHRASE, scanFrequencies: [NEAR_MHZ, FAR_MHZ] }
  const roaming = { ...HOME, wifi: { networks: [network], bgscan: { simple: '5:-65:300' } } }
  await near.radio.setSignal(-40)
  await withFar(context, -60, (far) =>
    withNet(context, roaming, async (net) => {
      await online(net, 'home')
      assert.is(currentAp(net)?.bssid, near.bssid())
      const before = await addressOf(context)
      const joined: unknown[] = []
      net.subscribe(CURRENT_AP, ({ newValue }) => {
        const { bssid = null } = (newValue ?? {}) as { bssid?: string }
        if (joined.at(-1) !== bssid) joined.push(bssid)
      })
      await near.radio.setSignal(-80)
      await net.until(CURRENT_AP, isAccessPoint(far), AIR_DEADLINE)
      await online(net, 'home')
      // It went straight from the one, which is still on the air, to the other.
      assert.equal(
        joined.filter((bssid) => bssid !== near.bssid()),
        [far.bssid()],
      )
      assert.is(await addressOf(context), before)
    }),
  ).finally(() => near.radio.setSignal(-40))
})

test('stop() ends the supplicant and leaves nothing of ours', async (context) => {
  await withNet(context, HOME, (net) => online(net, 'home'))
  assert.equal(await context.scene.system.pids('wpa_supplicant'), [])
  assert.equal(await context.scene.system.pids('udhcpc'), [])
  assert.equal(await context.scene.system.ours(), [])
})

test.run()
