/** Configurations from a seeded generator: whatever comes in, the answer is a normal form or an error of ours. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { maskPlan } from '../../../lib/technology/mask-plan.js'
import { TechnologyRegistry } from '../../../lib/technology/registry.js'

const SEED = 20_261_123
const RUN_COUNT = 4000
const MAX_DEPTH = 5

const CONTEXT = {
  tmpDir: '/t',
  udhcpcHandlerPath: '/h',
  handlersPath: '/hs',
  hostname: 'board',
  regulatoryDomain: '00',
}

/** A small generator of numbers from 0 to 1 (mulberry32). */
const randomOf = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

const random = randomOf(SEED)
const below = (count: number): number => Math.floor(random() * count)
const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T

const KEYS = [
  'type',
  'ipv4',
  'ipv6',
  'method',
  'address',
  'prefixLength',
  'netmask',
  'gateway',
  'nameServers',
  'domain',
]
KEYS.push('addresses', 'routes', 'to', 'via', 'metric', 'mtu', 'hostname', 'macAddress', 'clientId', 'psk', 'reason')
KEYS.push('__proto__', 'constructor', 'toString', 'length', '', ' ', 'ünïcode', 'x'.repeat(500))

const TEXTS = [
  'ethernet',
  'null',
  'dhcp',
  'static',
  'disabled',
  'auto',
  '192.0.2.2',
  '192.0.2.1',
  '255.255.255.0',
  'a.b',
]
TEXTS.push('', '192.0.2.0/24', '::1', '02:00:00:00:00:01', '\0', '\ud800', '%n', 'x'.repeat(300_000))

const HOSTILE = [
  () => new Proxy({}, { get: thrower, ownKeys: thrower, getPrototypeOf: thrower }),
  () => new Proxy([], { get: thrower }),
  () =>
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Proxy({}, { getPrototypeOf: thrower, get: thrower })
        },
      },
    ),
  () => Object.defineProperty({}, 'type', { enumerable: true, get: thrower }),
  () => Object.defineProperty({ type: 'ethernet' }, 'ipv4', { enumerable: true, get: thrower }),
  () => {
    const cycle: Record<string, unknown> = { type: 'ethernet' }
    cycle['ipv4'] = cycle
    return cycle
  },
  () => {
    let deep: unknown = {}
    for (let level = 0; level < 5000; level += 1) deep = { ipv4: deep }
    return deep
  },
  () => ({ [Symbol('x')]: 1 }),
  () => Object.create({ type: 'ethernet' }) as unknown,
  () => JSON.parse('{"type":"ethernet","__proto__":{"type":"null"}}') as unknown,
]

function thrower(): never {
  throw pick([new TypeError('no'), new RangeError('no'), null, undefined, 'text', 42, Symbol('x')])
}

const scalar = (): unknown =>
  pick([
    pick(TEXTS),
    below(100),
    -1,
    0,
    1.5,
    2 ** 53,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    false,
    null,
    undefined,
  ])
const odd = (): unknown =>
  pick<() => unknown>([() => 10n, () => Symbol('x'), () => thrower, () => new Date(0), () => new Map(), ...HOSTILE])()

const value = (depth: number): unknown => {
  const kind = random()
  if (depth >= MAX_DEPTH || kind < 0.45) return scalar()
  if (kind < 0.5) return odd()
  const count = below(5)
  if (kind < 0.65) return Array.from({ length: count }, () => value(depth + 1))
  const members = Array.from({ length: count }, () => [pick(KEYS), value(depth + 1)] as const)
  return Object.fromEntries(members)
}

const VALID: readonly object[] = [
  { type: 'null', reason: 'x' },
  { type: 'ethernet', mtu: 1400, metric: 5, hostname: 'a', macAddress: '02:00:00:00:00:01', ipv6: { method: 'auto' } },
  { type: 'ethernet', ipv4: { method: 'dhcp', dhcpRequestOptions: ['wpad'], clientId: 'x', ignoreDns: true } },
  {
    type: 'ethernet',
    ipv4: {
      method: 'static',
      address: '192.0.2.2',
      netmask: '255.255.255.0',
      gateway: '192.0.2.1',
      nameServers: '192.0.2.1',
      addresses: [{ address: '198.51.100.2', prefixLength: 24 }],
      routes: [{ to: '203.0.113.0/24', via: '192.0.2.254', metric: 10 }],
    },
  },
]

/** A valid configuration; most have one member replaced or added at some depth. */
const mutant = (): unknown => {
  const config = structuredClone(pick(VALID))
  if (random() < 0.1) return config
  let container: object = config
  for (;;) {
    const key = pick(Object.keys(container))
    const inner: unknown = Reflect.get(container, key)
    const goDeeper = typeof inner === 'object' && inner !== null && random() < 0.7
    if (!goDeeper) {
      const member = { value: value(3), enumerable: true, configurable: true, writable: true }
      Object.defineProperty(container, !Array.isArray(container) && random() < 0.2 ? pick(KEYS) : key, member)
      return config
    }
    container = inner
  }
}

const registry = new TechnologyRegistry()

/** 'accepted' or 'refused'; anything else fails the test. */
const outcomeOf = (input: unknown): 'accepted' | 'refused' => {
  try {
    const { technology, config } = registry.resolve(input)
    assert.equal(registry.resolve(config).config, config, 'normalizing is idempotent')
    assert.equal(JSON.parse(JSON.stringify(config)), config, 'the normal form is plain JSON')
    maskPlan(technology.plan('eth0', config, CONTEXT))
    return 'accepted'
  } catch (thrown) {
    const known = isNetworkError(thrown, 'ERR_INVALID_CONFIG') || isNetworkError(thrown, 'ERR_UNKNOWN_TYPE')
    assert.ok(known, `seed ${SEED}: not an error of ours: ${thrown instanceof Error ? thrown.stack : typeof thrown}`)
    assert.ok((thrown as Error).message.length < 2000, 'the error text is short')
    return 'refused'
  }
}

test('no input raises anything but an error of ours, in the strict and in the lenient way', () => {
  const counts = { accepted: 0, refused: 0 }
  for (let run = 0; run < RUN_COUNT; run += 1) {
    const input = random() < 0.4 ? value(0) : mutant()
    counts[outcomeOf(input)] += 1
    try {
      registry.resolveSaved(input)
    } catch (thrown) {
      assert.ok(isNetworkError(thrown), `seed ${SEED}: ${typeof thrown}`)
    }
  }
  assert.ok(counts.accepted > RUN_COUNT / 20, `the generator makes too few valid inputs: ${counts.accepted}`)
  assert.ok(counts.refused > RUN_COUNT / 4, `the generator makes too few wrong inputs: ${counts.refused}`)
})

test('hostile values are refused wherever they stand', () => {
  for (const make of HOSTILE) {
    outcomeOf(make())
    outcomeOf({ type: 'ethernet', ipv4: make() })
    outcomeOf({ type: make() })
    outcomeOf({ type: 'ethernet', ipv4: { method: 'static', addresses: [make()] } })
  }
})

test('the prototype of all objects is as it was', () => {
  assert.equal(Object.keys(Object.prototype), [])
  assert.is(({} as { type?: unknown }).type, undefined)
})

test.run()
