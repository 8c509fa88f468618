import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError, type NetworkError } from '../../../lib/errors.js'
import { FileStore } from '../../../lib/persistence/file-store.js'
import type { FileSystem } from '../../../lib/persistence/file-system.js'
import { OBFUSCATION_KEY, SecretSource } from '../../../lib/persistence/secret.js'
import { SimulatedDisk } from '../../../lib/testing/simulated-disk.js'
import { capturingLogger } from '../properties/manual-clock.js'
import { PowerCut, powerCutDisk } from './power-cut-disk.js'

const OLD = { type: 'ethernet', hostname: 'old' }
const NEW = { type: 'ethernet', hostname: 'new' }
const DIRECTORY = '/var/lib/vintage-net'

function storeOn(disk: FileSystem, directory = DIRECTORY): FileStore {
  return new FileStore({ directory, logger: capturingLogger(), fs: disk, secrets: new SecretSource(OBFUSCATION_KEY) })
}

/** The bytes of a directory in which `eth0` has the old configuration. */
async function oldFiles(): Promise<Map<string, Uint8Array>> {
  const disk = powerCutDisk(new Map())
  await storeOn(disk).save('eth0', OLD)
  return disk.afterwards()[0] ?? new Map()
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

test('a power cut after any step leaves the old configuration or the new one, and the next start clears up', async () => {
  const initial = await oldFiles()
  const whole = powerCutDisk(initial)
  await storeOn(whole).save('eth0', NEW)
  assert.is(whole.afterwards().length, 1, 'a save that resolved has nothing left to lose')
  const outcomes = new Set<unknown>()
  for (let cutAfter = 0; cutAfter <= whole.steps(); cutAfter += 1) {
    const disk = powerCutDisk(initial)
    disk.cutAfter = cutAfter
    const resolved = await storeOn(disk)
      .save('eth0', NEW)
      .then(() => true)
      .catch((thrown: NetworkError) => {
        assert.instance(thrown.cause, PowerCut)
        return false
      })
    for (const files of disk.afterwards()) {
      const restarted = powerCutDisk(files)
      const store = storeOn(restarted)
      assert.equal(await store.list(), ['eth0'])
      const loaded = (await store.load('eth0')) as typeof OLD
      outcomes.add(loaded.hostname)
      if (resolved) assert.equal(loaded, NEW)
      assert.equal([...(restarted.afterwards().at(-1) ?? new Map()).keys()], ['eth0'])
    }
  }
  assert.equal([...outcomes], ['old', 'new'])
})

test('a power cut while a configuration is cleared leaves it or removes it', async () => {
  const initial = await oldFiles()
  const disk = powerCutDisk(initial)
  await storeOn(disk).clear('eth0')
  assert.equal(disk.afterwards(), [new Map()])
})

type Operation = 'mkdir' | 'open' | 'writeFile' | 'sync' | 'rename' | 'unlink' | 'readdir'

/** The error that Node makes of a failed system call. */
function systemError(code: string, errno: number): Error {
  return Object.assign(new Error(`${code}: it failed`), { code, errno: -errno })
}

/** The real file system, except that the operation numbered `failing` of those that write throws. */
function faultyDisk(failing: number, error: Error) {
  const operations: Operation[] = []
  const step = (operation: Operation): void => {
    operations.push(operation)
    if (operations.length - 1 === failing) throw error
  }
  const disk: FileSystem = {
    async open(path, flags, mode) {
      step('open')
      const file = await fs.open(path, flags, mode)
      return {
        async writeFile(bytes) {
          step('writeFile')
          await file.writeFile(bytes)
        },
        readFile: () => file.readFile(),
        stat: () => file.stat(),
        async sync() {
          step('sync')
          await file.sync()
        },
        close: () => file.close(),
      }
    },
    async mkdir(path, options) {
      step('mkdir')
      return await fs.mkdir(path, options)
    },
    readdir: (path, options) => fs.readdir(path, options),
    async rename(from, to) {
      step('rename')
      await fs.rename(from, to)
    },
    async unlink(path) {
      step('unlink')
      await fs.unlink(path)
    },
  }
  return { disk, operations }
}

const FAULTS: [string, number][] = [
  ['ENOSPC', 28],
  ['EROFS', 30],
  ['EACCES', 13],
  ['EIO', 5],
]

test('a step that fails rejects with its code and errno, keeps a whole configuration and leaves nothing behind', async () => {
  const root = await fs.mkdtemp(join(tmpdir(), 'vintage-net-test-'))
  try {
    await storeOn(fs, root).save('eth0', OLD)
    const whole = faultyDisk(-1, new Error())
    await storeOn(whole.disk, root).save('eth0', OLD)
    assert.equal(whole.operations, ['mkdir', 'open', 'writeFile', 'sync', 'rename', 'open', 'sync'])
    for (const [code, errno] of FAULTS) {
      for (let failing = 0; failing < whole.operations.length; failing += 1) {
        await storeOn(fs, root).save('eth0', OLD)
        const cause = systemError(code, errno)
        const error = await rejection(storeOn(faultyDisk(failing, cause).disk, root).save('eth0', NEW))
        assert.is(error.code, 'ERR_PERSISTENCE')
        assert.is(error.errno, errno)
        assert.is(error.operation, 'save')
        assert.is(error.ifname, 'eth0')
        assert.match(error.message, code)
        assert.is(error.cause, cause)
        // After the rename the new one is in place, though perhaps not for good.
        assert.equal(await storeOn(fs, root).load('eth0'), failing < 5 ? OLD : NEW)
        assert.equal(await fs.readdir(root), ['eth0'])
      }
    }
  } finally {
    await fs.rm(root, { recursive: true, force: true })
  }
})

test('a file system that cannot sync directories is good enough', async () => {
  const root = await fs.mkdtemp(join(tmpdir(), 'vintage-net-test-'))
  try {
    await storeOn(faultyDisk(6, systemError('EINVAL', 22)).disk, root).save('eth0', NEW)
    assert.equal(await storeOn(fs, root).load('eth0'), NEW)
  } finally {
    await fs.rm(root, { recursive: true, force: true })
  }
})

test('a store goes on after a failure', async () => {
  const root = await fs.mkdtemp(join(tmpdir(), 'vintage-net-test-'))
  try {
    const store = storeOn(faultyDisk(2, systemError('ENOSPC', 28)).disk, root)
    const failed = rejection(store.save('eth0', OLD))
    const saved = store.save('eth0', NEW)
    assert.match((await failed).message, 'ENOSPC')
    await saved
    assert.equal(await store.load('eth0'), NEW)
  } finally {
    await fs.rm(root, { recursive: true, force: true })
  }
})

test('what a failed sync left open is settled by the next removal, and by the next start', async () => {
  for (const settle of [
    (store: FileStore): Promise<unknown> => store.clear('eth0'),
    (store: FileStore): Promise<unknown> => store.list(),
  ]) {
    const disk = new SimulatedDisk()
    const store = storeOn(disk.view())
    await store.save('eth0', OLD)
    disk.fail('EIO', ['sync'])
    await rejection(store.clear('eth0'))
    disk.fail(undefined)
    await settle(store)
    disk.powerCut(0)
    assert.equal(await storeOn(disk.view()).list(), [])
  }
})

test('a directory that cannot be read has no configurations, and a warning says so', async () => {
  const logger = capturingLogger()
  const disk = powerCutDisk(new Map())
  disk.readdir = async () => {
    throw systemError('EACCES', 13)
  }
  const store = new FileStore({ directory: DIRECTORY, logger, fs: disk, secrets: new SecretSource(OBFUSCATION_KEY) })
  assert.equal(await store.list(), [])
  assert.match(logger.lines[0]?.message ?? '', 'EACCES')
})

test.run()
