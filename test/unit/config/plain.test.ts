import { runInNewContext } from 'node:vm'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { toPlain } from '../../../lib/config/plain.js'
import { isNetworkError } from '../../../lib/errors.js'

const refused = (value: unknown, text: string, field?: string): void => {
  let thrown: unknown
  try {
    toPlain(value)
  } catch (error) {
    thrown = error
  }
  assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'), `accepted, or not ours: ${String(thrown)}`)
  assert.match((thrown as Error).message, text)
  assert.is((thrown as { field?: string }).field, field)
}

test('copies plain JSON, leaving out undefined members', () => {
  const value = { a: [1, 'x', null, true], b: { c: -1.5 }, d: undefined }
  const copy = toPlain(value)
  assert.equal(copy, { a: [1, 'x', null, true], b: { c: -1.5 } })
  assert.is.not((copy as { b: object }).b, value.b)
})

test('accepts objects without a prototype and those of another realm', () => {
  assert.equal(toPlain(Object.assign(Object.create(null), { a: 1 })), { a: 1 })
  assert.equal(toPlain(runInNewContext('({ a: { b: [1] } })')), { a: { b: [1] } })
})

test('refuses what JSON does not have', () => {
  refused({ a: { b: () => 1 } }, 'function', 'a.b')
  refused({ a: [1n] }, 'bigint', 'a.0')
  refused({ a: Symbol('x') }, 'symbol', 'a')
  refused([undefined], 'undefined', '0')
  refused(undefined, 'undefined')
  refused({ a: Number.NaN }, 'NaN', 'a')
  refused({ a: Number.POSITIVE_INFINITY }, 'Infinity', 'a')
  refused({ a: new Date(0) }, 'class instance', 'a')
  refused({ a: new Map() }, 'class instance', 'a')
})

test('refuses a key that would change a prototype', () => {
  refused(JSON.parse('{"a":{"__proto__":{"polluted":true}}}'), 'never accepted', 'a.__proto__')
})

test('a cycle, deep nesting and endless keys end in an error', () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  refused(cycle, 'a cycle', 'self.self.self.self')
  let deep: unknown = 1
  for (let level = 0; level < 100_000; level += 1) deep = [deep]
  refused(deep, 'a cycle', '0.0.0.0')
  refused(new Array(1_000_000).fill(0), 'at most 20000 values', '19999')
  refused({ a: 'x'.repeat(300_000) }, 'a text of at most', 'a')
})

test('code of the value that throws ends in an error of ours', () => {
  const getter = Object.defineProperty({}, 'a', {
    enumerable: true,
    get: () => {
      throw new TypeError('from the getter')
    },
  })
  refused(getter, 'from the getter')
  const trap = () => {
    throw Object.defineProperty(new Error('x'), 'message', { get: () => assert.unreachable() })
  }
  refused(new Proxy({}, { ownKeys: trap }), 'it throws when it is read')
  const { proxy, revoke } = Proxy.revocable([], {})
  revoke()
  refused(proxy, 'cannot be read')
  refused(
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Proxy({}, { getPrototypeOf: trap })
        },
      },
    ),
    'it throws when it is read',
  )
})

test.run()
