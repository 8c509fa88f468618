/** What a program gets wrong is an error of ours that names the field, and nothing has changed then. */

import { existsSync } from 'node:fs'
import * as nodeFileSystem from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { HostFileSystem } from '../../../lib/base/file-system.js'
import { isNetworkError, type NetworkError } from '../../../lib/errors.js'
import type { Persistence } from '../../../lib/persistence/store.js'
import { makePlan, type Plan } from '../../../lib/technology/plan.js'
import type { Technology } from '../../../lib/technology/technology.js'
import { FakeWorld } from '../../support/fake-instance.js'

async function refusal(call: () => unknown): Promise<NetworkError> {
  let thrown: unknown
  try {
    await call()
  } catch (reason) {
    thrown = reason
  }
  assert.ok(isNetworkError(thrown), `expected a NetworkError, got ${String(thrown)}`)
  return thrown
}

const never = null as never

test('options and names of a wrong kind are refused with their field', async () => {
  await using world = await FakeWorld.create()
  const net = await world.start()
  const before = net.getByPrefix([])
  const wrong: [call: () => unknown, code: string, field: string][] = [
    [() => net.configure('eth0', { type: 'ethernet' }, never), 'ERR_INVALID_CONFIG', 'options'],
    [() => net.configure('eth0', { type: 'ethernet' }, { persist: 'no' as never }), 'ERR_INVALID_CONFIG', 'persist'],
    [() => net.deconfigure('eth0', never), 'ERR_INVALID_CONFIG', 'options'],
    [() => net.getConfiguration(Symbol('eth0') as never), 'ERR_INVALID_INTERFACE_NAME', 'ifname'],
    [() => net.changes([], never), 'ERR_INVALID_CONFIG', 'options'],
    [() => net.changes([], { signal: {} as never }), 'ERR_INVALID_CONFIG', 'signal'],
    [() => net.until(['connection'], 'internet', never), 'ERR_INVALID_CONFIG', 'options'],
    [() => net.until(['connection'], 'internet', { signal: 'x' as never }), 'ERR_INVALID_CONFIG', 'signal'],
    [() => net.subscribe([], 'x' as never), 'ERR_INVALID_CONFIG', 'listener'],
  ]
  for (const [call, code, field] of wrong) {
    const error = await refusal(call)
    assert.is(error.code, code)
    assert.is(error.field, field)
  }
  assert.equal(net.getByPrefix([]), before)
})

/** A technology that somebody else wrote, and that gets `plan` or `normalize` wrong for eth0. */
function broken(name: string, wrong: Partial<Record<'plan' | 'normalize', (ifname: string) => unknown>>): Technology {
  return {
    type: name,
    normalize: (config) => (wrong.normalize === undefined ? config : wrong.normalize('')),
    plan: (ifname, config) =>
      (wrong.plan?.(ifname) as Plan | undefined) ?? makePlan({ ifname, type: name, source: config }),
  }
}

test('a technology that plans nonsense, or normalizes to what is no JSON, changes nothing and is named', async () => {
  const plan = (ifname: string): Plan => makePlan({ ifname, type: 'other', source: {} })
  const technologies = [
    broken('throws', {
      plan: () => {
        throw new TypeError('x is undefined')
      },
    }),
    broken('text', { plan: () => 'a plan' }),
    broken('stranger', { plan: () => ({ ...plan('eth1'), type: 'stranger' }) }),
    broken('mistyped', { plan }),
    broken('listless', { plan: (ifname) => ({ ...plan(ifname), type: 'listless', up: undefined }) }),
    broken('endless', { plan: (ifname) => ({ ...plan(ifname), type: 'endless', upLimitMs: Number.NaN }) }),
    broken('absent', { normalize: () => undefined }),
    broken('map', { normalize: () => ({ type: 'map', values: new Map() }) }),
  ]
  await using world = await FakeWorld.create()
  const net = await world.start({ technologies })
  const before = net.getByPrefix([])
  for (const { type } of technologies) {
    const error = await refusal(() => net.configure('eth0', { type }))
    assert.is(error.code, 'ERR_INVALID_CONFIG')
    assert.match(error.message, new RegExp(`the technology "${type}"`))
  }
  assert.equal(net.getByPrefix([]), before)
  assert.not.ok(existsSync(join(world.persistenceDir, 'eth0')))
})

test('names of a store that are none are left out with a warning', async () => {
  const saved = new Map<string, unknown>([
    ['../eth0', { type: 'ethernet' }],
    ['eth1', { type: 'ethernet' }],
  ])
  const persistence: Persistence = {
    list: () => [...saved.keys()],
    load: (ifname) => saved.get(ifname),
    save: () => undefined,
    clear: () => undefined,
  }
  await using world = await FakeWorld.create()
  const net = await world.start({ persistence })
  assert.equal(net.configuredInterfaces(), ['eth1'])
  assert.ok(world.logs.some(({ level, message }) => level === 'warn' && message.includes('../eth0')))
})

test('a tmpDir that may not be written is a missing right', async () => {
  const fileSystem: HostFileSystem = {
    ...nodeFileSystem,
    mkdir: () => Promise.reject(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })),
  }
  await using world = await FakeWorld.create()
  const error = await refusal(() => world.start({ fileSystem }))
  assert.is(error.code, 'ERR_NOT_PERMITTED')
  assert.is(error.field, 'tmpDir')
})

test.run()
