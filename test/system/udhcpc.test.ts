import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../lib/base/clock.js'
import { silentLogger } from '../../lib/base/logger.js'
import { udhcpcArgs, udhcpcReader } from '../../lib/dhcp/client.js'
import { udhcpcHandlerPath } from '../../lib/dhcp/handler-path.js'
import type { UdhcpcReport } from '../../lib/dhcp/udhcpc-handler.js'
import { programFinder } from '../../lib/supervision/find-program.js'
import { type DaemonLedger, Ledger, nullLedger } from '../../lib/supervision/ledger.js'
import { readLines } from '../../lib/supervision/lines.js'
import { type ProcessEntry, systemProcessTable } from '../../lib/supervision/process-table.js'
import type { ProgramDeps } from '../../lib/supervision/program-deps.js'
import { runChecked } from '../../lib/supervision/run-program.js'
import type { ServiceState } from '../../lib/supervision/service-group.js'
import { type SpawnedProcess, spawnProcess } from '../../lib/supervision/spawn.js'
import { Supervisor } from '../../lib/supervision/supervisor.js'
/**
import { eventually } from '../support/eventually.js'
 * The real udhcpc under the real supervisor, against dnsmasq, in two network namespaces.
import { eventually } from '../support/eventually.js'
 * Started inside namespaces of its own: `unshare --user --map-root-user --net --mount --pid --fork --mount-proc`.
import { eventually } from '../support/eventually.js'
 */
import { eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually, eventually } from '../support/eventually.js'

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin'

import { eventually } from '../support/eventually.js'

const STATE_DIRECTORY = '/run/vintage-net'

import { eventually } from '../support/eventually.js'

const CLIENT = '/run/netns/client'

import { eventually } from '../support/eventually.js'

const SERVER = '/run/netns/server'

/** A lease takes 0.1 s; on a busy machine a missed packet costs 3 s. */
import { eventually, eventually, eventually } from '../support/eventually.js'

const DEADLINE_MS = 20_000

/** Everything that happened so far, and a promise for what has not. */
import { eventually, eventually, eventually } from '../support/eventually.js'

class Journal<T> {
import { eventually } from '../support/eventually.js'
  readonly items: T[] = []

import { eventually } from '../support/eventually.js'

  readonly #waiting: (() => void)[] = []

import { eventually, eventually } from '../support/eventually.js'

  add(item: T): void {
import { eventually } from '../support/eventually.js'
    this.items.push(item)
import { eventually } from '../support/eventually.js'
    for (const wake of this.#waiting.splice(0)) wake()
import { eventually } from '../support/eventually.js'
  }

import { eventually, eventually } from '../support/eventually.js'

  async until(what: string, wanted: (items: readonly T[]) => boolean): Promise<void> {
import { eventually } from '../support/eventually.js'
    const timer = AbortSignal.timeout(DEADLINE_MS)
import { eventually } from '../support/eventually.js'
    const late = new Promise<never>((_, reject) => {
import { eventually } from '../support/eventually.js'
      timer.addEventListener('abort', () => reject(new Error(`not in time: ${what}; ${JSON.stringify(this.items)}`)))
import { eventually } from '../support/eventually.js'
    })
import { eventually } from '../support/eventually.js'
    while (!wanted(this.items)) await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), late])
import { eventually } from '../support/eventually.js'
  }

import { eventually } from '../support/eventually.js'

}

import { eventually, eventually } from '../support/eventually.js'

function openLedger(): Promise<Ledger> {
import { eventually } from '../support/eventually.js'
  const common = { processes: systemProcessTable, clock: systemClock, logger: silentLogger }
import { eventually } from '../support/eventually.js'
  return Ledger.open({ directory: STATE_DIRECTORY, netns: CLIENT, ...common })
import { eventually } from '../support/eventually.js'
}

import { eventually, eventually } from '../support/eventually.js'

