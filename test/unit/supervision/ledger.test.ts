import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Ledger } from '../../../lib/supervision/ledger.js'
import type { ProcessEntry, ProcessTable } from '../../../lib/supervision/process-table.js'
import type { Signal } from '../../../lib/supervision/spawn.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'
import { RecordingLogger } from './recording-logger.js'

/** Processes that end as they are told: on SIGTERM, on SIGKILL or never. */
class FakeProcesses implements ProcessTable {
  readonly signals: string[] = []
  readonly #processes = new Map<number, { entry: ProcessEntry; owner: string; endsOn: Signal | undefined }>()

  add(pid: number, given: { startTime?: number; owner?: string; endsOn?: Signal | undefined } = {}): void {
    const entry = { pid, startTime: given.startTime ?? pid * 10, processGroup: pid, program: `p${pid}`, ended: false }
    const endsOn = 'endsOn' in given ? given.endsOn : 'SIGTERM'
    this.#processes.set(pid, { entry, owner: given.owner ?? '', endsOn })
  }

  find(pid: number): ProcessEntry | undefined {
    return this.#processes.get(pid)?.entry
  }

  ownedBy(owner: string): ProcessEntry[] {
    return [...this.#processes.values()].filter((process) => process.owner === owner).map(({ entry }) => entry)
  }

  signal({ pid }: ProcessEntry, signal: Signal): void {
    this.signals.push(`${pid} ${signal}`)
    if (this.#processes.get(pid)?.endsOn === signal) this.#processes.delete(pid)
  }
}

interface World {
  directory: string
  file: string
  processes: FakeProcesses
  clock: SimulatedClock
  logger: RecordingLogger
  open: () => Promise<Ledger>
}

const test = suite<World>('ledger')

test.before.each(async (world) => {
  world.directory = await mkdtemp(join(tmpdir(), 'vintage-net-'))
  world.file = join(world.directory, 'private', 'ledger.json')
  world.processes = new FakeProcesses()
  world.clock = new SimulatedClock()
  world.logger = new RecordingLogger()
  const { processes, clock, logger, directory } = world
  world.open = () => Ledger.open({ directory: join(directory, 'private'), processes, clock, logger })
})

test.after.each(async ({ directory }) => {
  if (directory !== undefined) await rm(directory, { recursive: true, force: true })
})

const eth0 = { ifname: 'eth0', address: '192.0.2.2', prefixLength: 24 }
const wlan0 = { ifname: 'wlan0', address: '198.51.100.7', prefixLength: 24 }

async function content(file: string): Promise<{ daemons: unknown[]; addresses: unknown[] }> {
  return JSON.parse(await readFile(file, 'utf8'))
}

test('an address is on disk when addAddress resolves, and outlives the run', async ({ open, file }) => {
  const ledger = await open()
  await ledger.addAddress(eth0)
  assert.equal((await content(file)).addresses, [eth0])
  await Promise.all([ledger.addAddress(wlan0), ledger.addAddress(eth0), ledger.removeAddress(eth0)])
  assert.equal((await open()).addresses, [wlan0])
})

test('a link is on disk when addLink resolves, outlives the run, and goes once', async ({ open }) => {
  const br0 = { ifname: 'br0', kind: 'bridge' }
  const ledger = await open()
  await ledger.addLink(br0)
  await ledger.addLink(br0)
  const later = await open()
  assert.equal(later.links, [br0])
  await later.removeLink({ ifname: 'br0', kind: 'bond' })
  assert.equal(later.links, [br0])
  await later.removeLink(br0)
  assert.equal((await open()).links, [])
})

test('directory and file are for the owner alone, and no other file is left', async ({ open, file, directory }) => {
  const ledger = await open()
  await ledger.addAddress(eth0)
  assert.is((await stat(file)).mode & 0o777, 0o600)
  assert.is((await stat(join(directory, 'private'))).mode & 0o777, 0o700)
  assert.equal(await readdir(join(directory, 'private')), ['ledger.json'])
})

test('a daemon stands with its start time while it runs', async ({ open, file, processes }) => {
  const ledger = await open()
  processes.add(70)
  ledger.addDaemon({ pid: 70, program: 'udhcpc', ifname: 'eth0' })
  ledger.addDaemon({ pid: 71, program: 'never-was' })
  await ledger.flush()
  assert.equal((await content(file)).daemons, [{ pid: 70, program: 'udhcpc', ifname: 'eth0', startTime: 700 }])
  ledger.removeDaemon(70)
  await ledger.flush()
  assert.equal((await content(file)).daemons, [])
})

test('daemons of an earlier run are ended, and named', async ({ open, file, processes }) => {
  const before = await open()
  processes.add(70)
  before.addDaemon({ pid: 70, program: 'udhcpc', ifname: 'eth0' })
  await before.flush()
  const ledger = await open()
  assert.equal(await ledger.reapOrphans(), [{ pid: 70, program: 'udhcpc', ifname: 'eth0' }])
  assert.equal(processes.signals, ['70 SIGTERM'])
  assert.equal((await content(file)).daemons, [])
})

test('daemons of an earlier run stay in the file until they are ended', async ({ open, file, processes }) => {
  const before = await open()
  processes.add(70)
  before.addDaemon({ pid: 70, program: 'udhcpc' })
  await before.flush()
  const crashing = await open()
  await crashing.addAddress(eth0)
  assert.is((await content(file)).daemons.length, 1)
})

test('a pid that names another process by now is left alone', async ({ open, processes }) => {
  const before = await open()
  processes.add(70, { startTime: 700 })
  before.addDaemon({ pid: 70, program: 'udhcpc' })
  await before.flush()
  processes.add(70, { startTime: 701 })
  assert.equal(await (await open()).reapOrphans(), [])
  assert.equal(processes.signals, [])
})

test('an orphan that was never recorded is found by its mark', async ({ open, processes }) => {
  const { owner } = await open()
  processes.add(70, { owner })
  processes.add(71, { owner: `${owner}x` })
  assert.equal(await (await open()).reapOrphans(), [{ pid: 70, program: 'p70', ifname: undefined }])
  assert.equal(processes.signals, ['70 SIGTERM'])
})

test('the mark is that of directory and network namespace', async ({ open, directory, processes, clock, logger }) => {
  const { owner } = await open()
  assert.is((await open()).owner, owner)
  const elsewhere = await Ledger.open({ directory, processes, clock, logger })
  assert.is.not(elsewhere.owner, owner)
  const inode = (await stat('/proc/self/ns/net')).ino
  assert.ok(owner.startsWith(`${inode}:`))
})

test('an orphan that ignores SIGTERM is killed after 2 s', async ({ open, processes, clock }) => {
  const ledger = await open()
  processes.add(70, { owner: ledger.owner, endsOn: 'SIGKILL' })
  const reaped = ledger.reapOrphans()
  await clock.advance(1_990)
  assert.equal(processes.signals, ['70 SIGTERM'])
  await clock.advance(10)
  assert.equal(processes.signals, ['70 SIGTERM', '70 SIGKILL'])
  assert.is((await reaped).length, 1)
})

test('an orphan that nothing ends does not hold up the start for ever', async ({ open, processes, clock, logger }) => {
  const ledger = await open()
  processes.add(70, { owner: ledger.owner, endsOn: undefined })
  const reaped = ledger.reapOrphans()
  await clock.advance(3_000)
  assert.is((await reaped).length, 1)
  assert.ok(logger.lines.includes('error an orphaned daemon outlived SIGKILL'))
})

test('records of another boot mean nothing', async ({ open, file, processes }) => {
  const before = await open()
  processes.add(70)
  before.addDaemon({ pid: 70, program: 'udhcpc' })
  await before.addAddress(eth0)
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/"bootId": ".*"/, '"bootId": "another"'))
  const ledger = await open()
  assert.equal(ledger.addresses, [])
  assert.equal(await ledger.reapOrphans(), [])
})

