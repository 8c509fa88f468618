import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { FakeKernel, SimulatedClock } from '../../../lib/testing/index.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A fake kernel with an adapter eth0 that is up. */
async function withEth0(options: { clock?: SimulatedClock } = {}): Promise<FakeKernel> {
  const kernel = new FakeKernel(options)
  kernel.lab.addLink({ ifname: 'eth0', ifindex: 2, macAddress: '02:00:00:00:00:01' })
  // The mirror has to know the name first.
  await Promise.resolve()
  await kernel.send([{ type: 'setLink', ifname: 'eth0', up: true }])
  return kernel
}

test('the mirror is filled from the start; what the lab does arrives a microtask later', async () => {
  const kernel = new FakeKernel()
  assert.is(kernel.mirror.linkByName('lo')?.up, true)
  assert.is(kernel.lab.addLink({ ifname: 'eth0' }), 2)
  assert.is(kernel.mirror.linkByName('eth0'), undefined)
  await Promise.resolve()
  assert.is(kernel.mirror.linkByName('eth0')?.up, false)
})

test('a cable shows once its link is up', async () => {
  const kernel = await withEth0()
  assert.is(kernel.mirror.linkByName('eth0')?.lowerUp, true)
  kernel.lab.setCarrier('eth0', false)
  await turn()
  assert.equal(
    [kernel.mirror.linkByName('eth0')?.lowerUp, kernel.mirror.linkByName('eth0')?.operstate],
    [false, 'down'],
  )
})

test('an adapter is pulled out, renamed, and has a device path', async () => {
  const kernel = await withEth0()
  kernel.lab.hwPath('eth0', '/devices/platform/usb1')
  kernel.lab.renameLink('eth0', 'wan0')
  await turn()
  assert.is(await kernel.hwPath('wan0'), '/devices/platform/usb1')
  kernel.lab.removeLink('wan0')
  await turn()
  assert.equal(
    kernel.mirror.links().map(({ ifname }) => ifname),
    ['lo'],
  )
})

test('refuse names commands by predicate, with the name of their link, until it is ended', async () => {
  const kernel = await withEth0()
  const add = { type: 'addAddress', ifname: 'eth0', address: '192.0.2.1', prefixLength: 24 } as const
  kernel.lab.refuse((command) => 'ifname' in command && command.ifname === 'eth0', 'ENOBUFS')
  const [refused] = await kernel.send([add])
  assert.ok(isNetworkError(refused, 'ERR_KERNEL_REFUSED'))
  assert.match(String(refused), 'ENOBUFS')
  kernel.lab.refuse(null)
  assert.equal(await kernel.send([add]), ['done'])
})

test('sent holds what was accepted, as it was written', async () => {
  const kernel = await withEth0()
  kernel.lab.sent.length = 0
  const add = { type: 'addAddress', ifname: 'eth0', address: '192.0.2.1', prefixLength: 24 } as const
  await kernel.send([add, add])
  assert.equal(kernel.lab.sent, [add])
})

test('an overrun loses notifications and makes up for them', async () => {
  const kernel = await withEth0()
  const told: string[] = []
  kernel.subscribe((changes) => told.push(...changes.map(({ type }) => type)))
  kernel.lab.overrun(() => kernel.lab.removeLink('eth0'))
  await turn()
  assert.equal(told, ['overrun', 'linkGone'])
})

test('what others do is heard of; what they may not do is thrown', () => {
  const kernel = new FakeKernel()
  kernel.lab.foreign([{ type: 'addLink', ifname: 'br0', kind: 'bridge' }])
  assert.throws(() => kernel.lab.foreign([{ type: 'addLink', ifname: 'br0', kind: 'bridge' }]), 'EEXIST')
  assert.throws(() => kernel.lab.foreign([{ type: 'setLink', ifname: 'br9', up: true }]), 'br9')
})

test('a probe that nothing answers times out on the fake’s clock; a handler that throws is an error', async () => {
  const clock = new SimulatedClock()
  const kernel = await withEth0({ clock })
  kernel.lab.probes(() => new Promise<never>(() => undefined))
  const probing = kernel.probe({ address: '192.0.2.1', port: 53, ifname: 'eth0', deadlineMs: 5_000 })
  await clock.advance(4_999)
  assert.is(clock.pendingTimers, 1)
  await clock.advance(1)
  assert.equal(await probing, { outcome: 'timeout', ms: 5_000 })
  kernel.lab.probes(() => {
    throw new Error('mine')
  })
  const failing = kernel.probe({ address: '192.0.2.1', port: 53, deadlineMs: 5 }).then(String, String)
  assert.match(await failing, 'mine')
  assert.is(clock.pendingTimers, 0)
})

test('without a handler probes succeed as far as there is a carrier', async () => {
  const kernel = await withEth0()
  const request = { address: '192.0.2.1', port: 53, ifname: 'eth0', deadlineMs: 50 }
  assert.is((await kernel.probe(request)).outcome, 'connected')
  kernel.lab.setCarrier('eth0', false)
  assert.is((await kernel.probe(request)).outcome, 'unreachable')
})

test('a cancelled probe leaves no timer', async () => {
  const clock = new SimulatedClock()
  const kernel = await withEth0({ clock })
  kernel.lab.probes(() => new Promise<never>(() => undefined))
  const abort = new AbortController()
  const probing = kernel
    .probe({ address: '192.0.2.1', port: 53, deadlineMs: 50 }, { signal: abort.signal })
    .then(String, String)
  await turn()
  abort.abort()
  assert.match(await probing, 'cancelled')
  await turn()
  assert.is(clock.pendingTimers, 0)
})

test('fake kernels that share a network see each other’s changes', async () => {
  const one = new FakeKernel()
  const other = new FakeKernel({ network: one.lab.network })
  await one.send([{ type: 'addLink', ifname: 'br0', kind: 'bridge' }])
  await turn()
  assert.ok(other.mirror.linkByName('br0'))
  await one.lockInstance('x')
  const refused = await other.lockInstance('x').catch((thrown: unknown) => thrown)
  assert.ok(isNetworkError(refused, 'ERR_ALREADY_RUNNING'))
})

test('deliveries follow the scheduler that was given', async () => {
  const due: (() => void)[] = []
  const kernel = new FakeKernel({ schedule: (deliver) => due.push(deliver) })
  const sending = kernel.send([{ type: 'addLink', ifname: 'br0', kind: 'bridge' }])
  await turn()
  assert.is(kernel.mirror.linkByName('br0'), undefined)
  assert.is(due.length, 1)
  due.pop()?.()
  assert.equal(await sending, ['done'])
})

test('ten thousand routes are added, replaced and deleted within seconds', async () => {
  const startedMs = performance.now()
  const kernel = await withEth0()
  await kernel.send([{ type: 'addAddress', ifname: 'eth0', address: '192.0.2.1', prefixLength: 24 }])
  const commands = (type: 'addRoute' | 'replaceRoute' | 'deleteRoute', gateway: string) =>
    Array.from({ length: 10_000 }, (_, n) => {
      const destination = `203.0.${n >> 8}.${n & 255}/32`
      return { type, family: 4, destination, gateway, ifname: 'eth0', metric: 5 } as const
    })
  for (const batch of [
    commands('addRoute', '192.0.2.2'),
    commands('replaceRoute', '192.0.2.3'),
    commands('deleteRoute', '192.0.2.3'),
  ]) {
    const results = await kernel.send(batch)
    assert.ok(results.every((result) => result === 'done'))
  }
  assert.ok(performance.now() - startedMs < 20_000)
})

test.run()
