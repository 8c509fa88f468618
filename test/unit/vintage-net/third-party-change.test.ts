/** Changes of plans that a technology of a user's own has made: steps that are functions, parts, files, limits. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { spawnProcess } from '../../../lib/supervision/spawn.js'
import { makePlan, type Plan, type Service, type Step } from '../../../lib/technology/plan.js'
import type { Technology } from '../../../lib/technology/technology.js'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { eventually } from '../../support/eventually.js'
import { FakeWorld } from '../../support/fake-instance.js'
import { run } from '../../support/probe-technology.js'

/** The technology `scripted`: its configuration names one of these plans. */
class Scripts implements Technology<{ type: string; plan: string }> {
  readonly type = 'scripted'
  readonly journal: string[] = []
  readonly plans: Record<string, Partial<Plan>> = {}
  #hung = false

  normalize(config: unknown): { type: string; plan: string } {
    return config as { type: string; plan: string }
  }

  plan(ifname: string, config: { type: string; plan: string }): Plan {
    return makePlan({ ifname, type: this.type, source: config, ...this.plans[config.plan] })
  }

  call(name: string, args: string | null = null, replaces?: string): Step {
    const step = { type: 'call', name, args, run: async () => this.#note(`${name} ${args ?? ''}`.trim()) } as const
    return replaces === undefined ? step : { ...step, replaces }
  }

  /** A call that never ends the first time, whatever its signal says. */
  hangingOnce(name: string): Step {
    const run = async (): Promise<void> => {
      this.#note(name)
      if (this.#hung) return
      this.#hung = true
      await new Promise<never>(() => undefined)
    }
    return { type: 'call', name, args: null, run }
  }

  part(name: string, args: string | null = null): Service {
    return {
      type: 'part',
      name,
      args,
      start: async () => {
        this.#note(`start ${name}`)
        return { [Symbol.asyncDispose]: async () => this.#note(`stop ${name}`) }
      },
    }
  }

  taken(): string[] {
    return this.journal.splice(0)
  }

  #note(text: string): void {
    this.journal.push(text)
  }
}

/** A program is a real one here: a loaded machine takes its time to start it. */
const LOADED = { deadlineMs: 20_000 }

const state = ['interface', 'test0', 'state']

/** The link test0 configured by the plan `one`. */
async function within(
  plans: (scripts: Scripts, world: FakeWorld) => Record<string, Partial<Plan>>,
  work: (net: VintageNet, scripts: Scripts, world: FakeWorld) => Promise<void>,
): Promise<void> {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'test0' })
  const scripts = new Scripts()
  Object.assign(scripts.plans, plans(scripts, world))
  const net = await world.start({ technologies: [scripts], spawn: spawnProcess, persistence: 'none' })
  await applied(net, 'one')
  const parts = scripts.plans['one']?.services?.length ?? 0
  await eventually(
    'the services have started',
    () => scripts.journal.filter((text) => /^start/.test(text)).length === parts,
  )
  scripts.taken()
  await work(net, scripts, world)
}

async function applied(net: VintageNet, plan: string): Promise<void> {
  await net.configure('test0', { type: 'scripted', plan })
  await net.until(state, 'configured')
}

test('equal calls and parts are left alone: only what is new is done', () =>
  within(
    (scripts) => ({
      one: { up: [scripts.call('a', 'x')], down: [scripts.call('A')], services: [scripts.part('p')] },
      two: {
        up: [scripts.call('a', 'x'), scripts.call('b')],
        down: [scripts.call('B'), scripts.call('A')],
        services: [scripts.part('p')],
      },
    }),
    async (net, scripts) => {
      await applied(net, 'two')
      assert.equal(scripts.taken(), ['b'])
      await applied(net, 'one')
      assert.equal(scripts.taken(), ['B'])
      await net.stop()
      assert.equal(scripts.taken(), ['stop p', 'A'])
    },
  ))

test('a call that says what it replaces is made again, alone', () =>
  within(
    (scripts) => {
      const plan = (args: string): Partial<Plan> => ({
        up: [scripts.call('a'), scripts.call('mode', args, 'mode'), scripts.call('b')],
        down: [scripts.call('reset', null, 'mode'), scripts.call('A')],
      })
      return { one: plan('slow'), two: plan('fast') }
    },
    async (net, scripts) => {
      await applied(net, 'two')
      assert.equal(scripts.taken(), ['mode fast'])
    },
  ))

test('any other changed call costs a teardown', () =>
  within(
    (scripts) => ({
      one: { up: [scripts.call('a', 'x')], down: [scripts.call('A')], services: [scripts.part('p')] },
      two: { up: [scripts.call('a', 'y')], down: [scripts.call('A')], services: [scripts.part('p')] },
    }),
    async (net, scripts) => {
      await applied(net, 'two')
      assert.equal(scripts.taken(), ['stop p', 'A', 'a y', 'start p'])
    },
  ))

