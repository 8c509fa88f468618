import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { spawnProcess } from '../../../lib/supervision/spawn.js'
import type { Service, Step } from '../../../lib/technology/plan.js'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { FakeWorld } from '../../support/fake-instance.js'
import { probeTechnology, run } from '../../support/probe-technology.js'

let serviceRuns = 0
const counting: Service = {
  type: 'part',
  name: 'counting',
  args: null,
  async start() {
    serviceRuns += 1
    return {
      async [Symbol.asyncDispose]() {
        serviceRuns -= 1
      },
    }
  },
}

/** Programs are real here; the kernel and the time are not. The link test0 is there. */
async function within(work: (net: VintageNet, world: FakeWorld) => Promise<void>): Promise<void> {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'test0' })
  const net = await world.start({ technologies: [probeTechnology({ counting })], spawn: spawnProcess })
  await work(net, world)
}

const state = ['interface', 'test0', 'state']

async function configured(net: VintageNet, config: Record<string, unknown>): Promise<void> {
  await net.configure('test0', { type: 'probe', ...config })
  await net.until(state, 'configured')
}

async function deconfigured(net: VintageNet): Promise<void> {
  await net.deconfigure('test0')
  await net.until(['interface', 'test0', 'type'], 'null')
  await net.until(state, 'configured')
}

test('C1: type null is configured and not among the configured interfaces', () =>
  within(async (net) => {
    await net.configure('test0', { type: 'null' })
    await net.until(state, 'configured')
    assert.equal(net.configuredInterfaces(), [])
  }))

test('C2: files are written, and deleted by the next configuration', () =>
  within(async (net, world) => {
    const path = join(world.folder, 'testing')
    await configured(net, { files: [[path, 'Hello, world']] })
    assert.is(readFileSync(path, 'utf8'), 'Hello, world')
    assert.is(net.get(['interface', 'test0', 'type']), 'probe')
    await deconfigured(net)
    assert.not.ok(existsSync(path))
  }))

test('C3: missing directories of a file are made, and stay', () =>
  within(async (net, world) => {
    const path = join(world.folder, 'one/two/three/testing')
    await configured(net, { files: [[path, 'Hello, world']] })
    assert.is(readFileSync(path, 'utf8'), 'Hello, world')
    await deconfigured(net)
    assert.not.ok(existsSync(path))
    assert.ok(existsSync(join(world.folder, 'one/two/three')))
  }))

test('C4: up steps run when configured, down steps when not any more', () =>
  within(async (net, world) => {
    const path = join(world.folder, 'i_am_configured')
    await configured(net, { up: [run('touch', path)], down: [run('rm', path)] })
    assert.ok(existsSync(path))
    await deconfigured(net)
    assert.not.ok(existsSync(path))
  }))

test('C5: cleanup files are deleted', () =>
  within(async (net, world) => {
    const path = join(world.folder, 'i_am_configured')
    await configured(net, { cleanup: [path], up: [run('touch', path)] })
    assert.ok(existsSync(path))
    await deconfigured(net)
    assert.not.ok(existsSync(path))
  }))

test('C6: a new configuration undoes the old one first', () =>
  within(async (net, world) => {
    const at = (name: string): string => join(world.folder, name)
    await configured(net, { files: [[at('first'), '']], down: [run('touch', at('ran_first_down'))] })
    await net.configure('test0', {
      type: 'probe',
      files: [[at('second'), '']],
      up: [run('touch', at('ran_second_up'))],
    })
    await net.until(state, 'reconfiguring')
    await net.until(state, 'configured')
    assert.not.ok(existsSync(at('first')))
    for (const name of ['ran_first_down', 'ran_second_up', 'second']) assert.ok(existsSync(at(name)), name)
  }))

test('C7: services run while configured', () =>
  within(async (net) => {
    await configured(net, { services: ['counting'] })
    assert.is(serviceRuns, 1)
    await deconfigured(net)
    assert.is(serviceRuns, 0)
  }))

test('C10: a failing up step is undone, explained and tried again', () =>
  within(async (net, world) => {
    const at = (name: string): string => join(world.folder, name)
    const script = `test -f ${at('first_try')} && touch ${at('i_am_configured')} || { touch ${at('first_try')}; exit 3; }`
    const down: Step[] = [run('touch', at('undone'))]
    await net.configure('test0', { type: 'probe', retryDelayMs: 10, up: [run('sh', '-c', script)], down })
    await net.until(state, 'retrying')
    assert.ok(existsSync(at('undone')))
    assert.match(String(net.get(['interface', 'test0', 'reason'])), /sh.*status 3/)
    assert.ok(world.logs.some((line) => line.level === 'warn' && /sh.*status 3/.test(line.message)))
    await world.clock.advance(10)
    await net.until(state, 'configured')
    assert.ok(existsSync(at('i_am_configured')))
    assert.is(net.get(['interface', 'test0', 'reason']), undefined)
  }))

