/** Changes that hold when they are confirmed. */

import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import * as nodeFileSystem from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { HostFileSystem } from '../../../lib/index.js'
import type { VintageNetOptions } from '../../../lib/options.js'
import { JOURNAL_NAME } from '../../../lib/persistence/journal.js'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { FakeWorld } from '../../support/fake-instance.js'
import { rejection } from '../../support/rejection.js'

const OLD = { type: 'ethernet', mtu: 1_400, ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24 } }
const NEW = { type: 'ethernet', ipv4: { method: 'static', address: '198.51.100.2', prefixLength: 24 } }
const WITHIN = { confirmWithinMs: 10_000 }

const stateOf = (ifname: string): string[] => ['interface', ifname, 'state']

async function within(
  work: (net: VintageNet, world: FakeWorld) => Promise<void>,
  options: VintageNetOptions = {},
): Promise<void> {
  await using world = await FakeWorld.create()
  for (const ifname of ['eth0', 'eth1']) world.kernel.lab.addLink({ ifname, lowerUp: true })
  await work(await world.start(options), world)
}

/** All that the kernel holds, without the times. */
async function kernelState({ kernel }: FakeWorld): Promise<unknown> {
  const [links, addresses, routes, rules] = [kernel.links(), kernel.addresses(), kernel.routes(), kernel.rules()]
  return { links: await links, addresses: await addresses, routes: await routes, rules: await rules }
}

/** Every saved file's bytes, by its name. */
function savedFiles({ persistenceDir }: FakeWorld): Record<string, string> {
  if (!existsSync(persistenceDir)) return {}
  const names = readdirSync(persistenceDir)
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(persistenceDir, name), 'hex')]))
}

const openJournal = ({ folder }: FakeWorld): string => join(folder, 'run', 'private', JOURNAL_NAME)

async function configured(net: VintageNet, ifname: string, config: object): Promise<void> {
  await net.configure(ifname, config)
  await net.until(stateOf(ifname), 'configured')
}

test('nothing saved changes before the confirmation, all of it with it', () =>
  within(async (net, world) => {
    await configured(net, 'eth0', OLD)
    const before = savedFiles(world)
    const checkpoint = await net.apply({ eth0: NEW, eth1: OLD }, WITHIN)
    assert.is((net.get(['checkpoint']) as { id: string }).id, checkpoint.id)
    await net.until(stateOf('eth1'), 'configured')
    assert.equal(savedFiles(world), before)
    assert.is(net.get(['interface', 'eth0', 'persistence']), 'not-saved')
    await checkpoint.confirm()
    assert.equal(Object.keys(savedFiles(world)).sort(), ['eth0', 'eth1'])
    assert.is.not(savedFiles(world)['eth0'], before['eth0'])
    assert.is(net.get(['interface', 'eth0', 'persistence']), 'saved')
    assert.is(net.get(['checkpoint']), undefined)
    assert.not.ok(existsSync(openJournal(world)))
    await world.clock.advance(60_000)
    assert.is((net.getConfiguration('eth0') as { mtu?: number }).mtu, undefined, 'the deadline is over')
    await checkpoint.confirm()
    assert.is((await rejection(checkpoint.rollback())).code, 'ERR_CANCELLED')
  }))

test('what is not confirmed in time is rolled back: kernel, properties and files are what they were', () =>
  within(async (net, world) => {
    await configured(net, 'eth0', OLD)
    const [kernel, files, properties] = [await kernelState(world), savedFiles(world), net.getByPrefix(['interface'])]
    const checkpoint = await net.apply({ eth0: NEW, eth1: OLD }, WITHIN)
    await net.until(stateOf('eth1'), 'configured')
    assert.not.equal(await kernelState(world), kernel)
    await world.clock.advance(WITHIN.confirmWithinMs)
    await net.until(['checkpoint'], undefined)
    await net.until(stateOf('eth0'), 'configured')
    assert.equal(await kernelState(world), kernel)
    assert.equal(savedFiles(world), files)
    assert.equal(net.getByPrefix(['interface']), properties)
    assert.ok(world.logs.some(({ level, message }) => level === 'warn' && /not confirmed in time/.test(message)))
    assert.is((await rejection(checkpoint.confirm())).code, 'ERR_CANCELLED')
    await checkpoint.rollback()
  }))

