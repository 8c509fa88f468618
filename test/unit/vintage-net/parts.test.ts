/** Run-time parts of a plan: what they may use, and how they and the services beside them are started anew. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { DaemonReader, PartContext, PartService, Service } from '../../../lib/technology/plan.js'
import type { Technology } from '../../../lib/technology/technology.js'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { eventually } from '../../support/eventually.js'
import { FakeWorld } from '../../support/fake-instance.js'
import { probeTechnology } from '../../support/probe-technology.js'

const at = (...path: string[]): string[] => ['interface', 'test0', ...path]

/** The daemon `helper` and the part `client`, restart rest-for-one; the contexts of the part's runs and the order of events. */
interface Scene {
  readonly net: VintageNet
  readonly world: FakeWorld
  readonly runs: PartContext[]
  readonly journal: string[]
}

async function within(work: (scene: Scene) => Promise<void>): Promise<void> {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'test0' })
  world.daemons.on('helper')
  const runs: PartContext[] = []
  const journal: string[] = []
  const client: Service = {
    type: 'part',
    name: 'client',
    args: null,
    start: async (_args, context) => {
      const run = runs.push(context)
      journal.push(`start ${run}`)
      return { run, [Symbol.asyncDispose]: async () => void journal.push(`stop ${run}`) }
    },
  }
  const helper: Service = { type: 'daemon', name: 'helper', program: 'helper', args: [] }
  const probe = probeTechnology({ helper, client })
  const technology: Technology<never> = {
    ...(probe as Technology<never>),
    ioctl: async (_ifname, command, _args, context) =>
      (context.part(command) as { run?: number } | undefined)?.run ?? null,
  }
  const net = await world.start({ technologies: [technology as Technology] })
  await net.configure('test0', { type: 'probe', services: ['helper', 'client'], restart: 'rest-for-one' })
  await net.until(at('state'), 'configured')
  await eventually('the part runs', () => runs.length === 1)
  await work({ net, world, runs, journal })
}

test('an ioctl reaches what the running part has started with, and nothing of another name', () =>
  within(async ({ net }) => {
    assert.is(await net.ioctl('test0', 'client', []), 1)
    assert.is(await net.ioctl('test0', 'helper', []), null)
    assert.is(await net.ioctl('test0', 'nobody', []), null)
  }))

test('a part that fails is ended and started again, alone where nothing stands behind it', () =>
  within(async ({ net, world, runs, journal }) => {
    const [first] = world.daemons.running('helper')
    runs[0]?.fail('lost its way')
    runs[0]?.fail('once more')
    await eventually('the part is ended', () => journal.includes('stop 1'))
    assert.match(String(net.get(at('reason'))), /lost its way/)
    assert.is(await net.ioctl('test0', 'client', []), null)
    assert.ok(runs[0]?.signal.aborted)
    await world.during(eventually('it runs again', () => runs.length === 2))
    await eventually('all is well', () => net.get(at('reason')) === undefined)
    assert.equal(journal, ['start 1', 'stop 1', 'start 2'])
    assert.ok(first?.running, 'the daemon before it goes on')
  }))

test('a part may find a daemon of its plan unfit: that is stopped and started again, and the part with it', () =>
  within(async ({ net, world, runs, journal }) => {
    const [first] = world.daemons.running('helper')
    first?.ignore('SIGTERM')
    runs[0]?.fail('does not answer', 'helper')
    await world.during(eventually('all runs again', () => runs.length === 2))
    assert.equal(journal, ['start 1', 'stop 1', 'start 2'])
    assert.not.ok(first?.running, 'what pays no heed is killed')
    assert.is(world.daemons.running('helper').length, 1)
    assert.ok(world.logs.some(({ level, message }) => level === 'warn' && /does not answer/.test(message)))
    await eventually('all is well', () => net.get(at('reason')) === undefined)
  }))

test('a part hears whether somebody subscribes below its path, from the first to the last one', () =>
  within(async ({ net, runs }) => {
    const heard: boolean[] = []
    runs[0]?.watched(['wifi'], (watched) => void heard.push(watched))
    assert.equal(heard, [false])
    net.subscribe(['interface', 'test0'], () => undefined)
    net.subscribe(['interface', 'test1', 'wifi'], () => undefined)
    assert.equal(heard, [false], 'what reaches farther, or elsewhere, does not count')
    const exact = net.subscribe(at('wifi'), () => undefined)
    const below = net.subscribe(['interface', '*', 'wifi', 'signal'], () => undefined)
    assert.equal(heard, [false, true])
    exact.unsubscribe()
    assert.equal(heard, [false, true])
    below.unsubscribe()
    assert.equal(heard, [false, true, false])
    runs[0]?.fail('over')
    await eventually('the part is ended', () => runs[0]?.signal.aborted === true)
    net.subscribe(at('wifi'), () => undefined)
    assert.equal(heard, [false, true, false], 'an ended part hears nothing')
  }))

test('a daemon that waits for a part runs while that lets it', async () => {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'test0' })
  world.daemons.on('helper')
  const runs: PartContext[] = []
  const start: PartService['start'] = async (_args, context) => {
    runs.push(context)
    return { [Symbol.asyncDispose]: async () => undefined }
  }
  const heard: string[] = []
  const reader: DaemonReader = {
    name: 'ears',
    args: 'of',
    open: (args, { ifname }) => ({
      line: (line) => void heard.push(`${args} ${ifname}: ${line}`),
      ended: () => void heard.push('ended'),
    }),
  }
  const helper: Service = { type: 'daemon', name: 'helper', program: 'helper', args: [], whileOpened: true, reader }
  const probe = probeTechnology({ helper, client: { type: 'part', name: 'client', args: null, start } })
  const net = await world.start({ technologies: [probe as Technology] })
  await net.configure('test0', { type: 'probe', services: ['helper', 'client'], restart: 'one-for-one' })
  await eventually('the part runs', () => runs.length === 1)
  await world.clock.advance(60_000)
  assert.is(world.daemons.running('helper').length, 0)

  runs[0]?.setOpen('helper', true)
  await eventually('it runs', () => world.daemons.running('helper').length === 1)
  world.daemons.running('helper')[0]?.writeStdout('hello\n')
  await eventually('its line is heard', () => heard.includes('of test0: hello'))
  runs[0]?.fail('lost its way')
  await world.during(eventually('the part runs again', () => runs.length === 2))
  assert.is(world.daemons.children.length, 1)
  runs[0]?.setOpen('helper', false)
  await world.clock.advance(0)
  assert.is(world.daemons.running('helper').length, 1)

  runs[1]?.setOpen('helper', false)
  await eventually('it ends', () => world.daemons.running('helper').length === 0)
  await eventually('its end is heard', () => heard.includes('ended'))
  await world.clock.advance(60_000)
  assert.is(world.daemons.children.length, 1)
})

test.run()