test('C11: a link that vanishes takes its configuration along, and brings it back', () =>
  within(async (net, world) => {
    const path = join(world.folder, 'testing')
    await configured(net, { files: [[path, '']] })
    world.kernel.lab.removeLink('test0')
    await net.until(state, 'retrying')
    assert.not.ok(existsSync(path))
    assert.is(net.get(['interface', 'test0', 'reason']), 'waiting for test0 to appear')
    world.kernel.lab.addLink({ ifname: 'test0' })
    await net.until(state, 'configured')
    assert.ok(existsSync(path))
  }))

test('C12: subscribers see reconfiguring, configuring, configured', () =>
  within(async (net) => {
    const states: unknown[] = []
    net.subscribe(state, (change) => states.push(change.newValue))
    await configured(net, {})
    assert.equal(states, ['reconfiguring', 'configuring', 'configured'])
  }))

test('an up step that hangs is ended at the limit, and says so', () =>
  within(async (net, world) => {
    await net.configure('test0', { type: 'probe', upLimitMs: 1000, up: [run('sleep', '600')] })
    await net.until(state, 'configuring')
    await world.clock.advance(1000)
    await net.until(state, 'retrying')
    assert.match(String(net.get(['interface', 'test0', 'reason'])), /took more than 1000 ms/)
  }))

test('a program that is not installed is named', () =>
  within(async (net) => {
    await net.configure('test0', { type: 'probe', up: [run('no-such-program')] })
    await net.until(state, 'retrying')
    assert.match(String(net.get(['interface', 'test0', 'reason'])), /no-such-program/)
  }))

test('the last of several configurations given at once is applied', () =>
  within(async (net, world) => {
    const path = (name: string): string => join(world.folder, name)
    await Promise.all([1, 2, 3].map((n) => net.configure('test0', { type: 'probe', files: [[path(`f${n}`), '']] })))
    await net.until(state, 'configured')
    assert.equal(
      [1, 2, 3].map((n) => existsSync(path(`f${n}`))),
      [false, false, true],
    )
    assert.equal((net.getConfiguration('test0') as { files: unknown }).files, [[path('f3'), '']])
  }))

test('stop() runs the down steps and stops the services', async () => {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'test0' })
  const net = await world.start({ technologies: [probeTechnology({ counting })], spawn: spawnProcess })
  const path = join(world.folder, 'undone')
  await configured(net, { services: ['counting'], down: [run('touch', path)] })
  await net.stop()
  assert.ok(existsSync(path))
  assert.is(serviceRuns, 0)
})

test('a required link that appears while the old plan is being undone is not missed', () =>
  within(async (net, world) => {
    await configured(net, { down: [run('sh', '-c', `until test -e ${join(world.folder, 'go')}; do sleep 0.01; done`)] })
    await net.configure('test0', { type: 'probe', requires: ['test0', 'usb0'] })
    await net.until(state, 'reconfiguring')
    world.kernel.lab.addLink({ ifname: 'usb0' })
    await net.until(['interface', 'usb0', 'present'], true)
    writeFileSync(join(world.folder, 'go'), '')
    await net.until(state, 'configured')
  }))

test('a new configuration while files are being written leaves none of them', () =>
  within(async (net, world) => {
    const files = Array.from({ length: 300 }, (_, n) => [join(world.folder, `files/${n}`), 'secret'])
    await net.configure('test0', { type: 'probe', files })
    await net.until(state, 'configuring')
    await deconfigured(net)
    assert.equal(readdirSync(join(world.folder, 'files')), [])
  }))

test('a file that cannot be written is a reason to retry, not a crash', () =>
  within(async (net, world) => {
    writeFileSync(join(world.folder, 'file'), '')
    await net.configure('test0', { type: 'probe', files: [[join(world.folder, 'file/below'), '']] })
    await net.until(state, 'retrying')
    assert.match(String(net.get(['interface', 'test0', 'reason'])), /ENOTDIR|EEXIST/)
  }))

test.run()
