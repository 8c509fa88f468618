import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { NetworkError } from '../../../lib/errors.js'
import { isNetworkError } from '../../../lib/errors.js'
import { makePlan } from '../../../lib/technology/plan.js'
import { BUILT_IN_TECHNOLOGIES, TechnologyRegistry } from '../../../lib/technology/registry.js'
import type { Technology } from '../../../lib/technology/technology.js'

const probe: Technology<{ type: string }> = {
  type: 'probe',
  normalize: (config) => ({ ...(config as { type: string }), normalizeWasCalled: true }),
  plan: (ifname, config) => makePlan({ ifname, type: 'probe', source: config }),
}

const errorOf = (run: () => unknown): NetworkError => {
  try {
    run()
  } catch (thrown) {
    assert.ok(isNetworkError(thrown), `not ours: ${String(thrown)}`)
    return thrown
  }
  return assert.unreachable('nothing was thrown') as never
}

const registry = new TechnologyRegistry([probe as Technology])

test('knows the built-in technologies and the given ones', () => {
  const builtIn = BUILT_IN_TECHNOLOGIES.map(({ type }) => type)
  assert.equal(registry.knownTypes, [...builtIn, 'probe'].sort())
  assert.is(registry.get('probe'), probe)
  assert.is(registry.get('constructor'), undefined)
})

test('A1: a missing type is an error that says where types come from', () => {
  const error = errorOf(() => registry.resolve({}))
  assert.is(error.code, 'ERR_INVALID_CONFIG')
  assert.is(error.field, 'type')
  assert.match(error.message, /technologies.*'ethernet', .*'null', .*'probe', .*'wifi'/)
  assert.is(errorOf(() => registry.resolve({ type: 42 })).field, 'type')
})

test('A2: an unknown type is an error that names it and suggests the nearest', () => {
  const error = errorOf(() => registry.resolve({ type: 'ethernett' }))
  assert.is(error.code, 'ERR_UNKNOWN_TYPE')
  assert.match(error.message, /"ethernett".*did you mean "ethernet"/)
  for (const type of ['__proto__', 'constructor', '']) {
    assert.is(errorOf(() => registry.resolve({ type })).code, 'ERR_UNKNOWN_TYPE', type)
  }
})

test('A3: an object without a type is refused', () => {
  assert.is(errorOf(() => registry.resolve({ thisTotallyShouldNotWork: 1 })).code, 'ERR_INVALID_CONFIG')
})

test('B5: a configuration is normalized by its technology', () => {
  const { technology, config } = registry.resolve({ type: 'probe', bogus: 1 })
  assert.is(technology, probe)
  assert.equal(config, { type: 'probe', bogus: 1, normalizeWasCalled: true })
})

test('a saved configuration keeps working where a newer version wrote keys of its own', () => {
  const saved = { type: 'ethernet', ipv4: { method: 'dhcp', future: true }, dot1x: {} }
  const { config, unknownKeys } = registry.resolveSaved(saved)
  assert.equal(config, { type: 'ethernet', ipv4: { method: 'dhcp' } })
  assert.equal([...unknownKeys].sort(), ['dot1x', 'ipv4.future'])
  assert.is(errorOf(() => registry.resolve(saved)).code, 'ERR_INVALID_CONFIG')
})

test('a technology gets a private copy of plain data', () => {
  const given = { type: 'probe', list: [1] }
  const { config } = registry.resolve(given)
  assert.is.not((config as { list: unknown }).list, given.list)
  assert.match(errorOf(() => registry.resolve({ type: 'probe', run: () => 1 })).message, 'function')
})

test('what a technology throws becomes an error of ours with its cause', () => {
  const cause = new TypeError('broken')
  const broken = {
    ...probe,
    type: 'broken',
    normalize: () => {
      throw cause
    },
  }
  const error = errorOf(() => new TechnologyRegistry([broken as Technology]).resolve({ type: 'broken' }))
  assert.is(error.code, 'ERR_INVALID_CONFIG')
  assert.is(error.cause, cause)
  assert.match(error.message, /"broken".*broken/)
})

test('a type that is taken and an object that is no technology are refused', () => {
  const fieldOf = (...technologies: unknown[]) =>
    errorOf(() => new TechnologyRegistry(technologies as Technology[])).field
  assert.is(fieldOf({ ...probe, type: 'ethernet' }), 'technologies.0.type')
  assert.is(fieldOf(probe, probe), 'technologies.1.type')
  assert.is(fieldOf(null), 'technologies.0')
  assert.is(fieldOf({ ...probe, type: '' }), 'technologies.0.type')
  assert.is(fieldOf({ ...probe, plan: undefined }), 'technologies.0.plan')
  assert.is(fieldOf({ ...probe, normalize: 'x' }), 'technologies.0.normalize')
})

test.run()
