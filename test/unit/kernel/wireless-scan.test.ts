/** A scan, from the request to the list: what the kernel may answer and tell meanwhile. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { WirelessEvent } from '../../../lib/kernel/messages.js'
import { FakeKernel, SimulatedClock } from '../../../lib/testing/index.js'
import { rejection } from '../../support/rejection.js'

const test = suite('scans')
const names = (list: readonly { readonly ssid: Uint8Array }[]): string[] =>
  list.map(({ ssid }) => new TextDecoder().decode(ssid)).sort()

interface Scene {
  readonly clock: SimulatedClock
  readonly kernel: FakeKernel
  readonly events: string[]
}

async function scene(): Promise<Scene> {
  const clock = new SimulatedClock()
  const kernel = new FakeKernel({ clock })
  kernel.lab.radios.addRadio({ ifname: 'wlan0', ifindex: 7 })
  kernel.lab.radios.setNetworks('wlan0', [
    { bssid: '02:00:00:00:01:00', ssid: 'home', frequencyMhz: 2_412 },
    { bssid: '02:00:00:00:02:00', ssid: 'secret', frequencyMhz: 5_180, hidden: true },
  ])
  assert.equal(await kernel.send([{ type: 'setLink', ifindex: 7, up: true }]), ['done'])
  const events: string[] = []
  kernel.wireless.subscribe((event) => events.push(words(event)))
  return { clock, kernel, events }
}

const words = (event: WirelessEvent): string => (event.type === 'scan' ? `scan ${event.stage}` : event.type)

test('a scan ends with the list of what was heard', async () => {
  const { clock, kernel, events } = await scene()
  const scanning = kernel.wireless.scan({ ifname: 'wlan0' })
  await clock.advance(100)
  const found = await scanning
  assert.equal(names(found), ['', 'home'])
  assert.equal([found[0]?.ifindex, found[0]?.ageMs], [7, 0])
  assert.equal(events, ['scan started', 'scan done'])
})

test('a hidden network is found by who calls it, other channels are left out', async () => {
  const { clock, kernel } = await scene()
  const ssids = [new TextEncoder().encode('secret')]
  const scanning = kernel.wireless.scan({ ifindex: 7 }, { ssids, frequenciesMhz: [5_180] })
  await clock.advance(100)
  assert.equal(names(await scanning), ['secret'])
})

test('a link that is down is ENETDOWN, and stays down', async () => {
  const { kernel } = await scene()
  await kernel.send([{ type: 'setLink', ifname: 'wlan0', up: false }])
  const error = await rejection(kernel.wireless.scan({ ifname: 'wlan0' }))
  assert.equal([error.code, error.errno, error.ifname], ['ERR_KERNEL_REFUSED', 100, 'wlan0'])
  assert.match(error.message, /scan on wlan0: the link is down \(ENETDOWN\)/)
  assert.is(kernel.mirror.linkByName('wlan0')?.up, false)
})

test('a scan of somebody else is waited for, and ours follows it', async () => {
  const { clock, kernel, events } = await scene()
  kernel.lab.radios.setScanMs('wlan0', undefined)
  kernel.lab.radios.startScan('wlan0')
  const scanning = kernel.wireless.scan({ ifname: 'wlan0' }, { ssids: [new TextEncoder().encode('secret')] })
  await clock.advance(0)
  kernel.lab.radios.setScanMs('wlan0', 100)
  kernel.lab.radios.endScan('wlan0')
  await clock.advance(100)
  assert.equal(names(await scanning), ['home', 'secret'])
  assert.equal(events, ['scan started', 'scan done', 'scan started', 'scan done'])
})

test('a radio that is busy with something else is asked again', async () => {
  const { clock, kernel } = await scene()
  kernel.lab.radios.refuseScans('wlan0', 'EBUSY')
  const scanning = kernel.wireless.scan({ ifname: 'wlan0' })
  await clock.advance(900)
  kernel.lab.radios.refuseScans('wlan0', null)
  await clock.advance(300)
  assert.is((await scanning).length, 2)
})

test('a scan that somebody ends is ECANCELED', async () => {
  const { clock, kernel } = await scene()
  kernel.lab.radios.setScanMs('wlan0', undefined)
  const scanning = rejection(kernel.wireless.scan({ ifname: 'wlan0' }))
  await clock.advance(0)
  kernel.lab.radios.endScan('wlan0', 'aborted')
  const error = await scanning
  assert.equal([error.code, error.errno], ['ERR_KERNEL_REFUSED', 125])
})

test('an abort ends the scan in the kernel too', async () => {
  const { clock, kernel, events } = await scene()
  kernel.lab.radios.setScanMs('wlan0', undefined)
  const abort = new AbortController()
  const scanning = rejection(kernel.wireless.scan({ ifname: 'wlan0' }, { signal: abort.signal }))
  await clock.advance(0)
  abort.abort()
  assert.is((await scanning).code, 'ERR_CANCELLED')
  await clock.advance(0)
  assert.equal(events, ['scan started', 'scan aborted'])
})

test('an abort leaves the scan of somebody else alone', async () => {
  const { clock, kernel, events } = await scene()
  kernel.lab.radios.setScanMs('wlan0', undefined)
  kernel.lab.radios.startScan('wlan0')
  const abort = new AbortController()
  const scanning = rejection(kernel.wireless.scan({ ifname: 'wlan0' }, { signal: abort.signal }))
  await clock.advance(0)
  abort.abort()
  assert.is((await scanning).code, 'ERR_CANCELLED')
  await clock.advance(0)
  assert.equal(events, ['scan started'])
})

test('a scan without an end is ERR_TIMEOUT at the deadline', async () => {
  const { clock, kernel } = await scene()
  kernel.lab.radios.setScanMs('wlan0', undefined)
  const scanning = rejection(kernel.wireless.scan({ ifname: 'wlan0' }, { deadlineMs: 2_000 }))
  await clock.advance(2_000)
  const error = await scanning
  assert.is(error.code, 'ERR_TIMEOUT')
  assert.match(error.message, /scan on wlan0: no end within 2000 ms/)
})

test('a scan whose end is lost in an overrun is made again', async () => {
  const { clock, kernel, events } = await scene()
  const scanning = kernel.wireless.scan({ ifname: 'wlan0' })
  await clock.advance(0)
  kernel.lab.radios.overrun(() => kernel.lab.radios.endScan('wlan0'))
  await clock.advance(100)
  assert.is((await scanning).length, 2)
  assert.equal(events, ['scan started', 'overrun', 'scan started', 'scan done'])
})

test('a scan that still runs after an overrun is waited for, and none is made beside it', async () => {
  const { clock, kernel, events } = await scene()
  const scanning = kernel.wireless.scan({ ifname: 'wlan0' })
  await clock.advance(50)
  kernel.lab.radios.overrun()
  await clock.advance(50)
  assert.is((await scanning).length, 2)
  assert.equal(events, ['scan started', 'overrun', 'scan done'])
})

test('a scan may end before the kernel says that it has begun', async () => {
  const { kernel, events } = await scene()
  kernel.lab.radios.setScanMs('wlan0', undefined)
  kernel.lab.network.radios.listen((told) => {
    if (told.type === 'scan' && told.stage === 'started') kernel.lab.radios.endScan('wlan0')
  })
  assert.is((await kernel.wireless.scan({ ifname: 'wlan0' })).length, 2)
  assert.equal([...events].sort(), ['scan done', 'scan started'])
})

test('an interface that goes away ends its scan', async () => {
  const { clock, kernel } = await scene()
  await kernel.send([{ type: 'addWirelessInterface', ifname: 'wlan1', parent: 'wlan0', mode: 'station' }])
  await kernel.send([{ type: 'setLink', ifname: 'wlan1', up: true }])
  kernel.lab.radios.setScanMs('wlan1', undefined)
  const scanning = rejection(kernel.wireless.scan({ ifname: 'wlan1' }))
  await clock.advance(0)
  await kernel.send([{ type: 'deleteWirelessInterface', ifname: 'wlan1' }])
  const error = await scanning
  assert.ok(['ERR_NO_SUCH_INTERFACE', 'ERR_KERNEL_REFUSED'].includes(error.code))
})

test('close rejects a scan that runs', async () => {
  const { clock, kernel } = await scene()
  const scanning = rejection(kernel.wireless.scan({ ifname: 'wlan0' }))
  await clock.advance(0)
  await kernel.close()
  assert.is((await scanning).code, 'ERR_STOPPED')
})

test('a listener that throws harms no other, and none is told after it left', async () => {
  const { clock, kernel, events } = await scene()
  const left: string[] = []
  const subscription = kernel.wireless.subscribe((event) => left.push(event.type))
  kernel.wireless.subscribe(() => {
    throw new Error('a mistake')
  })
  const late: string[] = []
  kernel.wireless.subscribe((event) => late.push(event.type))
  subscription.unsubscribe()
  kernel.lab.radios.startScan('wlan0')
  await clock.advance(100)
  assert.equal([events.length, late.length, left.length], [2, 2, 0])
})

for (const [title, options, field] of [
  ['an empty SSID', { ssids: [new Uint8Array()] }, 'ssids.0'],
  ['an SSID of 33 octets', { ssids: [new Uint8Array(33)] }, 'ssids.0'],
  ['SSIDs in a passive scan', { passive: true, ssids: [new Uint8Array(1)] }, 'ssids'],
  ['no frequencies', { frequenciesMhz: [] }, 'frequenciesMhz'],
  ['a frequency that is none', { frequenciesMhz: [2_412, 0] }, 'frequenciesMhz.1'],
  ['a deadline that is none', { deadlineMs: Number.NaN }, 'deadlineMs'],
] as const) {
  test(`${title} is ERR_INVALID_CONFIG`, async () => {
    const { kernel } = await scene()
    const error = await rejection(kernel.wireless.scan({ ifname: 'wlan0' }, options))
    assert.equal([error.code, error.field], ['ERR_INVALID_CONFIG', field])
  })
}

test.run()
