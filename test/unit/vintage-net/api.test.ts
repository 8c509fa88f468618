import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { FakeWorld } from '../../support/fake-instance.js'
import { probeTechnology } from '../../support/probe-technology.js'
import { rejection } from '../../support/rejection.js'

const technologies = [probeTechnology()]

/** Runs a test in a world of its own with the probe technology. */
async function within(
  work: (net: VintageNet, world: FakeWorld) => Promise<void>,
  options: Parameters<FakeWorld['start']>[0] = {},
): Promise<void> {
  await using world = await FakeWorld.create()
  await work(await world.start({ technologies, ...options }), world)
}

test('A1: a configuration without a type is refused, and the text says where types come from', () =>
  within(async (net) => {
    const error = await rejection(net.configure('eth0', {}))
    assert.is(error.code, 'ERR_INVALID_CONFIG')
    assert.is(error.field, 'type')
    assert.match(error.message, /technolog/)
    assert.match(error.message, /ethernet/)
  }))

test('A2: an unknown type is named, with the nearest known one', () =>
  within(async (net) => {
    const error = await rejection(net.configure('eth0', { type: 'ethernett' }))
    assert.is(error.code, 'ERR_UNKNOWN_TYPE')
    assert.match(error.message, /ethernett/)
    assert.match(error.message, /ethernet\b/)
  }))

test('A3: nonsense is an error, never a TypeError', () =>
  within(async (net) => {
    for (const nonsense of [{ thisTotallyShouldNotWork: 1 }, null, undefined, 7, 'eth0', [], () => 1, new Map(), 1n]) {
      assert.is((await rejection(net.configure('eth0', nonsense))).code, 'ERR_INVALID_CONFIG')
    }
  }))

test('A4: a configuration is normalized and can be read back', () =>
  within(async (net) => {
    await net.configure('eth0', { type: 'probe' })
    assert.equal(net.getConfiguration('eth0'), { type: 'probe', normalizeWasCalled: true })
  }))

test('A5: a configuration is saved', () =>
  within(async (net, world) => {
    await net.configure('eth0', { type: 'probe' })
    assert.ok(existsSync(join(world.persistenceDir, 'eth0')))
    assert.is(net.get(['interface', 'eth0', 'persistence']), 'saved')
  }))

test('A6: a configuration is not saved where persist is false', () =>
  within(async (net, world) => {
    await net.configure('eth0', { type: 'probe' }, { persist: false })
    assert.equal(net.getConfiguration('eth0'), { type: 'probe', normalizeWasCalled: true })
    assert.not.ok(existsSync(join(world.persistenceDir, 'eth0')))
    assert.is(net.get(['interface', 'eth0', 'persistence']), 'not-saved')
  }))

test('A7: asking whether a configuration is valid touches nothing', () =>
  within(async (net) => {
    const before = net.getByPrefix([])
    assert.is(net.configurationValid('eth0', { type: 'probe' }), true)
    assert.is(net.configurationValid('eth0', { thisTotallyShouldNotWork: 1 }), false)
    assert.is(net.configurationValid('not/a/name', { type: 'probe' }), false)
    assert.equal(net.getByPrefix([]), before)
  }))

test('A8: resetting applies the default and removes the file', () =>
  within(
    async (net, world) => {
      await net.configure('bogus0', { type: 'probe', other: 1 })
      assert.ok(existsSync(join(world.persistenceDir, 'bogus0')))
      await net.resetToDefaults('bogus0')
      assert.not.ok(existsSync(join(world.persistenceDir, 'bogus0')))
      assert.equal(net.getConfiguration('bogus0'), { type: 'probe', bogus: 1, normalizeWasCalled: true })
    },
    { config: { bogus0: { type: 'probe', bogus: 1 } as never } },
  ))

test('A9: resetting what has no default configures null and says why', () =>
  within(async (net, world) => {
    await net.resetToDefaults('unknown1')
    assert.equal(net.getConfiguration('unknown1'), { type: 'null', reason: 'no default configuration' })
    assert.not.ok(existsSync(join(world.persistenceDir, 'unknown1')))
  }))