test('a rollback restores a configuration that was never saved', () =>
  within(async (net) => {
    await net.configure('eth0', OLD, { persist: false })
    await net.until(stateOf('eth0'), 'configured')
    const former = net.getConfiguration('eth0')
    await (await net.apply({ eth0: NEW }, WITHIN)).rollback()
    assert.equal(net.getConfiguration('eth0'), former)
    assert.is(net.get(['interface', 'eth0', 'persistence']), 'not-saved')
    assert.is(net.get(stateOf('eth0')), 'configured')
  }))

test('one wrong configuration keeps all of them away, and is named', () =>
  within(async (net, world) => {
    const before = net.match(['interface', '*', 'config'])
    const wrong = { type: 'ethernet', ipv4: { method: 'static', address: '192.0.2.300', prefixLength: 24 } }
    const error = await rejection(net.apply({ eth0: NEW, eth1: wrong }, WITHIN))
    assert.equal([error.code, error.ifname, error.field], ['ERR_INVALID_CONFIG', 'eth1', 'ipv4.address'])
    assert.is((await rejection(net.apply({ 'no/name': NEW }, WITHIN))).code, 'ERR_INVALID_INTERFACE_NAME')
    assert.equal(net.match(['interface', '*', 'config']), before)
    assert.equal(world.kernel.lab.sent, [])
    assert.is(net.get(['checkpoint']), undefined)
    assert.not.ok(existsSync(openJournal(world)))
  }))

test('arguments that cannot be are refused by name', () =>
  within(async (net) => {
    for (const configs of [undefined, null, {}, [], 'eth0']) {
      assert.is((await rejection(net.apply(configs as never, WITHIN))).field, 'configs')
    }
    for (const confirmWithinMs of [undefined, 0, -1, 1.5, '1', 2 ** 31, Number.NaN]) {
      const error = await rejection(net.apply({ eth0: NEW }, { confirmWithinMs } as never))
      assert.is(error.field, 'confirmWithinMs')
    }
    assert.is((await rejection(net.apply({ eth0: NEW }, undefined as never))).field, 'confirmWithinMs')
  }))

test('while a change is open no other begins, and its interfaces take no other configuration', () =>
  within(async (net) => {
    const checkpoint = await net.apply({ eth0: NEW }, WITHIN)
    for (const refused of [
      net.apply({ eth1: NEW }, WITHIN),
      net.configure('eth0', OLD),
      net.deconfigure('eth0'),
      net.resetToDefaults('eth0'),
    ]) {
      const error = await rejection(refused)
      assert.is(error.code, 'ERR_BUSY')
      assert.match(error.message, checkpoint.id)
    }
    await net.configure('eth1', OLD)
    await checkpoint.confirm()
    await net.configure('eth0', OLD)
    await (await net.apply({ eth0: NEW }, WITHIN)).rollback()
  }))

test('the journal is on the disk before the first word to the kernel', () =>
  within(async (net, world) => {
    const send = world.kernel.send.bind(world.kernel)
    const seen: boolean[] = []
    world.kernel.send = (...args) => {
      seen.push(existsSync(openJournal(world)))
      return send(...args)
    }
    const checkpoint = await net.apply({ eth0: NEW }, WITHIN)
    await net.until(stateOf('eth0'), 'configured')
    assert.ok(seen.length > 0)
    assert.not.ok(seen.includes(false))
    await checkpoint.confirm()
  }))

/** A file system that refuses to take files of one name into use. */
function refusing(name: string, directory: (path: string) => boolean): HostFileSystem {
  const rename = async (from: string, to: string): Promise<void> => {
    if (to.endsWith(name) && directory(to)) throw Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' })
    await nodeFileSystem.rename(from, to)
  }
  return { ...nodeFileSystem, rename } as unknown as HostFileSystem
}

test('without a journal nothing is applied', () =>
  within(
    async (net) => {
      const before = net.match(['interface', '*', 'config'])
      const error = await rejection(net.apply({ eth0: NEW }, WITHIN))
      assert.is(error.code, 'ERR_PERSISTENCE')
      assert.match(error.message, /ENOSPC/)
      assert.equal(net.match(['interface', '*', 'config']), before)
      assert.is(net.get(['checkpoint']), undefined)
    },
    { fileSystem: refusing(JOURNAL_NAME, () => true) },
  ))

