import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError, type NetworkError } from '../../../lib/errors.js'
import { FileStore } from '../../../lib/persistence/file-store.js'
import type { FileSystem } from '../../../lib/persistence/file-system.js'
import { NullStore } from '../../../lib/persistence/null-store.js'
import { OBFUSCATION_KEY, type PersistenceSecret, SecretSource } from '../../../lib/persistence/secret.js'
import type { Persistence } from '../../../lib/persistence/store.js'
import { capturingLogger } from '../properties/manual-clock.js'

interface World {
  root: string
  directory: string
}

const test = suite<World>('file store')

test.before.each(async (world) => {
  world.root = await fs.mkdtemp(join(tmpdir(), 'vintage-net-test-'))
  world.directory = join(world.root, 'lib', 'vintage-net')
})

test.after.each(async (world) => {
  if (world.root !== undefined) await fs.rm(world.root, { recursive: true, force: true })
})

function store({ directory }: World, secret?: PersistenceSecret) {
  const logger = capturingLogger()
  return { logger, store: new FileStore({ directory, logger, secrets: new SecretSource(secret ?? OBFUSCATION_KEY) }) }
}

async function rejection(promise: Promise<unknown>): Promise<NetworkError> {
  try {
    await promise
  } catch (thrown) {
    if (isNetworkError(thrown)) return thrown
    throw thrown
  }
  throw new Error('it did not reject')
}

const CONFIG = { type: 'probe', ipv4: { method: 'dhcp' }, hostname: 'unit_test' }

test('M1: what was saved is loaded, also by the next instance', async (world) => {
  await store(world).store.save('eth0', CONFIG)
  assert.equal(await store(world).store.load('eth0'), CONFIG)
})

test('M2: without a file load resolves with undefined', async (world) => {
  assert.is(await store(world).store.load('eth0'), undefined)
  await store(world).store.save('eth1', CONFIG)
  assert.is(await store(world).store.load('eth0'), undefined)
})

test('M3: list follows saves and clears', async (world) => {
  const { store: files } = store(world)
  assert.equal(await files.list(), [])
  await files.save('wlan0', CONFIG)
  assert.equal(await files.list(), ['wlan0'])
  await files.save('eth0', CONFIG)
  assert.equal(await files.list(), ['eth0', 'wlan0'])
  await files.clear('eth0')
  await files.clear('eth0')
  assert.equal(await files.list(), ['wlan0'])
})

test('M4: the secret may come from a function, sync or async', async (world) => {
  const { store: files } = store(world, () => new TextEncoder().encode('my_super_secret_'))
  await files.save('eth0', CONFIG)
  assert.equal(await files.load('eth0'), CONFIG)
  const hex = Buffer.from('my_super_secret_').toString('hex')
  assert.equal(await store(world, async () => hex).store.load('eth0'), CONFIG)
  assert.is((await rejection(store(world).store.load('eth0'))).code, 'ERR_DECRYPTION_FAILED')
})

test('a secret is rotated without loss: what an older one opens is written anew with the first', async (world) => {
  const [older, newer] = ['00'.repeat(16), '11'.repeat(16)]
  await store(world, older).store.save('eth0', CONFIG)
  assert.is((await rejection(store(world, newer).store.load('eth0'))).code, 'ERR_DECRYPTION_FAILED')
  assert.equal(await store(world, () => [newer, older]).store.load('eth0'), CONFIG)
  assert.equal(await store(world, newer).store.load('eth0'), CONFIG)
})

test('a secret that changes while we run leaves what it has encrypted readable', async (world) => {
  let secret = '00'.repeat(16)
  const { store: files } = store(world, () => secret)
  await files.save('eth0', CONFIG)
  await files.save('wlan0', CONFIG)
  secret = '11'.repeat(16)
  assert.equal(await files.load('eth0'), CONFIG)
  assert.equal(await store(world, secret).store.load('eth0'), CONFIG, 'and it is written anew')
})

test('a file that cannot be written anew keeps its older secret', async (world) => {
  const [older, newer] = ['00'.repeat(16), '11'.repeat(16)]
  await store(world, older).store.save('eth0', CONFIG)
  const refusing = { ...fs, rename: () => Promise.reject(new Error('no')) } as unknown as FileSystem
  const secrets = new SecretSource(() => [newer, older])
  const logger = capturingLogger()
  assert.equal(await new FileStore({ directory: world.directory, logger, secrets, fs: refusing }).load('eth0'), CONFIG)
  assert.match(logger.lines.map(({ message }) => message).join(), /keeps its older key/)
  assert.equal(await store(world, older).store.load('eth0'), CONFIG)
})

test('M5: two saves of one configuration differ, and both load', async (world) => {
  const { store: files } = store(world)
  await files.save('eth0', CONFIG)
  const first = await fs.readFile(join(world.directory, 'eth0'))
  await files.save('eth0', CONFIG)
  const second = await fs.readFile(join(world.directory, 'eth0'))
  assert.not.ok(first.equals(second))
  assert.equal(await files.load('eth0'), CONFIG)
  await fs.writeFile(join(world.directory, 'eth0'), first)
  assert.equal(await files.load('eth0'), CONFIG)
})

