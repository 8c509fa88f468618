import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { PropertyTable } from '../../../lib/properties/property-table.js'
import type { ResolvFileSystem } from '../../../lib/resolver/resolv-file.js'
import { Resolver, type ResolverDeps } from '../../../lib/resolver/resolver.js'
import { capturingLogger, manualClock } from '../properties/manual-clock.js'

interface World {
  root: string
}

const test = suite<World>('resolver')

test.before.each(async (world) => {
  world.root = await fs.mkdtemp(join(tmpdir(), 'vintage-net-test-'))
})

test.after.each(async (world) => {
  if (world.root !== undefined) await fs.rm(world.root, { recursive: true, force: true })
})

const HEADER = '# This file is managed by vintage-net and overwritten by it.\n\n'
const SERVERS = ['1.1.1.1', '8.8.8.8']

/** A resolver over a real directory, with what tests look at. */
function setUp({ root }: World, options: Partial<ResolverDeps> = {}) {
  const logger = capturingLogger()
  const properties = new PropertyTable({ clock: manualClock(), logger })
  const path = join(root, 'resolv.conf')
  const resolver = new Resolver({ path, additionalNameServers: [], properties, logger, ...options })
  /** The lines after the header. */
  const lines = async (): Promise<string[]> => {
    await resolver.idle()
    const text = await fs.readFile(path, 'utf8')
    assert.ok(text.startsWith(HEADER) && text.endsWith('\n'))
    return text.slice(HEADER.length).split('\n').slice(0, -1)
  }
  return { logger, properties, path, resolver, lines, state: () => properties.get(['resolv_conf']) }
}

/** The real file system with some operations replaced, and the names of the operations that change something. */
function fileSystem(replaced: Partial<ResolvFileSystem> = {}) {
  const changes: string[] = []
  const noted: Partial<ResolvFileSystem> = {
    async writeFile(path, text, options) {
      changes.push(`write ${options.flag}`)
      await (replaced.writeFile ?? fs.writeFile)(path, text, options)
    },
    async rename(from, to) {
      changes.push('rename')
      await (replaced.rename ?? fs.rename)(from, to)
    },
  }
  const disk: ResolvFileSystem = { ...(fs as ResolvFileSystem), ...replaced, ...noted }
  return { fs: disk, changes }
}

function failing(code: string): () => Promise<never> {
  return async () => {
    throw Object.assign(new Error(`${code}: it failed`), { code })
  }
}

test('J1: after start the file is ours and empty', async (world) => {
  const { resolver, lines, path, properties, state } = setUp(world)
  await resolver.start()
  assert.equal(await lines(), [])
  assert.is(((await fs.stat(path)).mode & 0o777).toString(8), '644')
  assert.equal(properties.get(['name_servers']), [])
  assert.is(state(), 'written')
})

test('J2: domain and servers of an interface stand in the file, the source of the domain above its line', async (world) => {
  const { resolver, lines } = setUp(world)
  await resolver.start()
  resolver.setup('eth0', { domain: 'example.com', nameServers: SERVERS })
  assert.equal(await lines(), [
    '# example.com # From eth0',
    'search example.com',
    'nameserver 1.1.1.1 # From eth0',
    'nameserver 8.8.8.8 # From eth0',
  ])
})

test('J3: clearing the interface empties the file', async (world) => {
  const { resolver, lines } = setUp(world)
  await resolver.start()
  resolver.setup('eth0', { domain: 'example.com', nameServers: SERVERS })
  await resolver.idle()
  resolver.clear('eth0')
  resolver.clear('eth0')
  assert.equal(await lines(), [])
})

test('J4: no domain and an empty one make no search line', async (world) => {
  const { resolver, lines } = setUp(world)
  await resolver.start()
  for (const domain of [undefined, '', '  ']) {
    resolver.setup('eth0', { domain, nameServers: SERVERS })
    assert.equal(await lines(), ['nameserver 1.1.1.1 # From eth0', 'nameserver 8.8.8.8 # From eth0'])
  }
})

test('J5: clearAll forgets every interface', async (world) => {
  const { resolver, lines } = setUp(world)
  await resolver.start()
  resolver.setup('eth0', { domain: 'example.com', nameServers: SERVERS })
  resolver.setup('wlan0', { nameServers: ['192.0.2.1'] })
  resolver.clearAll()
  assert.equal(await lines(), [])
})

test('J6: the property lists the servers as supplied, within the call', async (world) => {
  const { resolver, properties } = setUp(world)
  await resolver.start()
  resolver.setup('eth0', { nameServers: ['4.4.4.4', '3.3.3.3'] })
  assert.equal(properties.get(['name_servers']), [
    { address: '4.4.4.4', from: ['eth0'] },
    { address: '3.3.3.3', from: ['eth0'] },
  ])
  resolver.clear('eth0')
  assert.equal(properties.get(['name_servers']), [])
  await resolver.idle()
})