test('a confirmation that cannot be written down leaves the change open, and the deadline standing', () =>
  within(
    async (net, world) => {
      const checkpoint = await net.apply({ eth0: NEW }, WITHIN)
      assert.is((await rejection(checkpoint.confirm())).code, 'ERR_PERSISTENCE')
      assert.equal(savedFiles(world), {})
      await world.clock.advance(WITHIN.confirmWithinMs)
      await net.until(['checkpoint'], undefined)
      assert.is(
        (await rejection(Promise.resolve().then(() => net.getConfiguration('eth0')))).code,
        'ERR_NO_CONFIGURATION',
      )
    },
    { fileSystem: refusing(JOURNAL_NAME, (path) => path.includes('saved')) },
  ))

/** The files as they are at this moment, put back behind the stop: as if the run had been cut short here. */
async function cutShort(net: VintageNet, world: FakeWorld): Promise<void> {
  const names = ['run', 'saved'].filter((name) => existsSync(join(world.folder, name)))
  for (const name of names) cpSync(join(world.folder, name), join(world.folder, `${name}.kept`), { recursive: true })
  await world.during(net.stop())
  for (const name of names) {
    // A write that was under way may bring a file into it meanwhile.
    rmSync(join(world.folder, name), { recursive: true, maxRetries: 5, retryDelay: 50 })
    cpSync(join(world.folder, `${name}.kept`), join(world.folder, name), { recursive: true })
  }
}

const isUp = ({ kernel }: FakeWorld, ifname: string): boolean | undefined => kernel.mirror.linkByName(ifname)?.up

test('a link that was up before it was ours is up again behind a rollback, one that was down is down', () =>
  within(async (net, world) => {
    await world.kernel.send([{ type: 'setLink', ifname: 'eth0', up: true }])
    const checkpoint = await net.apply({ eth0: NEW, eth1: NEW }, WITHIN)
    await net.until(stateOf('eth1'), 'configured')
    await checkpoint.rollback()
    assert.equal([isUp(world, 'eth0'), isUp(world, 'eth1')], [true, false])
    assert.not.ok((await world.kernel.addresses()).some(({ address }) => address === NEW.ipv4.address))
  }))

test('so it is where the run was cut short', () =>
  within(async (net, world) => {
    await world.kernel.send([{ type: 'setLink', ifname: 'eth0', up: true }])
    await net.apply({ eth0: NEW, eth1: NEW }, WITHIN)
    await net.until(stateOf('eth1'), 'configured')
    await cutShort(net, world)
    await world.kernel.send([{ type: 'setLink', ifname: 'eth0', up: false }])
    await world.start()
    assert.equal([isUp(world, 'eth0'), isUp(world, 'eth1')], [true, false])
  }))

test('a run that is cut short is rolled back by the next start, before anything else', () =>
  within(async (net, world) => {
    await net.configure('eth0', OLD, { persist: false })
    await net.until(stateOf('eth0'), 'configured')
    const former = net.getConfiguration('eth0')
    await net.apply({ eth0: NEW, eth1: NEW }, WITHIN)
    await net.until(stateOf('eth1'), 'configured')
    await cutShort(net, world)
    const next = await world.start()
    assert.equal(next.getConfiguration('eth0'), former)
    assert.is(
      (await rejection(Promise.resolve().then(() => next.getConfiguration('eth1')))).code,
      'ERR_NO_CONFIGURATION',
    )
    assert.ok(world.logs.some(({ level, message }) => level === 'warn' && /never confirmed/.test(message)))
    assert.not.ok(existsSync(openJournal(world)))
    await next.until(stateOf('eth0'), 'configured')
    await (await next.apply({ eth0: NEW }, WITHIN)).confirm()
  }))

