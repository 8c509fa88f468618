/** The contract for radios: lists, scans, interfaces, rules, and what nl80211 tells of them. */

import * as assert from 'uvu/assert'
import { isNetworkError } from '../../lib/errors.js'
import type { Kernel } from '../../lib/kernel/kernel.js'
import type { WirelessEvent } from '../../lib/kernel/messages.js'
import { rejection } from '../support/rejection.js'
import type { KindChoice } from './link-kinds.js'
import { type ContractTest, codes, mustSend, type RadioWorld, type World, type WorldOptions } from './world.js'

/** Longest that the kernel may take to tell something; an emulated machine scans slowly. */
const EVENT_LIMIT_MS = 30_000
const FREQUENCY_MHZ = 2_412
const SSID = 'contract network'
/** Small enough that a few notifications overrun it. */
const SMALL_BUFFER_BYTES = 2_048

const text = (octets: Uint8Array): string => new TextDecoder().decode(octets)
const setUp = (kernel: Kernel, ifname: string, up: boolean) => mustSend(kernel, [{ type: 'setLink', ifname, up }])

/** What is told from now on, and waiting for it. */
class Told {
  readonly events: WirelessEvent[] = []
  #waiting: (() => void) | undefined

  constructor(kernel: Kernel) {
    kernel.wireless.subscribe((event) => {
      this.events.push(event)
      this.#waiting?.()
    })
  }

  stages(ifindex: number): string[] {
    return this.events.flatMap((event) => (event.type === 'scan' && event.ifindex === ifindex ? [event.stage] : []))
  }

  /** Resolves when an event has been told that fulfils the condition. */
  until(what: string, holds: (event: WirelessEvent) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(`not told: ${what}`)), EVENT_LIMIT_MS)
      this.#waiting = () => {
        if (!this.events.some(holds)) return
        clearTimeout(deadline)
        this.#waiting = undefined
        resolve()
      }
      this.#waiting()
    })
  }
}

type Body = (scene: {
  readonly world: World
  readonly kernel: Kernel
  readonly radio: RadioWorld
  readonly told: Told
}) => Promise<void>

