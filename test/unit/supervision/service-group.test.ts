import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import { type RestartStrategy, type Service, ServiceGroup } from '../../../lib/supervision/service-group.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'

/** Writes its starts (+) and stops (-) into a shared log. */
class Probe implements Service {
  failing = false
  end: (reason: string) => void = () => undefined

  readonly name: string
  readonly log: string[]

  constructor(name: string, log: string[]) {
    this.name = name
    this.log = log
  }

  async start(onEnd: (reason: string) => void): Promise<void> {
    this.log.push(this.failing ? `!${this.name}` : `+${this.name}`)
    if (this.failing) throw new Error(`${this.name} cannot`)
    this.end = onEnd
  }

  async stop(): Promise<void> {
    this.log.push(`-${this.name}`)
  }
}

async function world(
  strategy: RestartStrategy,
  prepare: (probes: { a: Probe; b: Probe; c: Probe }) => void = () => {},
) {
  const log: string[] = []
  const clock = new SimulatedClock()
  const probes = { a: new Probe('a', log), b: new Probe('b', log), c: new Probe('c', log) }
  prepare(probes)
  const states: string[] = []
  const group = new ServiceGroup({
    services: [probes.a, probes.b, probes.c],
    strategy,
    clock,
    logger: silentLogger,
    onState: ({ name, running, restarts, reason }) =>
      states.push(`${name} ${running ? 'runs' : 'stands'} ${restarts}${reason === undefined ? '' : ` ${reason}`}`),
  })
  await group.start()
  /** What was logged since the last call. */
  const taken = () => log.splice(0).join(' ')
  return { ...probes, log, clock, group, states, taken }
}

test('starts in order and stops in reverse', async () => {
  const { group, taken } = await world('one-for-all')
  assert.is(taken(), '+a +b +c')
  await group.stop()
  assert.is(taken(), '-c -b -a')
})

test('one-for-all: an end stops all in reverse and starts all', async () => {
  const { b, clock, group, taken, states } = await world('one-for-all')
  taken()
  states.length = 0
  b.end('b broke')
  await clock.advance(499)
  assert.is(taken(), '-c -b -a')
  await clock.advance(1)
  assert.is(taken(), '+a +b +c')
  assert.equal(states, [
    'c stands 0 stopped because b ended',
    'b stands 0 b broke',
    'a stands 0 stopped because b ended',
    'a runs 1',
    'b runs 1',
    'c runs 1',
  ])
  await group.stop()
})

test('rest-for-one: an end restarts what stands behind it', async () => {
  const { b, clock, group, taken } = await world('rest-for-one')
  taken()
  b.end('b broke')
  await clock.advance(500)
  assert.is(taken(), '-c -b +b +c')
  await group.stop()
  assert.is(taken(), '-c -b -a')
})

test('one-for-one: an end restarts nothing else', async () => {
  const { a, b, clock, group, taken } = await world('one-for-one')
  taken()
  b.end('b broke')
  a.end('a broke')
  await clock.advance(500)
  assert.is(taken(), '-b -a +b +a')
  await group.stop()
})

test('one-for-one: each service has its own wait', async () => {
  const { a, b, clock, group, taken } = await world('one-for-one')
  b.end('once')
  await clock.advance(500)
  b.end('twice')
  await clock.advance(0)
  taken()
  a.end('once')
  await clock.advance(500)
  assert.is(taken(), '-a +a')
  await clock.advance(500)
  assert.is(taken(), '+b')
  await group.stop()
})

test('rest-for-one: an earlier end takes over a later wait', async () => {
  const { a, c, clock, group, taken } = await world('rest-for-one')
  taken()
  c.end('c broke')
  await clock.advance(400)
  a.end('a broke')
  await clock.advance(499)
  assert.is(taken(), '-c -b -a')
  await clock.advance(1)
  assert.is(taken(), '+a +b +c')
  await clock.advance(60_000)
  assert.is(taken(), '')
  await group.stop()
})

test('an end of an earlier run is not an end of this one', async () => {
  const { b, clock, group, taken } = await world('one-for-all')
  const stale = b.end
  b.end('b broke')
  b.end('b broke again')
  await clock.advance(500)
  taken()
  stale('late')
  await clock.advance(60_000)
  assert.is(taken(), '')
  await group.stop()
})

test('where one cannot start, those that depend on it wait', async () => {
  const { b, clock, group, taken } = await world('rest-for-one', ({ b: failing }) => {
    failing.failing = true
  })
  assert.is(taken(), '+a !b -b')
  await clock.advance(500)
  assert.is(taken(), '!b -b')
  b.failing = false
  await clock.advance(1_000)
  assert.is(taken(), '+b +c')
  await group.stop()
})

test('one-for-all: where one cannot start, none runs', async () => {
  const { b, clock, group, taken } = await world('one-for-all', ({ b: failing }) => {
    failing.failing = true
  })
  assert.is(taken(), '+a !b -b -a')
  b.failing = false
  await clock.advance(500)
  assert.is(taken(), '+a +b +c')
  await group.stop()
})

test('one-for-one: where one cannot start, the others run', async () => {
  const { group, taken } = await world('one-for-one', ({ b }) => {
    b.failing = true
  })
  assert.is(taken(), '+a !b -b +c')
  await group.stop()
  assert.is(taken(), '-c -a')
})

test('stop drops a pending restart', async () => {
  const { b, clock, group, taken } = await world('rest-for-one')
  b.end('b broke')
  await clock.advance(100)
  taken()
  await group.stop()
  assert.is(taken(), '-a')
  assert.is(clock.pendingTimers, 0)
  await clock.advance(60_000)
  assert.is(taken(), '')
})

test('a stop that fails or hangs keeps no other service alive', async () => {
  const { a, c, clock, group, taken } = await world('one-for-all')
  taken()
  c.stop = () => new Promise(() => undefined)
  a.stop = () => Promise.reject(new Error('no'))
  const stopped = group.stop()
  await clock.advance(4_999)
  assert.is(taken(), '')
  await clock.advance(1)
  await stopped
  assert.is(taken(), '-b')
})

test('stop interrupts a start through its signal', async () => {
  const clock = new SimulatedClock()
  const log: string[] = []
  const slow: Service = {
    name: 'slow',
    start: (_onEnd, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')))
      }),
    stop: async () => {
      log.push('-slow')
    },
  }
  const services = [slow, new Probe('next', log)]
  const group = new ServiceGroup({ services, strategy: 'one-for-one', clock, logger: silentLogger })
  const started = group.start()
  await clock.advance(0)
  await group.stop()
  await started
  assert.equal(log, ['-slow'])
})

test('a start that heeds no signal holds up a stop for 5 s at most', async () => {
  const clock = new SimulatedClock()
  const hanging: Service = { name: 'hanging', start: () => new Promise(() => undefined), stop: async () => undefined }
  const group = new ServiceGroup({ services: [hanging], strategy: 'one-for-one', clock, logger: silentLogger })
  const started = group.start()
  await clock.advance(0)
  const stopped = group.stop()
  // Its start, and no stop of its own that hangs.
  await clock.advance(5_000)
  await Promise.all([started, stopped])
})

test.run()
