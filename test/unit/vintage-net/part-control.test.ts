/** What a part sets of its interface: addresses, routes, name servers, the connection; and that all of it goes with the part. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { PartContext, Service } from '../../../lib/technology/plan.js'
import type { Technology } from '../../../lib/technology/technology.js'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { eventually } from '../../support/eventually.js'
import { FakeWorld } from '../../support/fake-instance.js'
import { probeTechnology } from '../../support/probe-technology.js'
import { rejection } from '../../support/rejection.js'

const at = (...path: string[]): string[] => ['interface', 'test0', ...path]
const ADDRESS = { address: '192.0.2.7', prefixLength: 30 }

interface Scene {
  readonly net: VintageNet
  readonly world: FakeWorld
  readonly runs: PartContext[]
  readonly others: PartContext[]
}

/** The part `judge`, which judges, and the part `other` beside it. */
async function within(work: (scene: Scene) => Promise<void>): Promise<void> {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'test0' })
  const part = (name: string, runs: PartContext[]): Service => ({
    type: 'part',
    name,
    args: null,
    start: async (_args, context) => {
      runs.push(context)
      return { [Symbol.asyncDispose]: async () => undefined }
    },
  })
  const [runs, others]: PartContext[][] = [[], []]
  const probe = probeTechnology() as Technology
  const technology: Technology = {
    ...probe,
    plan: (ifname, config, context) => ({
      ...probe.plan(ifname, config, context),
      services: [part('other', others ?? [])],
      connectivity: part('judge', runs ?? []),
    }),
  }
  const net = await world.start({ technologies: [technology] })
  const up = { type: 'kernel', command: { type: 'setLink', ifname: 'test0', up: true } }
  await net.configure('test0', { type: 'probe', up: [up], restart: 'one-for-one' })
  await net.until(at('state'), 'configured')
  await eventually('the parts run', () => runs?.length === 1 && others?.length === 1)
  await work({ net, world, runs: runs ?? [], others: others ?? [] })
}

async function setAll(context: PartContext | undefined): Promise<void> {
  await context?.addAddress(ADDRESS)
  context?.setRoutes({ addresses: [ADDRESS], gateway: '192.0.2.6' })
  context?.setNameServers({ nameServers: ['192.0.2.6'] })
  context?.setConnection('internet', 'the test says so')
}

const addressesOf = (net: VintageNet): unknown => net.get(at('addresses'))

test('a part gives its interface an address, routes, name servers, and judges it', () =>
  within(async ({ net, world, runs }) => {
    await setAll(runs[0])
    await net.until(at('connection'), 'internet')
    await eventually('the address is told', () => JSON.stringify(addressesOf(net)).includes(ADDRESS.address))
    assert.ok(
      world.kernel.mirror.addresses().some(({ address, protocol }) => address === ADDRESS.address && protocol === 183),
    )
    assert.ok(world.kernel.mirror.routes().some(({ gateway, protocol }) => gateway === '192.0.2.6' && protocol === 183))
    assert.match(JSON.stringify(net.get(['name_servers'])), /192\.0\.2\.6/)
    await runs[0]?.deleteAddress(ADDRESS)
    assert.not.ok(world.kernel.mirror.addresses().some(({ address }) => address === ADDRESS.address))
  }))

test('what a part has set goes with it, and what it sets afterwards is ignored', () =>
  within(async ({ net, world, runs }) => {
    await setAll(runs[0])
    await net.until(at('connection'), 'internet')
    runs[0]?.fail('lost its way')
    await net.until(at('connection'), 'disconnected')
    await eventually(
      'the address goes',
      () => !world.kernel.mirror.addresses().some((one) => one.address === ADDRESS.address),
    )
    await setAll(runs[0])
    await eventually('the name servers go', () => !JSON.stringify(net.get(['name_servers'])).includes('192.0.2.6'))
    assert.is(net.get(at('connection')), 'disconnected')
    assert.not.ok(world.kernel.mirror.addresses().some((one) => one.address === ADDRESS.address))
    assert.not.ok(world.kernel.mirror.routes().some(({ gateway }) => gateway === '192.0.2.6'))
  }))

test('routes of a part are forgotten with it: its next run begins without', () =>
  within(async ({ net, world, runs }) => {
    await world.kernel.send([{ type: 'addAddress', ifname: 'test0', ...ADDRESS }])
    const stand = (): boolean => world.kernel.mirror.routes().some(({ gateway }) => gateway === '192.0.2.6')
    runs[0]?.setRoutes({ addresses: [ADDRESS], gateway: '192.0.2.6' })
    runs[0]?.setConnection('internet', 'the test says so')
    await eventually('they stand', stand)
    runs[0]?.fail('lost its way')
    await world.during(eventually('it runs again', () => runs.length === 2))
    runs[1]?.setConnection('internet', 'the test says so again')
    await net.until(at('connection'), 'internet')
    assert.not.ok(stand())
  }))

test('an address of a part that another program removes is put back', () =>
  within(async ({ world, runs }) => {
    await setAll(runs[0])
    const [result] = await world.kernel.send([{ type: 'deleteAddress', ifname: 'test0', ...ADDRESS }])
    assert.is(result, 'done')
    await eventually('it is back', () => world.kernel.mirror.addresses().some((one) => one.address === ADDRESS.address))
  }))

test('only the judge of a plan sets the connection', () =>
  within(async ({ net, world, others }) => {
    others[0]?.setConnection('internet', 'presumption')
    assert.is(net.get(at('connection')), 'disconnected')
    assert.ok(world.logs.some(({ message }) => /only the judge/.test(message)))
  }))

test('what stands in the way of a part is in the reason while it lasts, beside that of others, and goes with the part', () =>
  within(async ({ net, runs, others }) => {
    runs[0]?.setProblem('no card')
    others[0]?.setProblem('no tray')
    const reason = String(net.get(at('reason')))
    assert.match(reason, /no card/)
    assert.match(reason, /no tray/)
    runs[0]?.setProblem(undefined)
    others[0]?.setProblem('no lid')
    assert.is(net.get(at('reason')), 'no lid')
    others[0]?.fail('broke')
    await eventually('it goes', () => !String(net.get(at('reason'))).includes('no lid'))
    others[0]?.setProblem('too late')
    assert.not.match(String(net.get(at('reason'))), /too late/)
  }))

test('a name is asked for by way of other interfaces only', () =>
  within(async ({ runs }) => {
    await setAll(runs[0])
    const asked = runs[0]?.resolveOutside('vpn.example.net') ?? Promise.resolve()
    assert.match((await rejection(asked)).message, /no other interface is available/)
  }))

test('a part asks for a power cycle, which nobody does where no power manager is', () =>
  within(async ({ runs }) => {
    assert.is(runs[0]?.resetPower(), false)
  }))

test.run()
