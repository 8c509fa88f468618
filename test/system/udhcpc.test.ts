/**
 * The real udhcpc under the real supervisor, against dnsmasq, in two network namespaces.
 * Started inside namespaces of its own: `unshare --user --map-root-user --net --mount --pid --fork --mount-proc`.
 */

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
import { eventually } from '../support/eventually.js'

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin'
const STATE_DIRECTORY = '/run/vintage-net'
const CLIENT = '/run/netns/client'
const SERVER = '/run/netns/server'

/** A lease takes 0.1 s; on a busy machine a missed packet costs 3 s. */
const DEADLINE_MS = 20_000

/** Everything that happened so far, and a promise for what has not. */
class Journal<T> {
  readonly items: T[] = []
  readonly #waiting: (() => void)[] = []

  add(item: T): void {
    this.items.push(item)
    for (const wake of this.#waiting.splice(0)) wake()
  }

  async until(what: string, wanted: (items: readonly T[]) => boolean): Promise<void> {
    const timer = AbortSignal.timeout(DEADLINE_MS)
    const late = new Promise<never>((_, reject) => {
      timer.addEventListener('abort', () => reject(new Error(`not in time: ${what}; ${JSON.stringify(this.items)}`)))
    })
    while (!wanted(this.items)) await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), late])
  }
}

function openLedger(): Promise<Ledger> {
  const common = { processes: systemProcessTable, clock: systemClock, logger: silentLogger }
  return Ledger.open({ directory: STATE_DIRECTORY, netns: CLIENT, ...common })
}

function programDeps(ledger: DaemonLedger, netns?: string): ProgramDeps {
  const findProgram = programFinder({ path: PATH })
  return { spawn: spawnProcess, findProgram, path: PATH, netns, clock: systemClock, logger: silentLogger, ledger }
}

function client(ledger: Ledger) {
  const states = new Journal<ServiceState>()
  const reports = new Journal<UdhcpcReport>()
  const onReport = (report: UdhcpcReport) => reports.add(report)
  const supervisor = new Supervisor(programDeps(ledger, CLIENT), {
    command: {
      program: 'udhcpc',
      args: udhcpcArgs({ ifname: 'eth0', hostname: 'unit-test', handlerPath: udhcpcHandlerPath() }),
      ifname: 'eth0',
      openStdout: () => udhcpcReader({ ifname: 'eth0', logger: silentLogger, onReport }),
    },
    onState: (state) => states.add(state),
  })
  leftovers.push(() => supervisor.stop())
  const bound = (count = 1) =>
    reports.until(`${count} leases`, (items) => items.filter(({ name }) => name === 'bound').length >= count)
  return { supervisor, states, reports, bound }
}

/** The role of a process that is killed: it runs a client and says so. */
async function runOwner(): Promise<void> {
  const { supervisor, bound } = client(await openLedger())
  await supervisor.start()
  await bound()
  process.stdout.write('bound\n')
}

async function makeLab(): Promise<void> {
  const deps = programDeps(nullLedger)
  const ip = (text: string) => runChecked(deps, { program: 'ip', args: text.split(' '), deadlineMs: 5_000 })
  await ip('netns add client')
  await ip('netns add server')
  // The ends get different indices, as the link watch of the kernel expects of a cable.
  await ip('link add name eth0 netns client index 10 type veth peer name lan0 netns server index 20').catch(
    async () => {
      await ip('-n server link add name filler0 type dummy')
      await ip('link add name eth0 netns client type veth peer name lan0 netns server')
    },
  )
  await ip('-n server address add 192.0.2.1/24 dev lan0')
  await ip('-n server link set lan0 up')
  await ip('-n client link set eth0 up')
}

/** Resolves when the server answers; rejects when it ends. */
async function startServer(): Promise<SpawnedProcess> {
  const flags = '--no-daemon --no-ping --port=0 --conf-file=/dev/null --bind-interfaces --interface=lan0'
  const dhcp = [
    '--dhcp-range=192.0.2.100,192.0.2.150,255.255.255.0,1h',
    '--dhcp-leasefile=/run/dnsmasq.leases',
    '--dhcp-option=option:router,192.0.2.1',
    '--dhcp-option=option:dns-server,192.0.2.53,192.0.2.54',
    '--dhcp-option=option:domain-name,example.com',
  ]
  const args = [...flags.split(' '), ...dhcp]
  const server = spawnProcess({ program: '/usr/sbin/dnsmasq', args, env: { PATH }, netns: SERVER })
  const log = new Journal<string>()
  void readLines(server.stderr, (line) => log.add(line))
  void server.exited.then((exit) => log.add(`ended ${JSON.stringify(exit)}`))
  await log.until('dnsmasq', (lines) => lines.some((line) => /IP range|^ended/.test(line)))
  if (log.items.some((line) => line.startsWith('ended'))) throw new Error(log.items.join('\n'))
  return server
}