test('files are readable by their owner only, and so is every directory that was made', async (world) => {
  await store(world).store.save('eth0', CONFIG)
  const mode = async (path: string) => ((await fs.stat(path)).mode & 0o777).toString(8)
  assert.is(await mode(join(world.directory, 'eth0')), '600')
  assert.is(await mode(world.directory), '700')
  assert.is(await mode(join(world.root, 'lib')), '700')
  assert.equal(await fs.readdir(world.directory), ['eth0'])
})

test('names that are none are refused before anything is touched', async (world) => {
  const { store: files } = store(world)
  for (const name of ['', '.', '..', '../eth0', '/etc/passwd', 'a b', 'x'.repeat(16)]) {
    for (const operation of [files.load(name), files.save(name, CONFIG), files.clear(name)]) {
      const error = await rejection(operation)
      assert.is(error.code, 'ERR_INVALID_INTERFACE_NAME')
      assert.match(error.message, 'interface name')
    }
  }
  assert.equal(await fs.readdir(world.root), [])
})

test('stray entries are no interfaces, and each is named in one warning', async (world) => {
  const { store: files, logger } = store(world)
  await files.save('eth0', CONFIG)
  await fs.writeFile(join(world.directory, 'a file with blanks'), '')
  await fs.writeFile(join(world.directory, 'much-too-long-a-name.bak'), '')
  await fs.mkdir(join(world.directory, 'lost+found'))
  assert.equal(await files.list(), ['eth0'])
  assert.equal(await files.list(), ['eth0'])
  const named = logger.lines.map((line) => (line.details as { name: string }).name)
  assert.equal(named.sort(), ['a file with blanks', 'lost+found', 'much-too-long-a-name.bak'])
  assert.ok(logger.lines.every((line) => line.level === 'warn'))
})

test('what a crash left behind is removed by the next list or save', async (world) => {
  await store(world).store.save('eth0', CONFIG)
  const leftOver = join(world.directory, '.vintage-net-0123456789abcdef.tmp')
  for (const next of [() => store(world).store.list(), () => store(world).store.save('eth1', CONFIG)]) {
    await fs.writeFile(leftOver, 'half')
    await next()
    assert.not.ok((await fs.readdir(world.directory)).some((name) => name.endsWith('.tmp')))
  }
})

test('a file that was cut at any length never loads as something else', async (world) => {
  const { store: files } = store(world)
  await files.save('eth0', CONFIG)
  const path = join(world.directory, 'eth0')
  const bytes = await fs.readFile(path)
  for (let length = 0; length < bytes.length; length += 1) {
    await fs.writeFile(path, bytes.subarray(0, length))
    const { code } = await rejection(files.load('eth0'))
    assert.ok(['ERR_SAVED_CONFIG_CORRUPT', 'ERR_DECRYPTION_FAILED'].includes(code))
  }
})

test('a file in place of another interface is refused, and so is one that is far too large', async (world) => {
  const { store: files } = store(world)
  await files.save('eth0', CONFIG)
  await fs.copyFile(join(world.directory, 'eth0'), join(world.directory, 'eth1'))
  assert.is((await rejection(files.load('eth1'))).code, 'ERR_DECRYPTION_FAILED')
  await fs.truncate(join(world.directory, 'eth0'), 5_000_000)
  assert.is((await rejection(files.load('eth0'))).code, 'ERR_SAVED_CONFIG_CORRUPT')
  assert.is((await rejection(files.save('eth0', 'x'.repeat(2_000_000)))).code, 'ERR_INVALID_CONFIG')
})

test('a directory in place of a file is ERR_PERSISTENCE', async (world) => {
  await fs.mkdir(join(world.directory, 'eth0'), { recursive: true })
  const { store: files } = store(world)
  for (const operation of [files.load('eth0'), files.save('eth0', CONFIG), files.clear('eth0')]) {
    assert.is((await rejection(operation)).code, 'ERR_PERSISTENCE')
  }
  assert.equal(await fs.readdir(world.directory), ['eth0'])
})

test('concurrent calls run in order, so the last save wins', async (world) => {
  const { store: files } = store(world)
  const saves = Array.from({ length: 20 }, (_, count) => files.save('eth0', { count }))
  assert.equal(await files.load('eth0'), { count: 19 })
  await Promise.all(saves)
  assert.equal(await fs.readdir(world.directory), ['eth0'])
})

test('a wrong secret is refused at once, one from a function at the first use; the text never holds it', async (world) => {
  assert.throws(
    () => store(world, 'hush'),
    (thrown: unknown) => isNetworkError(thrown, 'ERR_INVALID_CONFIG') && !thrown.message.includes('hush'),
  )
  const error = await rejection(store(world, () => 'hush').store.save('eth0', CONFIG))
  assert.is(error.code, 'ERR_INVALID_CONFIG')
  assert.is(error.field, 'persistenceSecret')
  assert.not.match(error.message, 'hush')
})

test('a secret function that fails is asked again at the next use', async (world) => {
  let count = 0
  const { store: files } = store(world, async () => {
    count += 1
    if (count === 1) throw new Error('not ready')
    return new Uint8Array(16)
  })
  assert.is((await rejection(files.save('eth0', CONFIG))).code, 'ERR_PERSISTENCE')
  await files.save('eth0', CONFIG)
  assert.equal(await files.load('eth0'), CONFIG)
})

test('the null store accepts everything and keeps nothing', async () => {
  const none: Persistence = new NullStore()
  await none.save('eth0', CONFIG)
  assert.is(await none.load('eth0'), undefined)
  assert.equal(await none.list(), [])
  await none.clear('eth0')
})

test.run()