function programDeps(ledger: DaemonLedger, netns?: string): ProgramDeps {
import { eventually } from '../support/eventually.js'
  const findProgram = programFinder({ path: PATH })
import { eventually } from '../support/eventually.js'
  return { spawn: spawnProcess, findProgram, path: PATH, netns, clock: systemClock, logger: silentLogger, ledger }
import { eventually } from '../support/eventually.js'
}

import { eventually, eventually } from '../support/eventually.js'

function client(ledger: Ledger) {
import { eventually } from '../support/eventually.js'
  const states = new Journal<ServiceState>()
import { eventually } from '../support/eventually.js'
  const reports = new Journal<UdhcpcReport>()
import { eventually } from '../support/eventually.js'
  const onReport = (report: UdhcpcReport) => reports.add(report)
import { eventually } from '../support/eventually.js'
  const supervisor = new Supervisor(programDeps(ledger, CLIENT), {
import { eventually } from '../support/eventually.js'
    command: {
import { eventually } from '../support/eventually.js'
      program: 'udhcpc',
import { eventually } from '../support/eventually.js'
      args: udhcpcArgs({ ifname: 'eth0', hostname: 'unit-test', handlerPath: udhcpcHandlerPath() }),
import { eventually } from '../support/eventually.js'
      ifname: 'eth0',
import { eventually } from '../support/eventually.js'
      openStdout: () => udhcpcReader({ ifname: 'eth0', logger: silentLogger, onReport }),
import { eventually } from '../support/eventually.js'
    },
import { eventually } from '../support/eventually.js'
    onState: (state) => states.add(state),
import { eventually } from '../support/eventually.js'
  })
import { eventually } from '../support/eventually.js'
  leftovers.push(() => supervisor.stop())
import { eventually } from '../support/eventually.js'
  const bound = (count = 1) =>
import { eventually } from '../support/eventually.js'
    reports.until(`${count} leases`, (items) => items.filter(({ name }) => name === 'bound').length >= count)
import { eventually } from '../support/eventually.js'
  return { supervisor, states, reports, bound }
import { eventually } from '../support/eventually.js'
}

/** The role of a process that is killed: it runs a client and says so. */
import { eventually, eventually, eventually } from '../support/eventually.js'

async function runOwner(): Promise<void> {
import { eventually } from '../support/eventually.js'
  const { supervisor, bound } = client(await openLedger())
import { eventually } from '../support/eventually.js'
  await supervisor.start()
import { eventually } from '../support/eventually.js'
  await bound()
import { eventually } from '../support/eventually.js'
  process.stdout.write('bound\n')
import { eventually } from '../support/eventually.js'
}

import { eventually, eventually } from '../support/eventually.js'

async function makeLab(): Promise<void> {
import { eventually } from '../support/eventually.js'
  const deps = programDeps(nullLedger)
import { eventually } from '../support/eventually.js'
  const ip = (text: string) => runChecked(deps, { program: 'ip', args: text.split(' '), deadlineMs: 5_000 })
import { eventually } from '../support/eventually.js'
  await ip('netns add client')
import { eventually } from '../support/eventually.js'
  await ip('netns add server')
import { eventually } from '../support/eventually.js'
  // The ends get different indices, as the link watch of the kernel expects of a cable.
import { eventually } from '../support/eventually.js'
  await ip('link add name eth0 netns client index 10 type veth peer name lan0 netns server index 20').catch(
import { eventually } from '../support/eventually.js'
    async () => {
import { eventually } from '../support/eventually.js'
      await ip('-n server link add name filler0 type dummy')
import { eventually } from '../support/eventually.js'
      await ip('link add name eth0 netns client type veth peer name lan0 netns server')
import { eventually } from '../support/eventually.js'
    },
import { eventually } from '../support/eventually.js'
  )
import { eventually } from '../support/eventually.js'
  await ip('-n server address add 192.0.2.1/24 dev lan0')
import { eventually } from '../support/eventually.js'
  await ip('-n server link set lan0 up')
import { eventually } from '../support/eventually.js'
  await ip('-n client link set eth0 up')
import { eventually } from '../support/eventually.js'
}

