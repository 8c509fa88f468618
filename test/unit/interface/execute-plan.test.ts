import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import * as nodeFileSystem from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import { isNetworkError } from '../../../lib/errors.js'
import { PlanExecution } from '../../../lib/interface/execute-plan.js'
import { HeldAddresses } from '../../../lib/interface/held-addresses.js'
import { MadeLinks } from '../../../lib/interface/made-links.js'
import { Overwritten } from '../../../lib/interface/overwritten.js'
import { RaisedLinks } from '../../../lib/interface/raised-links.js'
import { makePlan, type Plan, type Step, type StepContext } from '../../../lib/technology/plan.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'
import { memoryNotes } from '../../support/memory-notes.js'

interface Context {
  folder: string
}

const test = suite<Context>('execute-plan')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'vintage-net-plan-'))
})

test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true, force: true })
})

const call = (name: string, work: () => Promise<void> | void): Step => ({
  type: 'call',
  name,
  args: null,
  run: async () => work(),
})

/** An execution over a fake kernel with the link eth0; `notes` is the order of ledger and kernel. */
async function execution(parts: Partial<Plan>) {
  const clock = new SimulatedClock()
  const kernel = new FakeKernel({ clock })
  kernel.lab.addLink({ ifname: 'eth0', macAddress: '02:00:00:00:00:01' })
  await clock.advance(0)
  const notes: string[] = []
  const holds = (address: string): boolean => kernel.mirror.addresses().some((held) => held.address === address)
  const plan = makePlan({ ifname: 'eth0', type: 'probe', source: {}, ...parts })
  const deps = {
    kernel,
    clock,
    logger: silentLogger,
    fs: nodeFileSystem,
    run: () => Promise.resolve(),
    nameNow: () => 'eth0',
    routesSettled: () => Promise.resolve(),
    addresses: new HeldAddresses({
      ifname: 'eth0',
      nameNow: () => 'eth0',
      kernel,
      clock,
      logger: silentLogger,
      note: async (address) => {
        notes.push(`noted ${address}, there: ${holds(address)}`)
      },
      forget: async (address) => {
        notes.push(`forgotten ${address}, there: ${holds(address)}`)
      },
      onProblem: () => undefined,
      onRepaired: () => undefined,
    }),
    madeLinks: new MadeLinks({
      kernel,
      note: async ({ ifname }) =>
        void notes.push(`noted ${ifname}, there: ${kernel.mirror.linkByName(ifname) !== undefined}`),
      forget: ({ ifname }) =>
        void notes.push(`forgotten ${ifname}, there: ${kernel.mirror.linkByName(ifname) !== undefined}`),
      raised: new RaisedLinks({ kernel, isConfigured: () => false }),
    }),
    overwritten: new Overwritten('eth0', kernel.mirror, memoryNotes()),
  }
  return { clock, kernel, notes, execution: new PlanExecution(plan, deps, {} as StepContext) }
}

const unaborted = (): AbortSignal => new AbortController().signal

test('D6: files are written with their mode, directories are made, and down deletes the files', async ({ folder }) => {
  const path = join(folder, 'one/two/testing')
  const made = await execution({ files: [{ path, content: 'Hello, world', mode: 0o600, secret: true }] })
  await made.execution.up(unaborted())
  assert.is(readFileSync(path, 'utf8'), 'Hello, world')
  assert.is(statSync(path).mode & 0o777, 0o600)
  await made.execution.down()
  assert.not.ok(existsSync(path))
})

test('a file that was there before gets the mode of the plan, and is never readable in between', async ({ folder }) => {
  const path = join(folder, 'testing')
  const loose = await execution({ files: [{ path, content: 'first', mode: 0o644, secret: false }] })
  await loose.execution.up(unaborted())
  const tight = await execution({ files: [{ path, content: 'second', mode: 0o600, secret: true }] })
  await tight.execution.up(unaborted())
  assert.is(readFileSync(path, 'utf8'), 'second')
  assert.is(statSync(path).mode & 0o777, 0o600)
})

test('D7: steps run in order, and the first failure ends them', async () => {
  const ran: string[] = []
  const made = await execution({
    up: [
      call('one', () => void ran.push('one')),
      call('two', () => Promise.reject(new Error('two failed'))),
      call('three', () => void ran.push('three')),
    ],
    down: [call('first', () => Promise.reject(new Error('ignored'))), call('second', () => void ran.push('second'))],
  })
  const thrown: unknown = await made.execution.up(unaborted()).catch((reason: unknown) => reason)
  assert.match(String(thrown), /two failed/)
  assert.equal(ran, ['one'])
  await made.execution.down()
  assert.equal(ran, ['one', 'second'])
})

