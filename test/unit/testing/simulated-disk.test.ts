import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import { FileStore } from '../../../lib/persistence/file-store.js'
import { OBFUSCATION_KEY, SecretSource } from '../../../lib/persistence/secret.js'
import { SimulatedDisk } from '../../../lib/testing/simulated-disk.js'

const DIRECTORY = '/var/lib/vintage-net'
const MODE = { mode: 0o600 }

function textOf(disk: SimulatedDisk, path: string): string | undefined {
  const bytes = disk.read(path)
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}

function storeOn(disk: SimulatedDisk, fs = disk.view()): FileStore {
  return new FileStore({ directory: DIRECTORY, logger: silentLogger, fs, secrets: new SecretSource(OBFUSCATION_KEY) })
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (thrown: unknown) => (thrown as { code?: unknown }).code,
  )
}

test('what is written can be read, listed, renamed and removed', async () => {
  const disk = new SimulatedDisk()
  const fs = disk.view()
  assert.is(await fs.mkdir('/a/b', { recursive: true }), '/a')
  assert.is(await fs.mkdir('/a/b', { recursive: true }), undefined)
  await fs.writeFile('/a/b/one', 'text', MODE)
  assert.is(await fs.readFile('/a/b/one', 'utf8'), 'text')
  await fs.rename('/a/b/one', '/a/b/two')
  assert.equal(disk.list('/a/b'), ['two'])
  assert.equal(
    (await fs.readdir('/a', { withFileTypes: true })).map((entry) => [entry.name, entry.isFile()]),
    [['b', false]],
  )
  await fs.unlink('/a/b/two')
  await fs.rm('/a/b/two', { force: true })
  assert.equal(disk.list('/a/b'), [])
})

test('what is not there is ENOENT, what must be new and is not is EEXIST', async () => {
  const disk = new SimulatedDisk()
  disk.put('/file', 'text')
  const fs = disk.view()
  assert.is(await codeOf(fs.readFile('/none', 'utf8')), 'ENOENT')
  assert.is(await codeOf(fs.writeFile('/none/file', '', MODE)), 'ENOENT')
  assert.is(await codeOf(fs.unlink('/none')), 'ENOENT')
  assert.is(await codeOf(fs.rename('/none', '/other')), 'ENOENT')
  assert.is(await codeOf(fs.open('/file', 'wx')), 'EEXIST')
})

test('a power cut takes what was not synced: contents whole, names from the last on', async () => {
  const disk = new SimulatedDisk({ volatile: ['/run'] })
  disk.put('/etc/file', 'old')
  disk.put('/run/ours/file', 'in memory')
  const fs = disk.view()
  await fs.writeFile('/etc/file', 'new', MODE)
  await fs.writeFile('/etc/first', '1', MODE)
  await fs.writeFile('/etc/second', '2', MODE)
  disk.powerCut(1)
  assert.is(textOf(disk, '/etc/file'), 'old')
  assert.equal(disk.list('/etc'), ['file', 'first'])
  assert.is(textOf(disk, '/etc/first'), '')
  assert.is(textOf(disk, '/run/ours/file'), undefined)
})

test('a power cut after a save that resolved leaves it; one in the middle leaves old or new', async () => {
  const outcomes = new Set<unknown>()
  for (let turns = 0; turns < 60; turns += 1) {
    for (const lasting of [0, 1, 2, 3]) {
      const disk = new SimulatedDisk()
      await storeOn(disk).save('eth0', { type: 'old' })
      const view = disk.view()
      const saving = storeOn(disk, view).save('eth0', { type: 'new' })
      let saved = false
      saving.then(
        () => {
          saved = true
        },
        () => undefined,
      )
      for (let turn = 0; turn < turns; turn += 1) await undefined
      view.kill()
      const wasSaved = saved
      disk.powerCut(lasting)
      const found = (await storeOn(disk).load('eth0')) as { type: string }
      if (wasSaved) assert.is(found.type, 'new')
      outcomes.add(found.type)
    }
  }
  assert.equal([...outcomes].sort(), ['new', 'old'])
})

test('operations that are told to fail fail with the code, others work', async () => {
  const disk = new SimulatedDisk()
  disk.put('/file', 'text')
  const fs = disk.view()
  disk.fail('ENOSPC', ['writeFile'])
  assert.is(await codeOf(fs.writeFile('/file', 'more', MODE)), 'ENOSPC')
  assert.is(await fs.readFile('/file', 'utf8'), 'text')
  disk.fail(undefined)
  await fs.writeFile('/file', 'more', MODE)
  assert.is(textOf(disk, '/file'), 'more')
})

test('a view that was killed does nothing more, and its operations never end', async () => {
  const disk = new SimulatedDisk()
  const fs = disk.view()
  let ended = false
  const mark = (): void => {
    ended = true
  }
  const writing = fs.writeFile('/file', 'text', MODE)
  fs.kill()
  writing.then(mark, mark)
  await new Promise((resolve) => setImmediate(resolve))
  assert.not(ended)
  assert.is(disk.read('/file'), undefined)
})

test.run()