test('in another pid namespace the addresses hold and the pids do not', async ({ open, file, processes }) => {
  const before = await open()
  processes.add(70)
  before.addDaemon({ pid: 70, program: 'udhcpc' })
  await before.addAddress(eth0)
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/"pidNamespace": ".*"/, '"pidNamespace": "another"'))
  const ledger = await open()
  assert.equal(ledger.addresses, [eth0])
  assert.equal(await ledger.reapOrphans(), [])
})

for (const broken of ['', '{"version":1', '[]', '{"version":2}', '{"version":1,"daemons":[{"pid":1}]}', '\0']) {
  test(`a ledger with ${JSON.stringify(broken)} is put aside with a warning`, async ({ open, file, logger }) => {
    await open()
    await writeFile(file, broken)
    const ledger = await open()
    assert.equal(ledger.addresses, [])
    assert.equal(logger.lines, ['warn the ledger is broken and was put aside'])
    assert.is(await readFile(`${file}.broken`, 'utf8'), broken)
    await ledger.addAddress(eth0)
    assert.equal((await open()).addresses, [eth0])
  })
}

test('a ledger that cannot be written is told once and stops nothing', async ({ open, directory, logger }) => {
  const ledger = await open()
  await rm(join(directory, 'private'), { recursive: true })
  await ledger.addAddress(eth0)
  await ledger.addAddress(wlan0)
  assert.equal(logger.lines, ['warn the ledger cannot be written'])
  assert.equal(ledger.addresses, [eth0, wlan0])
})

test.run()
