/** The country of a radio: asked for, published, compared; with no supplicant installed. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { RegulatoryDomain } from '../../../../lib/kernel/messages.js'
import { domainOf, explainDifference, SETTLING_MS } from '../../../../lib/technology/wifi/regulatory-domain.js'
import type { VintageNet } from '../../../../lib/vintage-net.js'
import { FakeWorld } from '../../../support/fake-instance.js'

const test = suite('regulatory domain')
const PATH = ['interface', 'wlan0', 'wifi', 'regulatory_domain']
const PATIENCE_MS = 10_000
const STEP_MS = 50
const DOMAIN: RegulatoryDomain = { alpha2: 'US', dfsRegion: 'fcc', selfManaged: false, rules: [] }

interface Scene {
  readonly net: VintageNet
  readonly world: FakeWorld
  /** What was warned of about countries. */
  warnings(): string[]
  /** Resolves when the property's country is that one. */
  obeys(actual: string, path?: readonly string[]): Promise<void>
}

/** Looks after each bit of simulated time, whose timers must not get ahead of what is looked for; files take real time. */
async function until(world: FakeWorld, what: string, holds: () => boolean): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`)
    await world.clock.advance(STEP_MS)
  }
}

async function within(work: (scene: Scene) => Promise<void>): Promise<void> {
  await using world = await FakeWorld.create()
  for (const ifname of ['wlan0', 'wlan1']) world.kernel.lab.radios.addRadio({ ifname })
  const net = await world.start({ persistence: 'none', regulatoryDomain: 'DE' })
  const obeys = async (actual: string, path = PATH): Promise<void> => {
    const is = (): boolean => (net.get(path) as { actual?: string } | undefined)?.actual === actual
    await until(world, `${path.join('/')} has ${actual}`, is)
  }
  const warnings = (): string[] =>
    world.logs.flatMap(({ level, message }) => (level === 'warn' && /rules of/.test(message) ? [message] : []))
  await work({ net, world, warnings, obeys })
}

test('the country is asked for without a supplicant, and read back', () =>
  within(async ({ net, world, warnings, obeys }) => {
    await net.configure('wlan0', { type: 'wifi' })
    await obeys('DE')
    assert.equal(net.get(PATH), { wanted: 'DE', actual: 'DE', dfsRegion: 'unset', selfManaged: false })
    await world.clock.advance(SETTLING_MS)
    assert.equal(warnings(), [])
    await world.during(net.deconfigure('wlan0'))
    await until(world, 'it is taken away', () => net.get(PATH) === undefined)
  }))

test('the country of an interface goes before that of the instance', () =>
  within(async ({ net, obeys }) => {
    await net.configure('wlan0', { type: 'wifi', wifi: { regulatoryDomain: 'JP' } })
    await obeys('JP')
    assert.is((net.get(PATH) as { wanted: string }).wanted, 'JP')
  }))

test('who changes it afterwards is warned of once, and is not fought', () =>
  within(async ({ net, world, warnings, obeys }) => {
    await net.configure('wlan0', { type: 'wifi' })
    await obeys('DE')
    world.kernel.lab.radios.setRegulatory([DOMAIN], 'country-element')
    await obeys('US')
    assert.equal(warnings(), ['the radio obeys the rules of US, not those of DE: an access point announces them'])
    world.kernel.lab.radios.setRegulatory([DOMAIN], 'country-element')
    await world.clock.advance(SETTLING_MS)
    assert.is(warnings().length, 1)
    assert.is((net.get(PATH) as { actual: string }).actual, 'US')
    world.kernel.lab.radios.setRegulatory([{ ...DOMAIN, alpha2: 'DE' }], 'user')
    await obeys('DE')
    world.kernel.lab.radios.setRegulatory([DOMAIN], 'user')
    await obeys('US')
    assert.is(warnings().length, 2)
  }))

test('two interfaces that want different countries do not take turns', () =>
  within(async ({ net, world, warnings, obeys }) => {
    await net.configure('wlan0', { type: 'wifi' })
    await obeys('DE')
    await net.configure('wlan1', { type: 'wifi', wifi: { regulatoryDomain: 'JP' } })
    await obeys('JP')
    await obeys('JP', ['interface', 'wlan1', 'wifi', 'regulatory_domain'])
    await world.clock.advance(SETTLING_MS)
    assert.is((net.get(PATH) as { actual: string }).actual, 'JP')
    assert.equal(warnings(), [
      'the radio obeys the rules of JP, not those of DE: another interface or program asked for them',
    ])
  }))

test('a radio that keeps rules of its own is told apart, once the request had its time', () =>
  within(async ({ net, world, warnings, obeys }) => {
    const own = { ...DOMAIN, alpha2: '99', wiphy: 0, selfManaged: true } as const
    world.kernel.lab.radios.setRegulatory([{ ...DOMAIN, alpha2: '00', dfsRegion: 'unset' }, own])
    await net.configure('wlan0', { type: 'wifi' })
    await obeys('99')
    assert.equal(warnings(), [])
    await world.clock.advance(SETTLING_MS)
    assert.equal(net.get(PATH), { wanted: 'DE', actual: '99', dfsRegion: 'fcc', selfManaged: true })
    assert.equal(warnings(), [
      "the radio obeys the rules of 99 (the driver's), not those of DE: its driver keeps rules of its own",
    ])
  }))

test('what changed while events were lost is read again', () =>
  within(async ({ net, world, obeys }) => {
    await net.configure('wlan0', { type: 'wifi' })
    await obeys('DE')
    const { radios } = world.kernel.lab
    radios.overrun(() => radios.setRegulatory([DOMAIN]))
    await obeys('US')
  }))

test("a file of the user's own asks by itself; its country is compared", () =>
  within(async ({ net, world, warnings, obeys }) => {
    await net.configure('wlan0', { type: 'wifi', wifi: { wpaSupplicantConf: 'country=FR\n' } })
    await obeys('00')
    await world.clock.advance(SETTLING_MS)
    assert.is((net.get(PATH) as { wanted: string }).wanted, 'FR')
    assert.is(warnings().length, 1)
    await net.configure('wlan0', { type: 'wifi', wifi: { wpaSupplicantConf: 'ap_scan=1\n' } })
    const wantsNothing = (): boolean => (net.get(PATH) as { wanted: null } | undefined)?.wanted === null
    await until(world, 'no country is wanted', wantsNothing)
    assert.is(warnings().length, 1)
  }))

test("a radio's own domain goes before that of all", () => {
  const own = { ...DOMAIN, alpha2: 'JP', wiphy: 1 }
  assert.is(domainOf([DOMAIN, own], 1), own)
  assert.is(domainOf([DOMAIN, own], 2), DOMAIN)
  assert.is(domainOf([own, DOMAIN], undefined), DOMAIN)
  assert.is(domainOf([own], undefined), undefined)
})

test('a country that the kernel does not know leaves a hint at the database', () => {
  assert.match(explainDifference('QQ', { ...DOMAIN, alpha2: '00' }, undefined), /00 \(the world\).*wireless-regdb/)
  assert.match(explainDifference('DE', { ...DOMAIN, alpha2: '98' }, 'driver'), /98 \(the meet of several\).*driver/)
})

test.run()
