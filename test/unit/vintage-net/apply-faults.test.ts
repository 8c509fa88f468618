/** Changes that must be confirmed, where links are missing and disks fail: what does not hold leaves nothing behind. */

import { existsSync } from 'node:fs'
import * as nodeFileSystem from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { HostFileSystem, OpenFile } from '../../../lib/base/file-system.js'
import { JOURNAL_NAME } from '../../../lib/persistence/journal.js'
import { FakeWorld } from '../../support/fake-instance.js'
import { rejection } from '../../support/rejection.js'

const config = (host: number) => ({
  type: 'ethernet',
  ipv4: { method: 'static', address: `192.0.2.${host}`, prefixLength: 24 },
})
const WITHIN = { confirmWithinMs: 60_000 }

const openJournal = ({ folder }: FakeWorld): string => join(folder, 'run', 'private', JOURNAL_NAME)
const confirmedJournal = ({ persistenceDir }: FakeWorld): string => join(persistenceDir, JOURNAL_NAME)

/** A disk that can fail to sync one directory, or to remove one file. */
class BrokenDisk {
  unsynced = ''
  unremovable = ''

  readonly fileSystem: HostFileSystem = {
    ...nodeFileSystem,
    open: async (path: string, flags: string, mode?: number): Promise<OpenFile> => {
      const file = await nodeFileSystem.open(path, flags, mode)
      if (path !== this.unsynced) return file
      return {
        stat: () => file.stat(),
        readFile: () => file.readFile(),
        writeFile: (bytes: Uint8Array) => file.writeFile(bytes),
        sync: () => Promise.reject(failed()),
        close: () => file.close(),
      }
    },
    unlink: async (path: string): Promise<void> => {
      if (path === this.unremovable) throw failed()
      await nodeFileSystem.unlink(path)
    },
  }
}

const failed = (): Error => Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })

test('a change of an interface whose link is missing is rolled back, and leaves no reason of one that was never there', async () => {
  await using world = await FakeWorld.create()
  const net = await world.start()
  await net.configure('eth0', config(2))
  await net.until(['interface', 'eth0', 'state'], 'retrying')
  const change = await net.apply({ eth0: config(3), eth1: config(4) }, WITHIN)
  await net.until(['interface', 'eth1', 'state'], 'retrying')
  await world.during(change.rollback())
  assert.is(net.get(['checkpoint']), undefined)
  assert.equal(net.getConfiguration('eth0'), config(2))
  assert.equal(net.getByPrefix(['interface', 'eth1', 'reason']), [])
  await net.configure('eth0', config(5))
})

test('a change that cannot be noted leaves no note', async () => {
  await using world = await FakeWorld.create()
  const disk = new BrokenDisk()
  const net = await world.start({ fileSystem: disk.fileSystem })
  await net.configure('eth0', config(2))
  disk.unsynced = join(world.folder, 'run', 'private')
  assert.is((await rejection(net.apply({ eth0: config(3) }, WITHIN))).code, 'ERR_PERSISTENCE')
  assert.not.ok(existsSync(openJournal(world)))
  assert.equal(net.getConfiguration('eth0'), config(2))
})

test('a stop while a change is being noted leaves no note', async () => {
  await using world = await FakeWorld.create()
  const net = await world.start()
  await net.configure('eth0', config(2), { persist: false })
  const refused = rejection(net.apply({ eth0: config(3) }, WITHIN))
  await world.during(net.stop())
  assert.is((await refused).code, 'ERR_STOPPED')
  assert.not.ok(existsSync(openJournal(world)))
})

test('a confirmation that fails half way is none, also for the next start', async () => {
  await using world = await FakeWorld.create()
  const disk = new BrokenDisk()
  const net = await world.start({ fileSystem: disk.fileSystem })
  await net.configure('eth0', config(2))
  const change = await net.apply({ eth0: config(3) }, WITHIN)
  disk.unsynced = world.persistenceDir
  assert.is((await rejection(change.confirm())).code, 'ERR_PERSISTENCE')
  disk.unsynced = ''
  disk.unremovable = openJournal(world)
  assert.is((await rejection(change.confirm())).code, 'ERR_PERSISTENCE')
  disk.unremovable = ''
  assert.not.ok(existsSync(confirmedJournal(world)))
  await world.during(change.rollback())
  await world.during(net.stop())
  assert.equal((await world.start()).getConfiguration('eth0'), config(2))
})

test.run()
