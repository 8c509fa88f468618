import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { DaemonCommand } from '../../../lib/supervision/child.js'
import { nullLedger } from '../../../lib/supervision/ledger.js'
import type { ProgramDeps } from '../../../lib/supervision/program-deps.js'
import type { ServiceState } from '../../../lib/supervision/service-group.js'
import { Supervisor } from '../../../lib/supervision/supervisor.js'
import { ScriptedDaemons } from '../../../lib/testing/scripted-daemon.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'
import { RecordingLogger } from './recording-logger.js'

function world(command: Partial<DaemonCommand> = {}, lookup: Promise<void> = Promise.resolve()) {
  const daemons = new ScriptedDaemons()
  const clock = new SimulatedClock()
  const logger = new RecordingLogger()
  const ledger: string[] = []
  const deps: ProgramDeps = {
    spawn: daemons.spawn,
    findProgram: (name) => lookup.then(() => name),
    path: '/usr/sbin:/sbin',
    netns: '/run/netns/lab',
    clock,
    logger,
    ledger: {
      owner: 'me',
      addDaemon: ({ pid, program, ifname }) => ledger.push(`+${pid} ${program} ${ifname}`),
      removeDaemon: (pid) => ledger.push(`-${pid}`),
    },
  }
  const states: ServiceState[] = []
  const supervisor = new Supervisor(deps, {
    command: { program: 'udhcpc', args: ['-f'], ifname: 'eth0', ...command },
    onState: (state) => states.push(state),
  })
  return { daemons, clock, logger, ledger, states, supervisor }
}

test('starts the daemon with the configured path, the mark of its owner and nothing else', async () => {
  const { daemons, supervisor, states } = world()
  daemons.on('udhcpc')
  await supervisor.start()
  assert.equal(daemons.children[0]?.request, {
    program: 'udhcpc',
    args: ['-f'],
    env: { PATH: '/usr/sbin:/sbin', VINTAGE_NET_OWNER: 'me' },
    netns: '/run/netns/lab',
  })
  assert.equal(states, [{ name: 'udhcpc', running: true, restarts: 0 }])
  await supervisor.stop()
  assert.equal(states.at(-1), { name: 'udhcpc', running: false, restarts: 0 })
})

test('a daemon that ends is started again, with growing waits, also after status 0', async () => {
  const { daemons, clock, supervisor, states } = world()
  daemons.on('udhcpc', (child) => child.exit(0))
  await supervisor.start()
  for (const [delayMs, count] of [
    [500, 2],
    [1_000, 3],
    [2_000, 4],
  ] as const) {
    await clock.advance(delayMs - 1)
    assert.is(daemons.children.length, count - 1)
    await clock.advance(1)
    assert.is(daemons.children.length, count)
  }
  assert.equal(states.at(-1), { name: 'udhcpc', running: false, restarts: 3, reason: 'udhcpc: ended with status 0' })
  await supervisor.stop()
})

test('after 30 s of running the next wait is short again', async () => {
  const { daemons, clock, supervisor } = world()
  daemons.on('udhcpc', (child) => child.exit(1))
  await supervisor.start()
  await clock.advance(500 + 1_000)
  daemons.on('udhcpc')
  await clock.advance(2_000)
  assert.is(daemons.children.length, 4)
  await clock.advance(30_000)
  daemons.children[3]?.die('SIGKILL')
  await clock.advance(500)
  assert.is(daemons.children.length, 5)
  await supervisor.stop()
})

test('the reason names the status and the last line of standard error', async () => {
  const { daemons, clock, supervisor, states } = world()
  daemons.on('udhcpc', (child) => {
    child.writeStderr('udhcpc: started\nudhcpc: bind: Address already in use\n')
    child.exit(1)
  })
  await supervisor.start()
  await clock.advance(0)
  assert.is(states.at(-1)?.reason, 'udhcpc: ended with status 1: udhcpc: bind: Address already in use')
  await supervisor.stop()
})

test('the reason names the signal', async () => {
  const { daemons, clock, supervisor, states } = world()
  daemons.on('udhcpc')
  await supervisor.start()
  daemons.children[0]?.die('SIGKILL')
  await clock.advance(0)
  assert.is(states.at(-1)?.reason, 'udhcpc: killed by SIGKILL')
  await supervisor.stop()
})

test('a missing program is tried again until it is there', async () => {
  const { daemons, clock, supervisor, states } = world()
  await supervisor.start()
  assert.equal(states, [
    {
      name: 'udhcpc',
      running: false,
      restarts: 0,
      reason: 'udhcpc: not found on /usr/sbin:/sbin (Debian package: udhcpc)',
    },
  ])
  await clock.advance(500)
  daemons.on('udhcpc')
  await clock.advance(999)
  assert.is(daemons.running('udhcpc').length, 0)
  await clock.advance(1)
  assert.is(daemons.running('udhcpc').length, 1)
  assert.equal(states.at(-1), { name: 'udhcpc', running: true, restarts: 2 })
  await supervisor.stop()
})

