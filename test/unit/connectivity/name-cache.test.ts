import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import { readHostList } from '../../../lib/connectivity/host-list.js'
import { NameCache } from '../../../lib/connectivity/name-cache.js'
import type { ResolvedName } from '../../../lib/connectivity/name-resolver.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'

const { hosts } = readHostList([{ host: 'example.com', port: 80 }])

/** A name server that answers what it is set to, and the cache in front of it. */
function makeWorld(): {
  clock: SimulatedClock
  cache: NameCache
  asked: number[]
  signals: AbortSignal[]
  answer: ResolvedName | 'never' | 'fails'
  ask(): Promise<string[]>
} {
  const clock = new SimulatedClock()
  const world = {
    clock,
    asked: [] as number[],
    signals: [] as AbortSignal[],
    answer: 'fails' as ResolvedName | 'never' | 'fails',
    /** Refreshes as a check does, and tells the addresses. */
    async ask(): Promise<string[]> {
      cache.refresh(hosts)
      await clock.advance(0)
      return cache.candidates(hosts).map(({ address }) => address)
    },
  }
  const cache = new NameCache({
    ifname: 'eth0',
    clock,
    logger: silentLogger,
    resolve: (_host, signal) => {
      world.asked.push(clock.nowMs())
      world.signals.push(signal)
      if (world.answer === 'fails') return Promise.reject(new Error('no server'))
      return world.answer === 'never' ? new Promise(() => undefined) : Promise.resolve(world.answer)
    },
  })
  return Object.assign(world, { cache })
}

test('a name is asked again when its time to live is over, and its new address serves', async () => {
  const world = makeWorld()
  world.answer = { addresses: ['198.51.100.1'], ttlMs: 60_000 }
  assert.equal(await world.ask(), ['198.51.100.1'])
  await world.clock.advance(59_999)
  world.answer = { addresses: ['198.51.100.2'], ttlMs: 60_000 }
  assert.equal(await world.ask(), ['198.51.100.1'])
  await world.clock.advance(1)
  assert.equal(await world.ask(), ['198.51.100.2'])
  assert.equal(world.asked, [0, 60_000])
})

test('a time to live counts for at least 5 s and at most an hour', async () => {
  for (const [ttlMs, heldMs] of [
    [0, 5_000],
    [604_800_000, 3_600_000],
  ] as const) {
    const world = makeWorld()
    world.answer = { addresses: ['198.51.100.1'], ttlMs }
    await world.ask()
    await world.clock.advance(heldMs - 1)
    await world.ask()
    assert.is(world.asked.length, 1)
    await world.clock.advance(1)
    await world.ask()
    assert.is(world.asked.length, 2)
  }
})

test('what was answered serves on while no server answers, and is asked for at every check', async () => {
  const world = makeWorld()
  world.answer = { addresses: ['198.51.100.1'], ttlMs: 5_000 }
  await world.ask()
  world.answer = 'fails'
  for (let check = 1; check <= 3; check += 1) {
    await world.clock.advance(5_000)
    assert.equal(await world.ask(), ['198.51.100.1'])
    assert.is(world.asked.length, 1 + check)
  }
})

test('one question a name at a time', async () => {
  const world = makeWorld()
  world.answer = 'never'
  await world.ask()
  await world.ask()
  assert.is(world.asked.length, 1)
  assert.ok(world.cache.busy)
})

test('in another network the question under way ends, and every name is asked again', async () => {
  const world = makeWorld()
  world.answer = { addresses: ['198.51.100.1'], ttlMs: 60_000 }
  await world.ask()
  world.cache.expire()
  world.answer = 'never'
  assert.equal(await world.ask(), ['198.51.100.1'])
  world.cache.expire()
  assert.is(world.signals.at(-1)?.aborted, true)
  world.answer = { addresses: ['198.51.100.2'], ttlMs: 60_000 }
  assert.equal(await world.ask(), ['198.51.100.2'])
})

test('no more than 16 addresses of a name are kept, and nothing that is none', async () => {
  const world = makeWorld()
  const many = Array.from({ length: 40 }, (_, index) => `198.51.100.${index}`)
  world.answer = { addresses: ['nonsense', ...many], ttlMs: 60_000 }
  assert.equal(await world.ask(), many.slice(0, 16))
})

test.run()