test('an address stands in the ledger before it is added, and until it is gone', async () => {
  const address = { ifname: 'eth0', address: '192.0.2.2', prefixLength: 24 }
  const made = await execution({
    up: [{ type: 'kernel', command: { type: 'replaceAddress', ...address } }],
    down: [{ type: 'kernel', command: { type: 'deleteAddress', ...address } }],
  })
  await made.execution.up(unaborted())
  assert.ok(made.kernel.mirror.addresses().some((held) => held.address === '192.0.2.2'))
  await made.execution.down()
  assert.equal(made.notes, ['noted 192.0.2.2, there: false', 'forgotten 192.0.2.2, there: false'])
})

test('what a step overwrites is put back: hardware address, MTU and sysctl', async () => {
  const path = ['ipv6', 'conf', 'eth0', 'disable_ipv6']
  const made = await execution({
    up: [
      { type: 'kernel', command: { type: 'setSysctl', path, value: '1' } },
      { type: 'kernel', command: { type: 'setLink', ifname: 'eth0', macAddress: '02:00:00:00:00:99' } },
      { type: 'kernel', command: { type: 'setLink', ifname: 'eth0', mtu: 1400 } },
    ],
  })
  const { kernel } = made
  const state = async (): Promise<unknown[]> => [
    kernel.mirror.linkByName('eth0')?.macAddress,
    kernel.mirror.linkByName('eth0')?.mtu,
    await kernel.readSysctl(path),
  ]
  const before = await state()
  await made.execution.up(unaborted())
  assert.equal(await state(), ['02:00:00:00:00:99', 1400, '1'])
  await made.execution.down()
  assert.equal(await state(), before)
})

test('a refused command is the error of the kernel, with its name', async () => {
  const made = await execution({ up: [{ type: 'kernel', command: { type: 'setLink', ifname: 'eth0', up: true } }] })
  made.kernel.lab.refuse(() => true, 'EPERM')
  const thrown: unknown = await made.execution.up(unaborted()).catch((reason: unknown) => reason)
  assert.ok(isNetworkError(thrown, 'ERR_NOT_PERMITTED'))
  assert.is(thrown.operation, 'setLink')
})

test('steps that take too long end at the limit', async () => {
  const made = await execution({ upLimitMs: 100, up: [call('for ever', () => new Promise(() => undefined))] })
  const outcome = made.execution.up(unaborted()).catch((reason: unknown) => reason)
  await made.clock.advance(100)
  assert.ok(isNetworkError(await outcome, 'ERR_TIMEOUT'))
})

test('an attempt that is given up sends nothing more', async () => {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const address = { ifname: 'eth0', address: '192.0.2.2', prefixLength: 24 }
  const made = await execution({
    up: [call('held', () => held), { type: 'kernel', command: { type: 'replaceAddress', ...address } }],
  })
  const attempt = new AbortController()
  const outcome = made.execution.up(attempt.signal).catch((reason: unknown) => reason)
  attempt.abort()
  assert.ok(isNetworkError(await outcome, 'ERR_CANCELLED'))
  release()
  await made.clock.advance(0)
  assert.equal(made.kernel.lab.sent, [])
})

test('down waits for a step that is still running', async () => {
  const order: string[] = []
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const made = await execution({
    up: [call('held', () => held.then(() => void order.push('up ended')))],
    down: [call('down', () => void order.push('down'))],
  })
  const attempt = new AbortController()
  const outcome = made.execution.up(attempt.signal).catch((reason: unknown) => reason)
  attempt.abort()
  await outcome
  const down = made.execution.down()
  await made.clock.advance(10)
  release()
  await down
  assert.equal(order, ['up ended', 'down'])
})

test('an address that the kernel refuses is not noted any longer', async () => {
  const address = { ifname: 'eth0', address: '192.0.2.2', prefixLength: 24 }
  const made = await execution({ up: [{ type: 'kernel', command: { type: 'replaceAddress', ...address } }] })
  made.kernel.lab.refuse(() => true, 'EPERM')
  await made.execution.up(unaborted()).catch(() => undefined)
  assert.equal(made.notes, ['noted 192.0.2.2, there: false', 'forgotten 192.0.2.2, there: false'])
})

test('the kernel passes over routes of a dead link while a plan stands; where that is refused, the plan stands all the same', async () => {
  const up: Step[] = [{ type: 'kernel', command: { type: 'setLink', ifname: 'eth0', up: true } }]
  const made = await execution({ up })
  const values = (): Promise<string[]> =>
    Promise.all(
      ['ipv4', 'ipv6'].map((family) => made.kernel.readSysctl([family, 'conf', 'eth0', 'ignore_routes_with_linkdown'])),
    )
  await made.execution.up(unaborted())
  assert.equal(await values(), ['1', '1'])
  await made.execution.down()
  assert.equal(await values(), ['0', '0'])
  made.kernel.lab.refuse((command) => command.type === 'setSysctl', 'EROFS')
  await made.execution.up(unaborted())
  assert.equal(await values(), ['0', '0'])
})

test('a plan without steps leaves its link as it is', async () => {
  const made = await execution({})
  await made.execution.up(unaborted())
  assert.equal(made.kernel.lab.sent, [])
})

test.run()