test('stop ends the process with SIGTERM', async () => {
  const { daemons, supervisor, ledger } = world()
  daemons.on('udhcpc')
  await supervisor.start()
  const child = daemons.children[0]
  await supervisor.stop()
  assert.is(child?.running, false)
  assert.equal(child?.signals, ['SIGTERM'])
  assert.equal(ledger, [`+${child?.pid} udhcpc eth0`, `-${child?.pid}`])
})

test('a process that ignores SIGTERM is killed after the grace', async () => {
  const { daemons, clock, supervisor } = world({ stopGraceMs: 700 })
  daemons.on('udhcpc', (child) => child.ignore('SIGTERM'))
  await supervisor.start()
  const stopped = supervisor.stop()
  await clock.advance(699)
  assert.is(daemons.running('udhcpc').length, 1)
  await clock.advance(1)
  await stopped
  assert.equal(daemons.children[0]?.signals, ['SIGTERM', 'SIGKILL'])
})

test('stop during a wait works at once, and nothing starts afterwards', async () => {
  const { daemons, clock, supervisor } = world()
  daemons.on('udhcpc', (child) => child.exit(1))
  await supervisor.start()
  await clock.advance(0)
  await supervisor.stop()
  await clock.advance(60_000)
  assert.is(daemons.children.length, 1)
})

test('stop while the program is looked up leaves no process', async () => {
  let found = (): void => undefined
  const lookup = new Promise<void>((resolve) => {
    found = resolve
  })
  const { daemons, clock, supervisor } = world({}, lookup)
  daemons.on('udhcpc')
  const started = supervisor.start()
  await clock.advance(0)
  const stopped = supervisor.stop()
  found()
  await Promise.all([started, stopped])
  assert.is(daemons.children.length, 1)
  assert.is(daemons.running('udhcpc').length, 0)
})

test('a look-up that outlasts the stop leaves no process either', async () => {
  let found = (): void => undefined
  const lookup = new Promise<void>((resolve) => {
    found = resolve
  })
  const { daemons, clock, supervisor } = world({}, lookup)
  daemons.on('udhcpc')
  const started = supervisor.start()
  await clock.advance(0)
  const stopped = supervisor.stop()
  await clock.advance(5_000)
  await Promise.all([started, stopped])
  found()
  await clock.advance(0)
  assert.is(daemons.children.length, 1)
  assert.is(daemons.running('udhcpc').length, 0)
})

test('each run has a reader of its own, which may throw', async () => {
  const read: string[][] = []
  const { daemons, clock, supervisor, logger } = world({
    openStdout: () => {
      const mine: string[] = []
      read.push(mine)
      return (chunk) => {
        mine.push(new TextDecoder().decode(chunk))
        throw new Error('reader broke')
      }
    },
  })
  daemons.on('udhcpc', (child) => {
    child.writeStdout('a')
    child.writeStdout('b')
  })
  await supervisor.start()
  await clock.advance(0)
  daemons.children[0]?.exit(1)
  await clock.advance(500)
  assert.equal(read, [
    ['a', 'b'],
    ['a', 'b'],
  ])
  assert.is(daemons.running('udhcpc').length, 1)
  assert.ok(logger.lines.includes('error udhcpc: a reader of its output threw'))
  await supervisor.stop()
})

test('output is logged line by line with the prefix of program and interface', async () => {
  const lines: string[] = []
  const { daemons, clock, supervisor, logger } = world({ onLine: (line) => lines.push(line) })
  daemons.on('udhcpc', (child) => {
    child.writeStdout('one\n\ntwo\n')
  })
  await supervisor.start()
  await clock.advance(0)
  assert.equal(
    logger.lines.filter((line) => line.startsWith('debug')),
    ['debug udhcpc(eth0): one', 'debug udhcpc(eth0): two'],
  )
  assert.equal(lines, ['one', 'two'])
  await supervisor.stop()
})

test('arguments given as a function are asked at every start', async () => {
  let count = 0
  const { daemons, clock, supervisor } = world({
    args: () => {
      count += 1
      return [String(count)]
    },
  })
  daemons.on('udhcpc', (child) => child.exit(1))
  await supervisor.start()
  await clock.advance(500)
  assert.equal(
    daemons.children.map(({ request }) => request.args),
    [['1'], ['2']],
  )
  await supervisor.stop()
})

test('a listener that throws harms nothing', async () => {
  const daemons = new ScriptedDaemons()
  const clock = new SimulatedClock()
  const logger = new RecordingLogger()
  daemons.on('udhcpd', (child) => child.exit(1))
  const deps = {
    spawn: daemons.spawn,
    findProgram: daemons.findProgram,
    path: '/sbin',
    clock,
    logger,
    ledger: nullLedger,
  }
  const supervisor = new Supervisor(deps, {
    command: { program: 'udhcpd', args: [] },
    onState: () => {
      throw new Error('listener broke')
    },
  })
  await supervisor.start()
  await clock.advance(500)
  assert.is(daemons.children.length, 2)
  await supervisor.stop()
})

test.run()