/** Resolves when the server answers; rejects when it ends. */
import { eventually, eventually, eventually } from '../support/eventually.js'

async function startServer(): Promise<SpawnedProcess> {
import { eventually } from '../support/eventually.js'
  const flags = '--no-daemon --no-ping --port=0 --conf-file=/dev/null --bind-interfaces --interface=lan0'
import { eventually } from '../support/eventually.js'
  const dhcp = [
import { eventually } from '../support/eventually.js'
    '--dhcp-range=192.0.2.100,192.0.2.150,255.255.255.0,1h',
import { eventually } from '../support/eventually.js'
    '--dhcp-leasefile=/run/dnsmasq.leases',
import { eventually } from '../support/eventually.js'
    '--dhcp-option=option:router,192.0.2.1',
import { eventually } from '../support/eventually.js'
    '--dhcp-option=option:dns-server,192.0.2.53,192.0.2.54',
import { eventually } from '../support/eventually.js'
    '--dhcp-option=option:domain-name,example.com',
import { eventually } from '../support/eventually.js'
  ]
import { eventually } from '../support/eventually.js'
  const args = [...flags.split(' '), ...dhcp]
import { eventually } from '../support/eventually.js'
  const server = spawnProcess({ program: '/usr/sbin/dnsmasq', args, env: { PATH }, netns: SERVER })
import { eventually } from '../support/eventually.js'
  const log = new Journal<string>()
import { eventually } from '../support/eventually.js'
  void readLines(server.stderr, (line) => log.add(line))
import { eventually } from '../support/eventually.js'
  void server.exited.then((exit) => log.add(`ended ${JSON.stringify(exit)}`))
import { eventually } from '../support/eventually.js'
  await log.until('dnsmasq', (lines) => lines.some((line) => /IP range|^ended/.test(line)))
import { eventually } from '../support/eventually.js'
  if (log.items.some((line) => line.startsWith('ended'))) throw new Error(log.items.join('\n'))
import { eventually } from '../support/eventually.js'
  return server
import { eventually } from '../support/eventually.js'
}

import { eventually, eventually } from '../support/eventually.js'

async function mountTmpfs(directory: string, options: string): Promise<void> {
import { eventually } from '../support/eventually.js'
  await mkdir(directory, { recursive: true })
import { eventually } from '../support/eventually.js'
  const child = spawnProcess({
import { eventually } from '../support/eventually.js'
    program: '/bin/mount',
import { eventually } from '../support/eventually.js'
    args: ['-t', 'tmpfs', '-o', options, 'tmpfs', directory],
import { eventually } from '../support/eventually.js'
    env: { PATH },
import { eventually } from '../support/eventually.js'
  })
import { eventually } from '../support/eventually.js'
  assert.equal(await child.exited, { exitCode: 0 })
import { eventually } from '../support/eventually.js'
}

/** Running clients of an instance. The event script may still be there for a moment after its event was read. */
import { eventually, eventually, eventually } from '../support/eventually.js'

function clientsOf(owner: string): ProcessEntry[] {
import { eventually } from '../support/eventually.js'
  return systemProcessTable.ownedBy(owner).filter(({ program }) => program === 'udhcpc')
import { eventually } from '../support/eventually.js'
}

import { eventually, eventually } from '../support/eventually.js'

const test = suite('udhcpc')

import { eventually } from '../support/eventually.js'

let server: SpawnedProcess | undefined

import { eventually } from '../support/eventually.js'

let ledger: Ledger

/** What a test that fails half-way has left to end. */
import { eventually, eventually } from '../support/eventually.js'

const leftovers: (() => unknown)[] = []

import { eventually, eventually } from '../support/eventually.js'