test('J7: a structured address is written as its text', async (world) => {
  const { resolver, lines } = setUp(world)
  await resolver.start()
  resolver.setup('eth0', { domain: 'example.com', nameServers: [[1, 1, 1, 1], '8.8.8.8'] })
  assert.equal((await lines()).slice(2), ['nameserver 1.1.1.1 # From eth0', 'nameserver 8.8.8.8 # From eth0'])
})

test('a change of priority changes the order', async (world) => {
  const { resolver, lines } = setUp(world)
  await resolver.start()
  resolver.setup('eth0', { nameServers: ['192.0.2.1'] })
  resolver.setup('wlan0', { nameServers: ['192.0.2.2'] })
  resolver.setPriority(['wlan0', 'eth0'])
  assert.equal(await lines(), ['nameserver 192.0.2.2 # From wlan0', 'nameserver 192.0.2.1 # From eth0'])
})

test('additional servers that are no addresses are logged and skipped', async (world) => {
  const { resolver, lines, logger } = setUp(world, { additionalNameServers: ['192.0.2.9', 'dns', '192.0.2.8', ''] })
  await resolver.start()
  assert.equal(await lines(), ['nameserver 192.0.2.9 # From global', 'nameserver 192.0.2.8 # From global'])
  assert.equal(
    logger.lines.map((line) => line.level),
    ['error', 'error'],
  )
})

test('what an interface supplies cannot break out of its line', async (world) => {
  const { resolver, lines, logger } = setUp(world)
  await resolver.start()
  resolver.setup('eth0', {
    domain: 'good.example\n#',
    nameServers: ['192.0.2.1\nnameserver 203.0.113.66', '192.0.2.2'],
  })
  assert.equal(await lines(), ['# good.example # From eth0', 'search good.example', 'nameserver 192.0.2.2 # From eth0'])
  assert.is(logger.lines.filter((line) => line.level === 'warn').length, 2)
  assert.throws(
    () => resolver.setup('eth0\nnameserver 203.0.113.66', { nameServers: [] }),
    (thrown: unknown) => isNetworkError(thrown, 'ERR_INVALID_INTERFACE_NAME'),
  )
})

test('what was set up before start is in the first file, and nothing is written earlier', async (world) => {
  const { resolver, lines, path } = setUp(world)
  resolver.setup('eth0', { nameServers: ['192.0.2.1'] })
  await resolver.idle()
  assert.not.ok((await fs.readdir(world.root)).includes('resolv.conf'), path)
  await resolver.start()
  assert.equal(await lines(), ['nameserver 192.0.2.1 # From eth0'])
})

test('stop leaves the additional servers, and later calls change nothing', async (world) => {
  const { resolver, lines } = setUp(world, { additionalNameServers: ['192.0.2.9'] })
  await resolver.start()
  resolver.setup('eth0', { nameServers: ['192.0.2.1'] })
  await resolver.stop()
  assert.equal(await lines(), ['nameserver 192.0.2.9 # From global'])
  resolver.setup('eth0', { nameServers: ['192.0.2.1'] })
  assert.equal(await lines(), ['nameserver 192.0.2.9 # From global'])
  assert.equal(await fs.readdir(world.root), ['resolv.conf'])
})

test('a resolver that never started writes nothing when it stops', async (world) => {
  const { resolver } = setUp(world)
  await resolver.stop()
  await resolver.start()
  assert.equal(await fs.readdir(world.root), [])
})

test('without a path no file is written, and the properties say so', async (world) => {
  const { resolver, properties, state } = setUp(world, { path: null })
  await resolver.start()
  resolver.setup('eth0', { nameServers: ['192.0.2.1'] })
  await resolver.stop()
  assert.is(state(), 'off')
  assert.equal(properties.get(['name_servers']), [])
  assert.equal(await fs.readdir(world.root), [])
})

test('updates while the file is being written are written together, the latest only', async (world) => {
  const { fs: disk, changes } = fileSystem()
  const { resolver, lines } = setUp(world, { fs: disk })
  await resolver.start()
  changes.length = 0
  for (let count = 1; count <= 50; count += 1) resolver.setup('eth0', { nameServers: [`192.0.2.${count}`] })
  assert.equal(await lines(), ['nameserver 192.0.2.50 # From eth0'])
  assert.equal(changes, ['write wx', 'rename', 'write wx', 'rename'])
})

test('unchanged text is not written again, but a change by somebody else is overwritten', async (world) => {
  const { fs: disk, changes } = fileSystem()
  const { resolver, lines, path } = setUp(world, { fs: disk })
  await resolver.start()
  resolver.setup('eth0', { nameServers: ['192.0.2.1'] })
  await resolver.idle()
  changes.length = 0
  resolver.setup('eth0', { nameServers: ['192.0.2.1'] })
  resolver.setPriority(['eth0'])
  await resolver.idle()
  assert.equal(changes, [])
  await fs.writeFile(path, 'nameserver 203.0.113.66\n')
  resolver.setPriority([])
  assert.equal(await lines(), ['nameserver 192.0.2.1 # From eth0'])
})