test('A10: nothing is available at first', () =>
  within(async (net) => {
    assert.equal(net.get(['available_interfaces']), [])
    assert.is(net.get(['connection']), 'disconnected')
  }))

test('A11: an empty prefix gives everything', () =>
  within(async (net) => {
    const all = Object.fromEntries(net.getByPrefix([]).map(([path, value]) => [path.join('/'), value]))
    assert.equal(all['available_interfaces'], [])
    assert.is(all['connection'], 'disconnected')
  }))

test('A12: match wants the whole path', () =>
  within(async (net) => {
    assert.equal(net.match(['available_interfaces']), [[['available_interfaces'], []]])
    assert.equal(net.match(['interface']), [])
  }))

test('A13: eight interfaces have routing tables of their own', () =>
  within(async (net) => {
    assert.is(net.maxInterfaceCount, 8)
  }))

test('A15: asking for a configuration that is not there throws', () =>
  within(async (net) => {
    assert.throws(
      () => net.getConfiguration('nope0'),
      (error: unknown) => isNetworkError(error, 'ERR_NO_CONFIGURATION') && /no configuration/.test(error.message),
    )
  }))

test('A16: a deconfigured interface has type null and is not among the configured ones', () =>
  within(async (net, world) => {
    world.kernel.lab.addLink({ ifname: 'test0' })
    await net.configure('test0', { type: 'probe' })
    await net.until(['interface', 'test0', 'state'], 'configured')
    assert.equal(net.configuredInterfaces(), ['test0'])
    await net.deconfigure('test0')
    assert.equal(net.getConfiguration('test0'), { type: 'null', reason: 'interface deconfigured' })
    await net.until(['interface', 'test0', 'type'], 'null')
    assert.equal(net.configuredInterfaces(), [])
    assert.is(net.get(['interface', 'test0', 'reason']), 'interface deconfigured')
  }))

test('an interface name that Linux would refuse is refused by its own code', () =>
  within(async (net) => {
    for (const name of ['', '.', '..', 'has/slash', 'sixteen-letters-', 'a b', 'nul\0l']) {
      const error = await rejection(net.configure(name, { type: 'probe' }))
      assert.is(error.code, 'ERR_INVALID_INTERFACE_NAME')
      assert.match(error.message, /interface name/)
    }
    assert.equal(net.match(['interface', '*', 'config']), [])
  }))

test('a refused configuration changes nothing', () =>
  within(async (net) => {
    await net.configure('eth0', { type: 'probe', good: 1 })
    await net.until(['interface', 'eth0', 'state'], 'retrying')
    const before = net.getByPrefix(['interface', 'eth0'])
    await rejection(net.configure('eth0', { type: 'probe', refuse: true }))
    await rejection(net.configure('eth0', { type: 'ethernet', ipv4: { method: 'static', address: '192.0.2.300' } }))
    assert.equal(net.getByPrefix(['interface', 'eth0']), before)
  }))

test('an equal configuration touches nothing but the file', () =>
  within(async (net, world) => {
    world.kernel.lab.addLink({ ifname: 'eth0' })
    await net.configure('eth0', { type: 'probe' }, { persist: false })
    await net.until(['interface', 'eth0', 'state'], 'configured')
    const changes: string[] = []
    net.subscribe(['interface', 'eth0'], (change) => changes.push(change.path.join('/')))
    await net.configure('eth0', { type: 'probe' })
    assert.ok(existsSync(join(world.persistenceDir, 'eth0')))
    await Promise.resolve()
    assert.equal(changes, ['interface/eth0/persistence'])
  }))

