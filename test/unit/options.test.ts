import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../lib/base/clock.js'
import type { Logger } from '../../lib/base/logger.js'
import type { NetworkError } from '../../lib/errors.js'
import { isNetworkError } from '../../lib/errors.js'
import type { VintageNetOptions } from '../../lib/options.js'
import { resolveOptions } from '../../lib/options.js'
import { systemSerialPorts } from '../../lib/serial/system-serial-ports.js'

const GOOD = { type: 'probe', bogus: 1 }

const recorder = (): { logger: Logger; warnings: string[] } => {
  const warnings: string[] = []
  const nothing = (): void => undefined
  return {
    warnings,
    logger: { debug: nothing, info: nothing, warn: (_, message) => warnings.push(message), error: nothing },
  }
}

/** The config that comes of one from outside, and the warnings about it. */
const entriesOf = (config: unknown) => {
  const { logger, warnings } = recorder()
  const { config: entries } = resolveOptions({ config, logger } as VintageNetOptions)
  return { entries, warnings }
}

const errorOf = (options: unknown): NetworkError => {
  try {
    resolveOptions(options as VintageNetOptions)
  } catch (thrown) {
    assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'), `not ours: ${String(thrown)}`)
    return thrown
  }
  return assert.unreachable(`accepted: ${JSON.stringify(options)}`) as never
}

test('B1: the default configurations are those of `config`', () => {
  assert.equal(entriesOf({ bogus1: GOOD }), { entries: { bogus1: GOOD }, warnings: [] })
})

test('B2: there is one list of defaults: `defaultConfig` is no option', () => {
  const error = errorOf({ defaultConfig: { bogus1: GOOD } })
  assert.is(error.field, 'defaultConfig')
})

test('B3: a bad entry costs one warning and harms no other', () => {
  const { entries, warnings } = entriesOf({
    bogus2: GOOD,
    wlan0: {},
    eth0: null,
    'a/b': GOOD,
    usb0: [GOOD],
    wlan1: { type: 1 },
  })
  assert.equal(entries, { bogus2: GOOD })
  assert.is(warnings.length, 5)
  assert.match(warnings[0] ?? '', 'type')
  assert.match(warnings.join('\n'), 'interface name "a/b"')
})

test('B4: without a list there are no defaults', () => {
  for (const config of [undefined, null, {}]) assert.equal(entriesOf(config), { entries: {}, warnings: [] })
  for (const config of [42, 'eth0', [GOOD]]) {
    const { entries, warnings } = entriesOf(config)
    assert.equal([entries, warnings.length], [{}, 1])
  }
})

test('an entry that cannot be read costs one warning', () => {
  const hostile = Object.defineProperty({}, 'type', { enumerable: true, get: () => assert.unreachable() })
  const { entries, warnings } = entriesOf({ eth0: hostile, eth1: { type: 'probe', call: () => 1 }, eth2: GOOD })
  assert.equal([entries, warnings.length], [{ eth2: GOOD }, 2])
})

test('the defaults are those of the documentation', () => {
  const { persistenceSecret, clock, spawn, serialPorts, fileSystem, routeMetric, logger, kernel, ...plain } =
    resolveOptions()
  assert.equal(plain, {
    tmpDir: '/run/vintage-net',
    resolvConf: '/etc/resolv.conf',
    persistenceDir: '/var/lib/vintage-net',
    internetHostList: ['1.1.1.1', '8.8.8.8', '208.67.222.222', '9.9.9.9', '156.154.70.5'].map((host) => ({
      host,
      port: 53,
    })),
    additionalNameServers: [],
    regulatoryDomain: '00',
    ifnames: [],
    maxInterfaceCount: 8,
    path: '/usr/sbin:/usr/bin:/sbin:/bin',
    programs: {},
    carrierGraceMs: 5000,
    recoverAfterMs: 600_000,
    config: {},
    persistence: 'file',
    technologies: [],
    modems: [],
    udhcpcHandler: {},
    udhcpdHandler: {},
    powerManagers: new Map(),
  })
  assert.is(clock, systemClock)
  assert.is(kernel, undefined)
  assert.type(spawn, 'function')
  assert.is(serialPorts, systemSerialPorts)
  assert.type(fileSystem.open, 'function')
  assert.type(routeMetric, 'function')
  assert.is((persistenceSecret as Uint8Array).length, 16)
  assert.type(logger.warn, 'function')
})

test('an option that is undefined has its default', () => {
  assert.is(
    resolveOptions({ persistenceSecret: undefined, tmpDir: undefined, config: undefined }).tmpDir,
    '/run/vintage-net',
  )
})