test.before(async () => {
import { eventually } from '../support/eventually.js'
  await mountTmpfs('/run', 'mode=0755')
import { eventually } from '../support/eventually.js'
  await mountTmpfs(STATE_DIRECTORY, 'noexec')
import { eventually } from '../support/eventually.js'
  await makeLab()
import { eventually } from '../support/eventually.js'
  ledger = await openLedger()
import { eventually } from '../support/eventually.js'
  server = await startServer()
import { eventually } from '../support/eventually.js'
})

import { eventually, eventually } from '../support/eventually.js'

test.after(async () => {
import { eventually } from '../support/eventually.js'
  server?.kill('SIGKILL')
import { eventually } from '../support/eventually.js'
  await server?.exited
import { eventually } from '../support/eventually.js'
})

import { eventually, eventually } from '../support/eventually.js'

test.after.each(async () => {
import { eventually } from '../support/eventually.js'
  for (const end of leftovers.splice(0)) await end()
import { eventually } from '../support/eventually.js'
})

import { eventually, eventually } from '../support/eventually.js'

test('reports deconfig and bound with the options of the lease, from a directory mounted noexec', async () => {
import { eventually } from '../support/eventually.js'
  const script = `${STATE_DIRECTORY}/script`
import { eventually } from '../support/eventually.js'
  await writeFile(script, '#!/bin/sh\n')
import { eventually } from '../support/eventually.js'
  await chmod(script, 0o755)
import { eventually } from '../support/eventually.js'
  assert.is((await spawnProcess({ program: script, args: [], env: { PATH } }).exited).error?.code, 'EACCES')
import { eventually } from '../support/eventually.js'

import { eventually } from '../support/eventually.js'
  const { supervisor, reports, bound } = client(ledger)
import { eventually } from '../support/eventually.js'
  await supervisor.start()
import { eventually } from '../support/eventually.js'
  await bound()
import { eventually } from '../support/eventually.js'
  await supervisor.stop()
import { eventually } from '../support/eventually.js'
  assert.equal(reports.items[0], { name: 'deconfig', event: { ifname: 'eth0', options: {} } })
import { eventually } from '../support/eventually.js'
  const lease = reports.items.find(({ name }) => name === 'bound')?.event.options
import { eventually } from '../support/eventually.js'
  assert.match(lease?.ip ?? '', /^192\.0\.2\.1[0-5]\d$/)
import { eventually } from '../support/eventually.js'
  const { ip: _, ...others } = lease ?? {}
import { eventually } from '../support/eventually.js'
  assert.equal(others, {
import { eventually } from '../support/eventually.js'
    siaddr: '192.0.2.1',
import { eventually } from '../support/eventually.js'
    serverid: '192.0.2.1',
import { eventually } from '../support/eventually.js'
    subnet: '255.255.255.0',
import { eventually } from '../support/eventually.js'
    mask: 24,
import { eventually } from '../support/eventually.js'
    broadcast: '192.0.2.255',
import { eventually } from '../support/eventually.js'
    router: ['192.0.2.1'],
import { eventually } from '../support/eventually.js'
    dns: ['192.0.2.53', '192.0.2.54'],
import { eventually } from '../support/eventually.js'
    domain: 'example.com',
import { eventually } from '../support/eventually.js'
    hostname: 'unit-test',
import { eventually } from '../support/eventually.js'
    lease: 3_600,
import { eventually } from '../support/eventually.js'
    renewal_time: 1_800,
import { eventually } from '../support/eventually.js'
    rebind_time: 3_150,
import { eventually } from '../support/eventually.js'
  })
import { eventually } from '../support/eventually.js'
})

import { eventually, eventually } from '../support/eventually.js'