test('R3: secrets are masked in info, snapshot, properties and plans wherever they stand, and whole in getConfiguration', () =>
  within(async (net) => {
    const config = {
      type: 'probe',
      arbitraryName: { psk: 'the-secret-1', password: 'the-secret-2' },
      list: [{ psk: 'the-secret-3' }, { password: 'the-secret-4', identity: 'the-secret-5' }],
      wpaSupplicantConf: 'psk="the-secret-6"',
    }
    await net.configure('eth0', config)
    const shown = JSON.stringify([net.getByPrefix([]), net.plan('eth0', config), net.info(), net.snapshot()])
    assert.not.match(shown, /the-secret/)
    assert.match(net.info(), /"psk": "\.\.\.\."/)
    const whole = JSON.stringify(net.getConfiguration('eth0'))
    for (const count of [1, 2, 3, 4, 5, 6]) assert.match(whole, `the-secret-${count}`)
  }))

test('one wrong entry of the defaults costs a warning and harms no other', () =>
  within(
    async (net, world) => {
      assert.equal(
        net.match(['interface', '*', 'config']).map(([path]) => path[1]),
        ['bogus2'],
      )
      assert.ok(world.logs.some((line) => line.level === 'warn' && line.details['ifname'] === 'wlan0'))
    },
    { config: { bogus2: { type: 'probe' } as never, wlan0: {} as never } },
  ))

test('a default that its technology refuses leaves the interface off and says why', () =>
  within(
    async (net) => {
      await net.until(['interface', 'eth0', 'state'], 'configured')
      assert.is(net.get(['interface', 'eth0', 'type']), 'null')
      assert.match(String(net.get(['interface', 'eth0', 'reason'])), /default configuration of eth0.*gateway/)
    },
    {
      config: {
        eth0: {
          type: 'ethernet',
          ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '198.51.100.1' },
        },
      },
    },
  ))

test('after stop() everything says so', async () => {
  await using world = await FakeWorld.create()
  const net = await world.start({ technologies })
  const waiting = rejection(net.until(['connection'], 'internet'))
  await net.stop()
  await net.stop()
  assert.is((await waiting).code, 'ERR_STOPPED')
  assert.is((await rejection(net.configure('eth0', { type: 'probe' }))).code, 'ERR_STOPPED')
})

test('a second instance over one kernel is refused, and may start when the first has stopped', async () => {
  await using world = await FakeWorld.create()
  const net = await world.start({ technologies })
  const error = await rejection(world.start({ technologies }))
  assert.is(error.code, 'ERR_ALREADY_RUNNING')
  assert.match(error.message, new RegExp(`\\b${process.pid}\\b`))
  await net.stop()
  await world.start({ technologies })
})

test('a reset followed at once by a configuration leaves the configuration, saved', () =>
  within(async (net, world) => {
    await net.configure('eth0', { type: 'probe', n: 1 })
    await Promise.all([net.resetToDefaults('eth0'), net.configure('eth0', { type: 'probe', n: 2 })])
    assert.is((net.getConfiguration('eth0') as { n: number }).n, 2)
    assert.ok(existsSync(join(world.persistenceDir, 'eth0')))
    assert.is(net.get(['interface', 'eth0', 'persistence']), 'saved')
  }))

test('resetting to a default that cannot be used turns the interface off and removes the file all the same', () =>
  within(
    async (net, world) => {
      await net.configure('eth0', { type: 'probe', n: 1 })
      await net.resetToDefaults('eth0')
      assert.match((net.getConfiguration('eth0') as { reason: string }).reason, /refused/)
      assert.not.ok(existsSync(join(world.persistenceDir, 'eth0')))
    },
    { config: { eth0: { type: 'probe', refuse: true } as never } },
  ))

test('tmpDir is 0711 whatever the umask, and private is private also where it was not', async () => {
  await using world = await FakeWorld.create()
  const mode = (path: string): number => statSync(path).mode & 0o777
  const umask = process.umask(0o077)
  try {
    await world.start({ technologies })
  } finally {
    process.umask(umask)
  }
  assert.is(mode(join(world.folder, 'run')), 0o711)
  assert.is(mode(join(world.folder, 'run/private')), 0o700)
  const other = join(world.folder, 'other')
  mkdirSync(join(other, 'private'), { recursive: true })
  chmodSync(join(other, 'private'), 0o777)
  await using second = await FakeWorld.create()
  await second.start({ technologies, tmpDir: other })
  assert.is(mode(join(other, 'private')), 0o700)
})

test.run()