test('a wrong value is an error that names the option', () => {
  const wrong: Record<string, unknown> = {
    tmpDir: 'relative',
    resolvConf: 42,
    persistenceDir: null,
    regulatoryDomain: 'usa',
    maxInterfaceCount: 0,
    path: 'bin',
    programs: { udhcpc: 7 },
    netns: -1,
    carrierGraceMs: '5 s',
    recoverAfterMs: -1,
    additionalNameServers: '1.1.1.1',
    persistence: 'disk',
    routeMetric: 10,
    technologies: {},
    udhcpcHandler: { bound: 1 },
    udhcpdHandler: 'x',
    powerManagers: [],
    internetHostList: '1.1.1.1',
    ifnames: {},
    logger: {},
    kernel: {},
    clock: {},
    spawn: 'execa',
    fileSystem: {},
  }
  for (const [key, value] of Object.entries(wrong)) assert.match(errorOf({ [key]: value }).field ?? '', key, key)
  for (const options of [null, 42, [], 'x']) errorOf(options)
})

test('an unknown option is an error that suggests the nearest', () => {
  assert.match(errorOf({ tmpdir: '/tmp' }).message, 'did you mean "tmpDir"?')
  assert.match(errorOf({ persistanceSecret: 'x' }).message, 'did you mean "persistenceSecret"?')
})

test('right values are taken', () => {
  const power = {
    powerOn: () => ({ holdMs: 1 }),
    startPoweringOff: () => ({ limitMs: 1 }),
    powerOff: () => ({ minimumOffMs: 1 }),
  }
  const options = resolveOptions({
    resolvConf: null,
    netns: '/run/netns/lab',
    programs: { udhcpc: '/opt/udhcpc' },
    powerManagers: { wlan0: power, wlan1: { manager: power, watchdogTimeoutMs: 50 } },
    udhcpcHandler: { bound: () => undefined },
    internetHostList: [{ host: 'probe.example.com', port: 443 }],
  })
  assert.is(options.resolvConf, null)
  assert.is(options.netns, '/run/netns/lab')
  assert.equal(options.programs, { udhcpc: '/opt/udhcpc' })
  assert.is(resolveOptions({ netns: 1234 }).netns, 1234)
})

test('name servers that are no addresses are left out with a warning each', () => {
  const { logger, warnings } = recorder()
  const { additionalNameServers } = resolveOptions({ additionalNameServers: ['2001:DB8::1', 'x', '192.0.2.1'], logger })
  assert.equal(additionalNameServers, ['2001:db8::1', '192.0.2.1'])
  assert.is(warnings.length, 1)
})

test('a wrong entry of a list costs one warning and harms no other', () => {
  const { logger, warnings } = recorder()
  const good = { host: 'probe.example.com', port: 443 }
  const name = { hwPath: '/devices/platform/a', ifname: 'lan0' }
  const options = resolveOptions({
    logger,
    internetHostList: [{ host: '1.1.1.1', port: 0 }, good, { host: '1.2.3', port: 53 }, 7],
    ifnames: [{ hwPath: 'relative', ifname: 'lan1' }, name, { hwPath: '/devices/b', ifname: '..' }, null],
  } as unknown as VintageNetOptions)
  assert.equal(options.internetHostList, [good])
  assert.equal(options.ifnames, [name])
  assert.is(warnings.length, 6)
  assert.match(warnings.join('\n'), /internetHostList: entry 0 is left out: port: /)
  assert.match(warnings.join('\n'), /ifnames: entry 2 is left out: ifname: /)
})

test('a wrong power manager costs one warning and harms no other', () => {
  const { logger, warnings } = recorder()
  const power = {
    powerOn: () => ({ holdMs: 1 }),
    startPoweringOff: () => ({ limitMs: 1 }),
    powerOff: () => ({ minimumOffMs: 1 }),
  }
  const { powerManagers } = resolveOptions({
    logger,
    powerManagers: { wlan0: power, wlan1: {}, 'a/b': power, wwan0: { manager: power, watchdogTimeoutMs: -1 } },
  } as unknown as VintageNetOptions)
  assert.equal([...powerManagers.keys()], ['wlan0'])
  assert.is(warnings.length, 3)
})

test('the persistence secret is in no text', () => {
  for (const secret of ['hush-hush', 'hush'.repeat(8), ['hush'], { hush: 1 }]) {
    const error = errorOf({ persistenceSecret: secret })
    assert.is(error.field, 'persistenceSecret')
    assert.not.match(error.message, 'hush')
  }
  const provider = () => new Uint8Array(16)
  assert.is(resolveOptions({ persistenceSecret: provider }).persistenceSecret, provider)
})

test.run()