test('a file that cannot be replaced is written in place', async (world) => {
  for (const code of ['EBUSY', 'EACCES', 'EPERM', 'EROFS']) {
    const { fs: disk, changes } = fileSystem({ rename: failing(code) })
    const { resolver, lines, state } = setUp(world, { fs: disk })
    await resolver.start()
    resolver.setup('eth0', { nameServers: ['192.0.2.1'] })
    assert.equal(await lines(), ['nameserver 192.0.2.1 # From eth0'])
    assert.is(state(), 'written')
    assert.ok(changes.includes('write w'))
    assert.equal(await fs.readdir(world.root), ['resolv.conf'])
    await resolver.stop()
  }
})

test('a write that fails is published and logged once, and tried again at the next update', async (world) => {
  for (const code of ['EROFS', 'ENOSPC', 'EIO']) {
    let broken = true
    const writeFile: ResolvFileSystem['writeFile'] = async (path, text, options) => {
      if (broken) await failing(code)()
      await fs.writeFile(path, text, options)
    }
    const { resolver, lines, state, logger, properties, path } = setUp(world, { fs: fileSystem({ writeFile }).fs })
    await resolver.start()
    resolver.setup('eth0', { nameServers: ['192.0.2.1'] })
    await resolver.idle()
    assert.is(state(), `failed: ${code}`)
    assert.equal(properties.get(['name_servers']), [{ address: '192.0.2.1', from: ['eth0'] }])
    assert.equal(
      logger.lines.map((line) => line.level),
      ['warn', 'debug'],
    )
    assert.match(logger.lines[0]?.message ?? '', code)
    broken = false
    resolver.setPriority(['eth0'])
    assert.equal(await lines(), ['nameserver 192.0.2.1 # From eth0'])
    assert.is(state(), 'written')
    await resolver.stop()
    await fs.unlink(path)
  }
})

test('a directory in place of the file is reported and stays', async (world) => {
  const { resolver, state, path } = setUp(world)
  await fs.mkdir(path)
  await resolver.start()
  assert.is(state(), 'failed: EISDIR')
  assert.ok((await fs.stat(path)).isDirectory())
})

test('a link to a file of somebody else is neither replaced nor followed, and a warning names its target', async (world) => {
  const { resolver, state, path, logger } = setUp(world, { tmpDir: join(world.root, 'run') })
  const target = join(world.root, 'stub-resolv.conf')
  await fs.writeFile(target, 'theirs\n')
  await fs.symlink('stub-resolv.conf', path)
  await resolver.start()
  await resolver.stop()
  assert.is(state(), 'failed: ESYMLINK')
  assert.is(await fs.readFile(target, 'utf8'), 'theirs\n')
  assert.is(await fs.readlink(path), 'stub-resolv.conf')
  const warnings = logger.lines.filter((line) => line.level === 'warn')
  assert.is(warnings.length, 1)
  assert.match(warnings[0]?.message ?? '', target)
})

test('a link into our own directory is followed and stays a link, also before its file exists', async (world) => {
  const tmpDir = join(world.root, 'run')
  await fs.mkdir(tmpDir)
  const { resolver, state, path, lines } = setUp(world, { tmpDir })
  // Reached through a further link and a link among the directories.
  await fs.symlink('run', join(world.root, 'var-run'))
  await fs.symlink('hop', path)
  await fs.symlink(join(world.root, 'var-run', 'resolv.conf'), join(world.root, 'hop'))
  await resolver.start()
  resolver.setup('eth0', { nameServers: ['192.0.2.1'] })
  assert.equal(await lines(), ['nameserver 192.0.2.1 # From eth0'])
  assert.is(state(), 'written')
  assert.is(await fs.readlink(path), 'hop')
  assert.equal(await fs.readdir(tmpDir), ['resolv.conf'])
})

test('a link out of our directory, a link in a circle and a name that only begins like it are not ours', async (world) => {
  const tmpDir = join(world.root, 'run')
  await fs.mkdir(tmpDir)
  await fs.mkdir(`${tmpDir}-other`)
  for (const target of ['resolv.conf', join(tmpDir, '..', 'outside'), join(`${tmpDir}-other`, 'resolv.conf')]) {
    const { resolver, state, path } = setUp(world, { tmpDir })
    await fs.symlink(target, path)
    await resolver.start()
    assert.is(state(), 'failed: ESYMLINK', target)
    assert.is(await fs.readlink(path), target)
    await resolver.stop()
    await fs.unlink(path)
  }
  assert.equal((await fs.readdir(world.root)).sort(), ['run', 'run-other'])
})

test.run()