test('a confirmation that is cut short is finished by the next start', async () => {
  const lost = Object.assign(new Error('EIO: gone'), { code: 'EIO' })
  let failing = false
  // The disk goes away behind the second journal: nothing more is saved or removed.
  const open: HostFileSystem['open'] = (path, ...rest) =>
    failing && !path.endsWith(JOURNAL_NAME) ? Promise.reject(lost) : nodeFileSystem.open(path, ...rest)
  const unlink = (path: string): Promise<void> => (failing ? Promise.reject(lost) : nodeFileSystem.unlink(path))
  const rename = async (from: string, to: string): Promise<void> => {
    await nodeFileSystem.rename(from, to)
    if (to.endsWith(join('saved', JOURNAL_NAME))) failing = true
  }
  const fileSystem = { ...nodeFileSystem, open, unlink, rename } as unknown as HostFileSystem
  await within(
    async (net, world) => {
      await configured(net, 'eth0', OLD)
      const checkpoint = await net.apply({ eth0: NEW, eth1: NEW }, WITHIN)
      await checkpoint.confirm().catch(() => undefined)
      assert.ok(failing)
      assert.equal(Object.keys(savedFiles(world)).sort(), [JOURNAL_NAME, 'eth0'])
      await cutShort(net, world)
      failing = false
      const next = await world.start()
      for (const ifname of ['eth0', 'eth1']) {
        assert.is((next.getConfiguration(ifname) as typeof NEW).ipv4.address, NEW.ipv4.address)
        assert.is(next.get(['interface', ifname, 'persistence']), 'saved')
      }
      assert.equal(Object.keys(savedFiles(world)).sort(), ['eth0', 'eth1'])
      assert.not.ok(existsSync(openJournal(world)))
    },
    { fileSystem },
  )
})

test('a confirmed change that cannot be saved by the next start holds for its run, and says so', () => {
  let isFull = false
  const rename = (from: string, to: string): Promise<void> =>
    isFull && to.includes('saved') && !to.endsWith(JOURNAL_NAME)
      ? Promise.reject(Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' }))
      : nodeFileSystem.rename(from, to)
  const fileSystem = { ...nodeFileSystem, rename } as unknown as HostFileSystem
  return within(
    async (net, world) => {
      await configured(net, 'eth0', OLD)
      isFull = true
      const kept = join(world.persistenceDir, JOURNAL_NAME)
      const copying: HostFileSystem['unlink'] = async (path) => {
        if (path === kept) cpSync(kept, join(world.folder, 'kept'))
        await nodeFileSystem.unlink(path)
      }
      fileSystem.unlink = copying
      await (await net.apply({ eth0: NEW }, WITHIN)).confirm()
      await world.during(net.stop())
      cpSync(join(world.folder, 'kept'), kept)
      const next = await world.start({ fileSystem })
      assert.is((next.getConfiguration('eth0') as typeof NEW).ipv4.address, NEW.ipv4.address)
      assert.is(next.get(['interface', 'eth0', 'persistence']), 'not-saved')
      assert.ok(world.logs.some(({ level, message }) => level === 'error' && /cannot be saved/.test(message)))
    },
    { fileSystem },
  )
})

test('the deadline is one of wall time too: a machine that slept has missed it', () =>
  within(async (net, world) => {
    await configured(net, 'eth0', OLD)
    await net.apply({ eth0: NEW }, { confirmWithinMs: 60_000 })
    const { wallMs } = world.clock
    world.clock.wallMs = () => wallMs.call(world.clock) + 3_600_000
    await world.clock.advance(10_000)
    await net.until(['checkpoint'], undefined)
    assert.is((net.getConfiguration('eth0') as { mtu?: number }).mtu, 1_400)
  }))

test('a journal that cannot be read is put aside', () =>
  within(async (net, world) => {
    await net.apply({ eth0: NEW }, WITHIN)
    await cutShort(net, world)
    const { writeFile } = nodeFileSystem
    await writeFile(openJournal(world), 'nonsense')
    const next = await world.start()
    assert.ok(existsSync(`${openJournal(world)}.broken`))
    assert.equal(next.configuredInterfaces(), [])
  }))

test('stop() leaves an open change behind as if it had never been', () =>
  within(async (net, world) => {
    await configured(net, 'eth0', OLD)
    await net.apply({ eth0: NEW }, WITHIN)
    await world.during(net.stop())
    assert.not.ok(existsSync(openJournal(world)))
    const next = await world.start()
    assert.is((next.getConfiguration('eth0') as { mtu?: number }).mtu, 1_400)
    assert.is((await rejection(net.apply({ eth0: NEW }, WITHIN))).code, 'ERR_STOPPED')
  }))

test.run()