test('a client that is killed is started again, and stop leaves no process', async () => {
import { eventually } from '../support/eventually.js'
  const { supervisor, states, bound } = client(ledger)
import { eventually } from '../support/eventually.js'
  await supervisor.start()
import { eventually } from '../support/eventually.js'
  await bound(1)
import { eventually } from '../support/eventually.js'
  const [first, ...others] = clientsOf(ledger.owner)
import { eventually } from '../support/eventually.js'
  assert.equal(others, [])
import { eventually } from '../support/eventually.js'
  process.kill(first?.pid ?? 0, 'SIGKILL')
import { eventually } from '../support/eventually.js'
  await bound(2)
import { eventually } from '../support/eventually.js'
  assert.equal(
import { eventually } from '../support/eventually.js'
    states.items.map(({ running, restarts, reason }) => [running, restarts, reason]),
import { eventually } from '../support/eventually.js'
    [
import { eventually } from '../support/eventually.js'
      [true, 0, undefined],
import { eventually } from '../support/eventually.js'
      [false, 0, 'udhcpc: killed by SIGKILL'],
import { eventually } from '../support/eventually.js'
      [true, 1, undefined],
import { eventually } from '../support/eventually.js'
    ],
import { eventually } from '../support/eventually.js'
  )
import { eventually } from '../support/eventually.js'
  await supervisor.stop()
import { eventually } from '../support/eventually.js'
  assert.equal(systemProcessTable.ownedBy(ledger.owner), [])
import { eventually } from '../support/eventually.js'
})

import { eventually, eventually } from '../support/eventually.js'

for (const lost of [false, true]) {
import { eventually } from '../support/eventually.js'
  test(`the orphan of a killed owner is ended at the next start${lost ? ', also where the ledger is lost' : ''}`, async () => {
import { eventually } from '../support/eventually.js'
    const args = ['--enable-source-maps', '--import', 'tsx', fileURLToPath(import.meta.url), 'owner']
import { eventually } from '../support/eventually.js'
    const owner = spawnProcess({ program: process.execPath, args, env: { PATH } })
import { eventually } from '../support/eventually.js'
    leftovers.push(() => owner.kill('SIGKILL'))
import { eventually } from '../support/eventually.js'
    const output = new Journal<string>()
import { eventually } from '../support/eventually.js'
    void readLines(owner.stderr, (line) => output.add(line))
import { eventually } from '../support/eventually.js'
    void readLines(owner.stdout, (line) => output.add(line))
import { eventually } from '../support/eventually.js'
    await output.until('a lease of the owner', (lines) => lines.includes('bound'))
import { eventually } from '../support/eventually.js'
    // The ledger is written beside everything else: the lease may be quicker.
import { eventually } from '../support/eventually.js'
    const noted = async () => (await readFile(`${STATE_DIRECTORY}/ledger.json`, 'utf8')).includes('udhcpc')
import { eventually } from '../support/eventually.js'
    await eventually('the client stands in the ledger', noted)
import { eventually } from '../support/eventually.js'
    owner.kill('SIGKILL')
import { eventually } from '../support/eventually.js'
    await owner.exited
import { eventually } from '../support/eventually.js'
    const orphans = clientsOf(ledger.owner)
import { eventually } from '../support/eventually.js'
    assert.is(orphans.length, 1)
import { eventually } from '../support/eventually.js'

import { eventually } from '../support/eventually.js'
    if (lost) await rm(`${STATE_DIRECTORY}/ledger.json`)
import { eventually } from '../support/eventually.js'
    const next = await openLedger()
import { eventually } from '../support/eventually.js'
    const ended = (await next.reapOrphans()).filter(({ program }) => program === 'udhcpc')
import { eventually } from '../support/eventually.js'
    assert.equal(ended, [{ pid: orphans[0]?.pid, program: 'udhcpc', ifname: lost ? undefined : 'eth0' }])
import { eventually } from '../support/eventually.js'
    assert.equal(systemProcessTable.ownedBy(ledger.owner), [])
import { eventually } from '../support/eventually.js'
    assert.equal(await next.reapOrphans(), [])
import { eventually } from '../support/eventually.js'
  })
import { eventually } from '../support/eventually.js'
}

import { eventually, eventually } from '../support/eventually.js'

if (process.argv[2] === 'owner') await runOwner()

import { eventually } from '../support/eventually.js'

else test.run()
