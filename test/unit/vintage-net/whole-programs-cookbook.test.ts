/** Recipes of docs/cookbook/programs.md about configurations and whole programs, run as they stand there. */

import { EventEmitter } from 'node:events'
import { readFile } from 'node:fs/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import { isNetworkError, redact } from '../../../lib/index.js'
import * as metrics from '../../../lib/metrics/index.js'
import { FileStore } from '../../../lib/persistence/file-store.js'
import { OBFUSCATION_KEY, SecretSource } from '../../../lib/persistence/secret.js'
import { spawnProcess } from '../../../lib/supervision/spawn.js'
import * as testing from '../../../lib/testing/index.js'
import { Cookbook, type Kitchen } from '../../support/kitchen.js'

const book = new Cookbook('programs')

const address = (text: string) => ({ method: 'static' as const, address: text, prefixLength: 24 })
const OUT = { ...address('192.0.2.2'), gateway: '192.0.2.1' }

/** What the instance of a kitchen has saved, read with a key. */
function saved({ world }: Kitchen, secret: string | Uint8Array = OBFUSCATION_KEY): FileStore {
  return new FileStore({ directory: world.persistenceDir, secrets: new SecretSource(secret), logger: silentLogger })
}

const CHANGE = 'Change a configuration, and go back unless it works'

/** eth0 has another address; the host that the recipe asks does what `outcome` says. */
function before(outcome: 'connected' | 'timeout') {
  return async (kitchen: Kitchen): Promise<void> => {
    await kitchen.start({ config: { eth0: { type: 'ethernet', ipv4: address('198.51.100.2') } } })
    await kitchen.configured('eth0')
    await kitchen.until('it has its address', () => kitchen.addresses('eth0').length === 1)
    kitchen.world.kernel.lab.probes(() => ({ outcome, ms: 1 }))
  }
}

book.recipe(
  CHANGE,
  async ({ kitchen, running }) => {
    await kitchen.world.during(running)
    assert.equal(kitchen.printed, ['as it was'])
    await kitchen.until('the old address is back', () => String(kitchen.addresses('eth0')) === '198.51.100.2')
    assert.is(kitchen.property('eth0', 'persistence'), 'not-saved')
  },
  { before: before('timeout') },
)

book.recipe(
  CHANGE,
  async ({ kitchen, running }) => {
    await kitchen.world.during(running)
    assert.equal(kitchen.printed, ['kept'])
    await kitchen.world.pass(120_000)
    assert.equal(kitchen.addresses('eth0'), ['192.0.2.2'])
    assert.is(kitchen.property('eth0', 'persistence'), 'saved')
  },
  { before: before('connected') },
)

book.recipe(
  'List configurations, and go back to the default of one',
  async ({ kitchen, running }) => {
    await running
    const [eth0, wlan0, ...others] = kitchen.printed
    assert.match(eth0 ?? '', /^eth0 \(saved\): .*"method":"disabled"/)
    assert.match(wlan0 ?? '', /^wlan0 \(saved\): .*"psk":"\.\.\.\."/)
    assert.equal(others, [])
    await kitchen.until('the default is back', () => kitchen.addresses('eth0').length === 1)
    assert.equal(kitchen.addresses('eth0'), ['192.0.2.2'])
    assert.is(kitchen.property('eth0', 'persistence'), 'not-saved')
  },
  {
    more: { redact },
    async before(kitchen) {
      await kitchen.start({ config: { eth0: { type: 'ethernet', ipv4: OUT } } })
      await kitchen.net.configure('eth0', { type: 'ethernet', ipv4: { method: 'disabled' } })
      const network = { ssid: 'Cafe', keyMgmt: 'wpa-psk', psk: 'correct horse' }
      await kitchen.net.configure('wlan0', { type: 'wifi', wifi: { networks: [network] } })
      await kitchen.until('both are known', () => kitchen.net.configuredInterfaces().length === 2)
    },
  },
)

book.recipe('Keep nothing on the disk', async ({ kitchen, running }) => {
  await running
  assert.equal(kitchen.printed, ['eth1 after a restart: not-saved'])
  assert.equal(await saved(kitchen).list(), [])
})