test('onChange of a plan asks for the teardown', () =>
  within(
    (scripts) => ({
      one: { up: [scripts.call('a')], down: [scripts.call('A')] },
      two: { up: [scripts.call('a'), scripts.call('b')], down: [scripts.call('A')], onChange: 'teardown' },
    }),
    async (net, scripts) => {
      await applied(net, 'two')
      assert.equal(scripts.taken(), ['A', 'a', 'b'])
    },
  ))

test('services that go end before the steps, services that come start after them', () =>
  within(
    (scripts) => {
      const restart = 'one-for-one'
      return {
        one: { up: [scripts.call('a')], services: [scripts.part('p'), scripts.part('q')], restart },
        two: {
          up: [scripts.call('a'), scripts.call('b')],
          services: [scripts.part('q'), scripts.part('r')],
          restart,
        },
      }
    },
    async (net, scripts) => {
      await applied(net, 'two')
      await eventually('r has started', () => scripts.journal.includes('start r'))
      assert.equal(scripts.taken(), ['stop p', 'b', 'start r'])
      await net.stop()
      assert.equal(scripts.taken(), ['stop r', 'stop q'])
    },
  ))

test('a changed file is written anew while its readers are stopped, an equal one is not touched', () =>
  within(
    (scripts, world) => {
      const file = (name: string, content: string) => ({
        path: join(world.folder, name),
        content,
        mode: 0o600,
        secret: false,
      })
      const reader = scripts.part('reader', join(world.folder, 'read'))
      return {
        one: { files: [file('same', '1'), file('read', '1'), file('gone', '1')], services: [reader] },
        two: { files: [file('same', '1'), file('read', '2')], services: [reader] },
      }
    },
    async (net, scripts, world) => {
      writeFileSync(join(world.folder, 'same'), 'untouched')
      await applied(net, 'two')
      assert.equal(scripts.taken(), ['stop reader', 'start reader'])
      assert.is(readFileSync(join(world.folder, 'read'), 'utf8'), '2')
      assert.is(readFileSync(join(world.folder, 'same'), 'utf8'), 'untouched')
      assert.not.ok(existsSync(join(world.folder, 'gone')))
      await net.stop()
      assert.not.ok(existsSync(join(world.folder, 'read')))
    },
  ))

test('what a failed change had done is undone before all is done anew', () =>
  within(
    (scripts, world) => ({
      one: { up: [scripts.call('a')], down: [scripts.call('A')], services: [scripts.part('p')] },
      two: {
        up: [
          scripts.call('a'),
          scripts.call('b'),
          run(
            'sh',
            '-c',
            `test -e ${join(world.folder, 'tried')} || { touch ${join(world.folder, 'tried')}; exit 3; }`,
          ),
        ],
        down: [scripts.call('B'), scripts.call('A')],
        services: [scripts.part('p')],
      },
    }),
    async (net, scripts) => {
      await net.configure('test0', { type: 'scripted', plan: 'two' })
      await net.until(state, 'reconfiguring')
      await net.until(state, 'configured')
      assert.equal(scripts.taken(), ['b', 'stop p', 'B', 'A', 'a', 'b', 'start p'])
    },
  ))

test('a change that hangs is ended at its limit, and all is done anew', () =>
  within(
    (scripts) => ({
      one: { up: [scripts.call('a')], down: [scripts.call('A')], downLimitMs: 400 },
      two: {
        up: [scripts.call('a'), scripts.hangingOnce('b')],
        down: [scripts.call('A')],
        upLimitMs: 600,
        downLimitMs: 800,
      },
    }),
    async (net, scripts, world) => {
      await net.configure('test0', { type: 'scripted', plan: 'two' })
      await eventually('the change hangs', () => scripts.journal.includes('b'), LOADED)
      await world.clock.advance(999)
      assert.is(net.get(state), 'configuring')
      assert.equal(scripts.taken(), ['b'])
      await world.clock.advance(1)
      assert.is(net.get(state), 'reconfiguring')
      assert.equal(scripts.taken(), [])
      await world.clock.advance(400) // half of the down limit, for the call
      await eventually('all is done anew', () => net.get(state) === 'configured', LOADED)
      assert.equal(scripts.taken(), ['A', 'a', 'b'])
      assert.ok(world.logs.some(({ message }) => /took more than 1000 ms/.test(message)))
    },
  ))

test('a plan of another kind does not wait for a change that hangs', () =>
  within(
    (scripts) => ({
      one: { up: [scripts.call('a')], down: [scripts.call('A')] },
      two: { up: [scripts.call('a'), run('sleep', '600')], down: [scripts.call('A')] },
    }),
    async (net, scripts) => {
      await net.configure('test0', { type: 'scripted', plan: 'two' })
      assert.is(net.get(state), 'configuring')
      await net.deconfigure('test0')
      await net.until(['interface', 'test0', 'type'], 'null')
      await net.until(state, 'configured')
      assert.equal(scripts.taken(), ['A'])
    },
  ))

test.run()