async function mountTmpfs(directory: string, options: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  const child = spawnProcess({
    program: '/bin/mount',
    args: ['-t', 'tmpfs', '-o', options, 'tmpfs', directory],
    env: { PATH },
  })
  assert.equal(await child.exited, { exitCode: 0 })
}

/** Running clients of an instance. The event script may still be there for a moment after its event was read. */
function clientsOf(owner: string): ProcessEntry[] {
  return systemProcessTable.ownedBy(owner).filter(({ program }) => program === 'udhcpc')
}

const test = suite('udhcpc')
let server: SpawnedProcess | undefined
let ledger: Ledger
/** What a test that fails half-way has left to end. */
const leftovers: (() => unknown)[] = []

test.before(async () => {
  await mountTmpfs('/run', 'mode=0755')
  await mountTmpfs(STATE_DIRECTORY, 'noexec')
  await makeLab()
  ledger = await openLedger()
  server = await startServer()
})

test.after(async () => {
  server?.kill('SIGKILL')
  await server?.exited
})

test.after.each(async () => {
  for (const end of leftovers.splice(0)) await end()
})

test('reports deconfig and bound with the options of the lease, from a directory mounted noexec', async () => {
  const script = `${STATE_DIRECTORY}/script`
  await writeFile(script, '#!/bin/sh\n')
  await chmod(script, 0o755)
  assert.is((await spawnProcess({ program: script, args: [], env: { PATH } }).exited).error?.code, 'EACCES')

  const { supervisor, reports, bound } = client(ledger)
  await supervisor.start()
  await bound()
  await supervisor.stop()
  assert.equal(reports.items[0], { name: 'deconfig', event: { ifname: 'eth0', options: {} } })
  const lease = reports.items.find(({ name }) => name === 'bound')?.event.options
  assert.match(lease?.ip ?? '', /^192\.0\.2\.1[0-5]\d$/)
  const { ip: _, ...others } = lease ?? {}
  assert.equal(others, {
    siaddr: '192.0.2.1',
    serverid: '192.0.2.1',
    subnet: '255.255.255.0',
    mask: 24,
    broadcast: '192.0.2.255',
    router: ['192.0.2.1'],
    dns: ['192.0.2.53', '192.0.2.54'],
    domain: 'example.com',
    hostname: 'unit-test',
    lease: 3_600,
    renewal_time: 1_800,
    rebind_time: 3_150,
  })
})

test('a client that is killed is started again, and stop leaves no process', async () => {
  const { supervisor, states, bound } = client(ledger)
  await supervisor.start()
  await bound(1)
  const [first, ...others] = clientsOf(ledger.owner)
  assert.equal(others, [])
  process.kill(first?.pid ?? 0, 'SIGKILL')
  await bound(2)
  assert.equal(
    states.items.map(({ running, restarts, reason }) => [running, restarts, reason]),
    [
      [true, 0, undefined],
      [false, 0, 'udhcpc: killed by SIGKILL'],
      [true, 1, undefined],
    ],
  )
  await supervisor.stop()
  assert.equal(systemProcessTable.ownedBy(ledger.owner), [])
})

for (const lost of [false, true]) {
  test(`the orphan of a killed owner is ended at the next start${lost ? ', also where the ledger is lost' : ''}`, async () => {
    const args = ['--enable-source-maps', '--import', 'tsx', fileURLToPath(import.meta.url), 'owner']
    const owner = spawnProcess({ program: process.execPath, args, env: { PATH } })
    leftovers.push(() => owner.kill('SIGKILL'))
    const output = new Journal<string>()
    void readLines(owner.stderr, (line) => output.add(line))
    void readLines(owner.stdout, (line) => output.add(line))
    await output.until('a lease of the owner', (lines) => lines.includes('bound'))
    // The ledger is written beside everything else: the lease may be quicker.
    const noted = async () => (await readFile(`${STATE_DIRECTORY}/ledger.json`, 'utf8')).includes('udhcpc')
    await eventually('the client stands in the ledger', noted)
    owner.kill('SIGKILL')
    await owner.exited
    const orphans = clientsOf(ledger.owner)
    assert.is(orphans.length, 1)

    if (lost) await rm(`${STATE_DIRECTORY}/ledger.json`)
    const next = await openLedger()
    const ended = (await next.reapOrphans()).filter(({ program }) => program === 'udhcpc')
    assert.equal(ended, [{ pid: orphans[0]?.pid, program: 'udhcpc', ifname: lost ? undefined : 'eth0' }])
    assert.equal(systemProcessTable.ownedBy(ledger.owner), [])
    assert.equal(await next.reapOrphans(), [])
  })
}

if (process.argv[2] === 'owner') await runOwner()
else test.run()