book.recipe('Keep configurations in a place of your own', async ({ kitchen, running }) => {
  await running
  assert.equal(kitchen.printed, ['eth0'])
  await kitchen.net.resetToDefaults('eth0')
  assert.is(kitchen.property('eth0', 'persistence'), 'not-saved')
})

const KEY = '00112233445566778899aabbccddeeff'

book.recipe(
  'Encrypt what is saved with a key of your own',
  async ({ kitchen, running }) => {
    await running
    assert.match(JSON.stringify(await saved(kitchen, KEY).load('wlan0')), /"ssid":"Cafe"/)
    const thrown = await saved(kitchen)
      .load('wlan0')
      .catch((error: unknown) => error)
    assert.ok(isNetworkError(thrown, 'ERR_DECRYPTION_FAILED'))
  },
  {
    more: { modules: { 'node:fs/promises': { readFile } } },
    change: async (code, kitchen) => code.replace('/etc/vintage-net/secret', await kitchen.file('secret', `${KEY}\n`)),
  },
)

book.recipe(
  'Tell errors by their code',
  async ({ kitchen, running }) => {
    await running
    assert.is(kitchen.printed[0], 'ipv4.address')
    assert.match(kitchen.printed[1] ?? '', /192\.0\.2\.300/)
    assert.equal(kitchen.net.configuredInterfaces(), [])
  },
  { more: { isNetworkError } },
)

book.recipe('See what a configuration would do', async ({ kitchen, running }) => {
  await running
  assert.equal(kitchen.printed, ['replaceAddress', 'setLink', 'setRoutes', 'clearNameServers'])
  assert.equal(kitchen.addresses('eth0'), [])
})

book.recipe(
  'Find out what stands in the way',
  async ({ kitchen, running }) => {
    await kitchen.world.during(running)
    const missing = kitchen.printed.find((line) => line.startsWith('error PROGRAM_MISSING: wlan0: '))
    assert.match(missing ?? '', /wpa_supplicant.* → install wpa_supplicant/)
  },
  {
    async before(kitchen) {
      await kitchen.start({ path: kitchen.world.folder, spawn: spawnProcess })
      await kitchen.net.configure('wlan0', { type: 'wifi' })
    },
  },
)

book.recipe('Write a log', async ({ kitchen, running }) => {
  await running
  await kitchen.until('the connection is told', () => kitchen.printed.some((line) => line.includes('eth0 is lan')))
  assert.ok(kitchen.printed.every((line) => /^(info|warn|error) .* \{.*\}$/.test(line)))
})

const device = Object.assign(new EventEmitter(), { ended: 0, exit: () => (device.ended += 1) })

book.recipe(
  'Stop with the program',
  async ({ kitchen, running }) => {
    await running
    await kitchen.lease('eth0', '192.0.2.7')
    await kitchen.until('it has its address', () => kitchen.addresses('eth0').length === 1)
    device.emit('SIGTERM')
    await kitchen.until('the program ends', () => device.ended === 1)
    assert.equal(kitchen.addresses('eth0'), [])
    assert.is(kitchen.world.kernel.mirror.linkByName('eth0')?.up, false)
  },
  { more: { process: device } },
)

book.recipe(
  'Try a program of yours without a network',
  async ({ kitchen, running }) => {
    await running
    assert.equal(kitchen.printed, ['internet', 'disconnected'])
    await kitchen.net.stop()
  },
  { more: { modules: { 'vintage-net/testing': testing } } },
)

const opened: { kernel?: unknown } = {}

book.recipe(
  'Offer metrics to Prometheus',
  async ({ kitchen, running }) => {
    await kitchen.lease('eth0', '192.0.2.7')
    await kitchen.world.during(running)
    const text = kitchen.printed.join('\n')
    assert.match(text, /^vintage_net_interface_connection\{interface="eth0",connection="internet"\} 1$/m)
    assert.match(text, /^vintage_net_probes_total\{interface="eth0",outcome="connected"\} [1-9]/m)
  },
  {
    more: {
      modules: { 'vintage-net/metrics': metrics, 'vintage-net/kernel': { openKernel: async () => opened.kernel } },
    },
    async before(kitchen) {
      opened.kernel = kitchen.world.kernel
    },
  },
)

book.everyRecipeIsTried(/^test\/(unit\/vintage-net|system)\/programs-cookbook\.test\.ts$/)

test.run()
