/** What the kernel's stream tells of a real association, from both its ends, while a supplicant started by hand joins and leaves. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { WirelessEvent } from '../../lib/kernel/messages.js'
import { openKernel } from '../../lib/kernel/native-kernel.js'
import { eventually } from '../support/eventually.js'
import { PASSPHRASE, RadioLab } from '../support/radio-lab.js'

const HOST = 'host'
const AIR = 'events-air'
const PATIENCE = { deadlineMs: 30_000 }
const THRESHOLD_DBM = -65
const WEAK_DBM = -80
/** IEEE 802.11, table 9-49: the station is gone, or is told to go. */
const PREVIOUS_AUTHENTICATION_NO_LONGER_VALID = 2

/** The namespace's events, and waiting for one that came after the last one that was waited for. */
async function listen(netns: string) {
  const kernel = await openKernel({ netns: `/run/netns/${netns}` })
  const told: WirelessEvent[] = []
  let seen = 0
  const subscription = kernel.wireless.subscribe((event) => told.push(event))
  const next = async <T extends WirelessEvent['type']>(
    type: T,
    holds: (event: Extract<WirelessEvent, { type: T }>) => boolean = () => true,
  ): Promise<Extract<WirelessEvent, { type: T }>> => {
    const is = (event: WirelessEvent): event is Extract<WirelessEvent, { type: T }> =>
      event.type === type && holds(event as Extract<WirelessEvent, { type: T }>)
    const find = (): number => told.findIndex((event, at) => at >= seen && is(event))
    await eventually(`${type} is told in ${netns}`, () => find() >= 0, PATIENCE)
    const at = find()
    seen = at + 1
    return told[at] as Extract<WirelessEvent, { type: T }>
  }
  const end = async (): Promise<void> => {
    subscription.unsubscribe()
    await kernel.close()
  }
  return { kernel, told, next, [Symbol.asyncDispose]: end }
}

test('an association, its end, its stations and its signal are told', async () => {
  await using lab = await RadioLab.create({ radios: 2 })
  const network = await lab.network({ name: AIR, network: '198.51.100' })
  const radio = await lab.radio(HOST)
  const accessPoint = await network.accessPoint({ bsses: [{ ssid: 'home', security: 'wpa2-psk' }] })
  const { macAddress } = radio
  await accessPoint.radio.setSignal(-40)
  await using here = await listen(HOST)
  await using there = await listen(AIR)
  const ifindex = here.kernel.mirror.linkByName(radio.ifname)?.ifindex
  const apIfindex = there.kernel.mirror.linkByName(accessPoint.radio.ifname)?.ifindex
  assert.ok(ifindex !== undefined && apIfindex !== undefined)

  const lines = ['ssid="home"', 'scan_freq=2437', 'key_mgmt=WPA-PSK', `psk="${PASSPHRASE}"`]
  // The supplicant sets the kernel's threshold for its own scans.
  const config = ['network={', ...lines, `bgscan="simple:60:${THRESHOLD_DBM}:300"`, '}'].join('\n')
  const supplicant = await lab.supplicant(HOST, radio.ifname, config)

  const { atMs, ...connected } = await here.next('connection', ({ stage }) => stage === 'connected')
  assert.ok(atMs > 0 && atMs <= performance.timeOrigin + performance.now())
  assert.equal([connected.ifindex, connected.bssid, connected.statusCode], [ifindex, accessPoint.bssid(), undefined])
  const { station } = await there.next('station', (event) => event.station.macAddress === macAddress)
  assert.is(station.ifindex, apIfindex)
  await supplicant.joined()
  const [listed] = await there.kernel.wireless.stations({ ifname: accessPoint.radio.ifname })
  assert.equal([listed?.macAddress, listed?.authorized, listed?.associated], [macAddress, true, true])
  const [own] = await here.kernel.wireless.stations({ ifname: radio.ifname })
  assert.equal([own?.macAddress, own?.signalDbm], [accessPoint.bssid(), -40])
  const [heard] = await here.kernel.wireless.scanResults({ ifname: radio.ifname })
  assert.equal([heard?.bssid, heard?.status], [accessPoint.bssid(), 'associated'])

  await accessPoint.radio.setSignal(WEAK_DBM)
  const weak = await here.next('signal', ({ change }) => change === 'below')
  assert.is(weak.ifindex, ifindex)
  assert.ok(weak.signalDbm === undefined || weak.signalDbm < THRESHOLD_DBM, String(weak.signalDbm))
  await accessPoint.radio.setSignal(-40)
  assert.is((await here.next('signal', ({ change }) => change === 'above')).ifindex, ifindex)

  assert.is(await accessPoint.request('deauthenticate', macAddress), 'OK')
  const thrownOut = await here.next('connection', ({ stage }) => stage === 'disconnected')
  const { byAccessPoint, reasonCode } = thrownOut
  assert.equal([thrownOut.ifindex, byAccessPoint, reasonCode], [ifindex, true, PREVIOUS_AUTHENTICATION_NO_LONGER_VALID])
  const gone = await there.next('stationGone')
  assert.equal([gone.ifindex, gone.macAddress], [apIfindex, macAddress])

  // It comes back by itself; this time it leaves of its own accord.
  await here.next('connection', ({ stage }) => stage === 'connected')
  await there.next('station', (event) => event.station.macAddress === macAddress)
  await supplicant.stop()
  const left = await here.next('connection', ({ stage }) => stage === 'disconnected')
  assert.equal([left.ifindex, left.byAccessPoint], [ifindex, false])
  assert.is((await there.next('stationGone')).macAddress, macAddress)
  assert.not.ok(here.told.some(({ type }) => type === 'overrun'))
})

test.run()