/** Declares the tests for radios. */
export function wirelessContract(test: ContractTest, { lacking, leaveOut }: KindChoice): void {
  const testRadio = (title: string, body: Body, options?: WorldOptions): void => {
    if (lacking.has('radio')) {
      leaveOut(title, 'the kernel has no radios')
      return
    }
    const withRadio = async (world: World): Promise<void> => {
      const radio = await world.addRadio()
      const told = new Told(world.kernel)
      await body({ world, kernel: world.kernel, radio, told })
    }
    test(title, withRadio, options)
  }

  test('without a radio there is none to list, or no nl80211 at all', async ({ kernel }) => {
    const radios = await kernel.wireless.radios().catch((thrown: unknown) => thrown)
    assert.ok(
      isNetworkError(radios, 'ERR_UNSUPPORTED') || (Array.isArray(radios) && radios.length === 0),
      String(radios),
    )
    const [result] = await kernel.send([{ type: 'setPowerSave', ifname: 'lo', enabled: true }])
    assert.ok(isNetworkError(result), 'a link without a radio has no power save')
  })

  test('a link that is not there is ERR_NO_SUCH_INTERFACE, one without a radio ERR_UNSUPPORTED', async ({ kernel }) => {
    const { wireless } = kernel
    for (const [ifname, code] of [
      ['wlan9', 'ERR_NO_SUCH_INTERFACE'],
      ['lo', 'ERR_UNSUPPORTED'],
    ] as const) {
      assert.is((await rejection(wireless.scan({ ifname }))).code, code)
      assert.is((await rejection(wireless.scanResults({ ifname }))).code, code)
      assert.is((await rejection(wireless.stations({ ifname }))).code, code)
    }
  })

  testRadio('a radio has channels and modes, its interface is a station', async ({ kernel, radio }) => {
    const interfaces = await kernel.wireless.interfaces()
    const own = interfaces.find(({ ifname }) => ifname === radio.ifname)
    assert.equal([own?.mode, own?.ifindex], ['station', kernel.mirror.linkByName(radio.ifname)?.ifindex])
    const wiphy = (await kernel.wireless.radios()).find((each) => each.wiphy === own?.wiphy)
    for (const mode of ['mesh', 'ap']) assert.ok(wiphy?.supportedModes.includes(mode), mode)
    const channels = (wiphy?.bands ?? []).flatMap((band) => band.channels)
    assert.ok(channels.some(({ frequencyMhz, disabled }) => frequencyMhz === FREQUENCY_MHZ && !disabled))
    assert.ok((wiphy?.maxScanSsids ?? 0) > 0)
  })

  testRadio('a scan on a link that is down is ENETDOWN, and leaves it down', async ({ kernel, radio }) => {
    const error = await rejection(kernel.wireless.scan({ ifname: radio.ifname }))
    assert.equal([error.code, error.errno, error.ifname], ['ERR_KERNEL_REFUSED', 100, radio.ifname])
    assert.is(kernel.mirror.linkByName(radio.ifname)?.up, false)
  })

  testRadio('a scan finds a network, and its stages are told', async ({ kernel, radio, told }) => {
    await setUp(kernel, radio.ifname, true)
    await radio.addNetwork(SSID, FREQUENCY_MHZ)
    const found = await kernel.wireless.scan({ ifname: radio.ifname }, { frequenciesMhz: [FREQUENCY_MHZ], flush: true })
    const ifindex = kernel.mirror.linkByName(radio.ifname)?.ifindex ?? 0
    assert.equal(
      found.map((bss) => [text(bss.ssid), bss.frequencyMhz, bss.band, bss.ifindex, bss.status]),
      [[SSID, FREQUENCY_MHZ, '2.4ghz', ifindex, 'none']],
    )
    assert.ok((found[0]?.signalDbm ?? 0) < 0)
    assert.equal(told.stages(ifindex), ['started', 'done'])
    const listed = await kernel.wireless.scanResults({ ifname: radio.ifname })
    assert.equal(
      listed.map(({ bssid }) => bssid),
      found.map(({ bssid }) => bssid),
    )
  })

  testRadio('a scan of somebody else is waited for', async ({ kernel, radio, told }) => {
    await setUp(kernel, radio.ifname, true)
    await radio.addNetwork(SSID, FREQUENCY_MHZ)
    await radio.startScan()
    const found = await kernel.wireless.scan({ ifname: radio.ifname }, { frequenciesMhz: [FREQUENCY_MHZ] })
    assert.ok(found.some(({ ssid }) => text(ssid) === SSID))
    const ifindex = kernel.mirror.linkByName(radio.ifname)?.ifindex ?? 0
    assert.equal(told.stages(ifindex).slice(-3), ['done', 'started', 'done'])
  })

  testRadio('two scans at once both end', async ({ kernel, radio }) => {
    await setUp(kernel, radio.ifname, true)
    await radio.addNetwork(SSID, FREQUENCY_MHZ)
    const scan = () => kernel.wireless.scan({ ifname: radio.ifname }, { frequenciesMhz: [FREQUENCY_MHZ] })
    for (const found of await Promise.all([scan(), scan()])) assert.is(found.length, 1)
  })

  testRadio('an abort ends a scan in the kernel too', async ({ kernel, radio, told }) => {
    await setUp(kernel, radio.ifname, true)
    const abort = new AbortController()
    const scanning = rejection(kernel.wireless.scan({ ifname: radio.ifname }, { signal: abort.signal }))
    await told.until('the begin', (event) => event.type === 'scan' && event.stage === 'started')
    abort.abort()
    assert.is((await scanning).code, 'ERR_CANCELLED')
    await told.until('the end', (event) => event.type === 'scan' && event.stage === 'aborted')
  })

  testRadio('a link that goes down ends its scan', async ({ kernel, radio, told }) => {
    await setUp(kernel, radio.ifname, true)
    const scanning = rejection(kernel.wireless.scan({ ifname: radio.ifname }))
    await told.until('the begin', (event) => event.type === 'scan' && event.stage === 'started')
    await setUp(kernel, radio.ifname, false)
    assert.is((await scanning).errno, 125)
  })

  testRadio(
    'an interface is added and deleted: the mirror has its link, and both are told',
    async ({ kernel, radio, told }) => {
      await mustSend(kernel, [
        { type: 'addWirelessInterface', ifname: 'mesh0', parent: radio.ifname, mode: 'mesh' },
        { type: 'setLink', ifname: 'mesh0', up: true },
      ])
      const ifindex = kernel.mirror.linkByName('mesh0')?.ifindex
      const added = told.events.find((event) => event.type === 'interface' && event.interface.ifindex === ifindex)
      assert.is(added?.type === 'interface' && added.interface.mode, 'mesh')
      assert.ok((await kernel.wireless.interfaces()).some(({ ifname }) => ifname === 'mesh0'))
      await mustSend(kernel, [{ type: 'deleteWirelessInterface', ifname: 'mesh0' }])
      assert.is(kernel.mirror.linkByName('mesh0'), undefined)
      assert.ok(told.events.some((event) => event.type === 'interfaceGone' && event.ifindex === ifindex))
    },
  )

  testRadio('what a radio cannot do is refused', async ({ kernel, radio }) => {
    const results = await kernel.send([
      { type: 'addWirelessInterface', ifname: 'x0', parent: radio.ifname, mode: 'nan' },
      { type: 'addWirelessInterface', ifname: 'x0', parent: 'lo', mode: 'station' },
      { type: 'setMeshParameters', ifname: radio.ifname, hwmpRootMode: 2 },
      { type: 'deleteWirelessInterface', ifname: 'lo' },
    ])
    assert.equal(codes(results), ['EOPNOTSUPP', 'EINVAL', 'ENETDOWN', 'ENODEV'])
    await setUp(kernel, radio.ifname, true)
    const mesh = { type: 'setMeshParameters', ifname: radio.ifname, hwmpRootMode: 2 } as const
    assert.equal(codes(await kernel.send([mesh])), ['EOPNOTSUPP'], 'a station is in no mesh')
    const taken = await kernel.send([
      { type: 'addWirelessInterface', ifname: 'lo', parent: radio.ifname, mode: 'station' },
    ])
    assert.ok(isNetworkError(taken[0], 'ERR_KERNEL_REFUSED'), 'a name that is taken')
  })

  testRadio('a country that is asked for is told, and its rules are listed', async ({ kernel, told }) => {
    await mustSend(kernel, [{ type: 'requestRegulatory', alpha2: 'DE' }])
    await told.until('the rules', (event) => event.type === 'regulatory' && event.alpha2 === 'DE')
    const domains = await kernel.wireless.regulatoryDomains()
    const common = domains.find(({ wiphy }) => wiphy === undefined)
    assert.is(common?.alpha2, 'DE')
    assert.ok(common?.rules.some(({ firstKhz, lastKhz }) => firstKhz <= 2_412_000 && lastKhz >= 2_412_000))
    await mustSend(kernel, [{ type: 'requestRegulatory', alpha2: '00' }])
    await told.until('the world', (event) => event.type === 'regulatory' && event.alpha2 === undefined)
  })

  testRadio('power save is switched, an interface without stations has none', async ({ kernel, radio }) => {
    await setUp(kernel, radio.ifname, true)
    await mustSend(kernel, [
      { type: 'setPowerSave', ifname: radio.ifname, enabled: false },
      { type: 'setPowerSave', ifname: radio.ifname, enabled: true },
    ])
    assert.equal(await kernel.wireless.stations({ ifname: radio.ifname }), [])
  })

  testRadio(
    'an overrun of the notifications is told, and a scan ends all the same',
    async ({ kernel, radio, told }) => {
      await setUp(kernel, radio.ifname, true)
      const scanning = kernel.wireless.scan({ ifname: radio.ifname }, { frequenciesMhz: [FREQUENCY_MHZ] })
      await radio.overrun()
      await told.until('the overrun', (event) => event.type === 'overrun')
      assert.ok(Array.isArray(await scanning))
    },
    { receiveBufferBytes: SMALL_BUFFER_BYTES },
  )
}
