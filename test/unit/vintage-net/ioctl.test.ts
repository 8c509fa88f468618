import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError, type NetworkError } from '../../../lib/errors.js'
import type { Technology } from '../../../lib/technology/technology.js'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { FakeWorld } from '../../support/fake-instance.js'
import { probeTechnology, run } from '../../support/probe-technology.js'

const at = (...path: string[]): string[] => ['interface', 'test0', ...path]
const ACCESS_POINTS = at('wifi', 'access_points')

/** The technology `probe`, configured on test0; the signals of its ioctls are kept. */
async function within(
  work: (net: VintageNet, world: FakeWorld, signals: readonly AbortSignal[]) => Promise<void>,
): Promise<void> {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'test0' })
  const signals: AbortSignal[] = []
  const probe = probeTechnology()
  const listening: Technology<never> = {
    ...(probe as Technology<never>),
    ioctl(ifname, command, args, context) {
      signals.push(context.signal)
      return probe.ioctl?.(ifname, command, args, context) ?? Promise.reject(new Error('probe has ioctls'))
    },
  }
  const net = await world.start({ technologies: [listening as Technology] })
  await net.configure('test0', { type: 'probe' })
  await net.until(at('state'), 'configured')
  await work(net, world, signals)
}

async function refusal(work: Promise<unknown>): Promise<NetworkError> {
  const thrown = await work.then(
    (value) => `resolved with ${JSON.stringify(value)}`,
    (reason: unknown) => reason,
  )
  if (isNetworkError(thrown)) return thrown
  throw new Error(`no NetworkError: ${String(thrown)}`)
}

test('C8: an ioctl while the up steps run is refused, and so is one of a name that was never configured', () =>
  within(async (net, world) => {
    world.daemons.on('slow')
    const daemon = world.daemons.next('slow')
    await net.configure('test0', { type: 'probe', up: [run('slow')] })
    await net.until(at('state'), 'configuring')
    const early = await refusal(net.ioctl('test0', 'echo', ['hello']))
    assert.is(early.code, 'ERR_NOT_CONFIGURED')
    assert.match(early.message, /test0.*configuring/)
    assert.is((await refusal(net.scan('test0'))).code, 'ERR_NOT_CONFIGURED')
    assert.is((await refusal(net.ioctl('eth7', 'echo', []))).code, 'ERR_NOT_CONFIGURED')
    ;(await daemon).exit(0)
    await net.until(at('state'), 'configured')
    assert.is(await net.ioctl('test0', 'echo', ['hello']), 'hello')
  }))

test('C9: an ioctl of a configured interface resolves with its result, and is told what is applied', () =>
  within(async (net) => {
    assert.equal(await net.ioctl('test0', 'echo', [{ deep: [1, null] }]), { deep: [1, null] })
    assert.is(await net.ioctl('test0', 'echo'), undefined)
    const config = net.getConfiguration('test0')
    assert.equal(await net.ioctl('test0', 'applied'), { ifname: 'test0', config })
  }))

test('what a technology throws is the cause, but for what the caller can mend', () =>
  within(async (net) => {
    const failed = await refusal(net.ioctl('test0', 'oops'))
    assert.is(failed.code, 'ERR_IOCTL_FAILED')
    assert.is(failed.ifname, 'test0')
    assert.is((failed.cause as Error).message, 'oops')
    for (const code of ['ERR_UNSUPPORTED', 'ERR_INVALID_CONFIG']) {
      const refused = await refusal(net.ioctl('test0', 'refuse', [code]))
      assert.equal([refused.code, refused.field], [code, 'args.0'])
    }
    // Nobody has cancelled it.
    const cancelled = await refusal(net.ioctl('test0', 'refuse', ['ERR_CANCELLED']))
    assert.is(cancelled.code, 'ERR_IOCTL_FAILED')
  }))

test('what the technology does not know is unsupported, and bad arguments are named', () =>
  within(async (net) => {
    assert.is((await refusal(net.ioctl('test0', 'fly'))).code, 'ERR_UNSUPPORTED')
    await net.deconfigure('test0')
    await net.until(at('type'), 'null')
    await net.until(at('state'), 'configured')
    const none = await refusal(net.ioctl('test0', 'echo'))
    assert.equal([none.code, /null has no ioctl/.test(none.message)], ['ERR_UNSUPPORTED', true])
    assert.is((await refusal(net.ioctl('test0', 7 as never))).field, 'command')
    assert.is((await refusal(net.ioctl('test0', ''))).field, 'command')
    assert.is((await refusal(net.ioctl('test0', 'echo', 'hello' as never))).field, 'args')
    assert.is((await refusal(net.ioctl('no/name', 'echo'))).code, 'ERR_INVALID_INTERFACE_NAME')
  }))

test('several are under way at a time, up to a limit, and end in their own order', () =>
  within(async (net, world) => {
    const ended: unknown[] = []
    const all = [300, 100, 200].map((ms) => net.ioctl('test0', 'sleep', [ms]).then(() => ended.push(ms)))
    const more = Array.from({ length: 61 }, () => net.ioctl('test0', 'sleep', [400]))
    assert.is((await refusal(net.ioctl('test0', 'echo', [1]))).code, 'ERR_BUSY')
    await world.during(Promise.all([...all, ...more]))
    assert.equal(ended, [100, 200, 300])
    assert.is(await net.ioctl('test0', 'echo', [1]), 1)
  }))

const LEAVING: Readonly<Record<string, (net: VintageNet, world: FakeWorld) => Promise<void>>> = {
  'another configuration': (net) => net.configure('test0', { type: 'probe', requires: ['test0', 'test1'] }),
  'the end of the link': async (_net, world) => world.kernel.lab.removeLink('test0'),
  'the stop': (net, world) => world.during(net.stop()),
}

for (const [what, leave] of Object.entries(LEAVING)) {
  test(`${what} cancels what is under way, and tells the technology`, () =>
    within(async (net, world, signals) => {
      const waiting = [net.ioctl('test0', 'sleep', [60_000]), net.scan('test0'), net.ioctl('test0', 'linger', [500])]
      const refused = Promise.all(waiting.map(refusal))
      await leave(net, world)
      const codes = (await refused).map(({ code }) => code)
      assert.equal(codes, ['ERR_CANCELLED', 'ERR_CANCELLED', 'ERR_CANCELLED'])
      assert.ok(signals.length === 3 && signals.every(({ aborted }) => aborted))
      await world.clock.advance(1_000)
      assert.is(net.get(at('lingered')), undefined)
      assert.is(net.get(ACCESS_POINTS), undefined)
    }))
}

test('after a stop there is no ioctl', () =>
  within(async (net, world) => {
    await world.during(net.stop())
    for (const work of [net.ioctl('test0', 'echo'), net.scan('test0')]) {
      assert.is((await refusal(work)).code, 'ERR_STOPPED')
    }
  }))

test('a scan resolves with the list that it has published, and whoever asks meanwhile shares it', () =>
  within(async (net, world, signals) => {
    const published: unknown[] = []
    net.subscribe(ACCESS_POINTS, ({ newValue }) => published.push(newValue))
    const [first, second] = await world.during(Promise.all([net.scan('test0'), net.scan('test0')]))
    assert.is(signals.length, 1)
    assert.is(published.length, 1)
    assert.equal(first, published[0])
    assert.equal(second, published[0])
    const third = await world.during(net.scan('test0'))
    assert.is(signals.length, 2)
    assert.is(published.length, 2)
    assert.equal(third, published[1])
    assert.not.equal(third, first)
  }))

test('tech-A8: an ethernet interface has nothing to scan', async () => {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'eth0' })
  const net = await world.start({ config: { eth0: { type: 'ethernet', ipv4: { method: 'disabled' } } } })
  await net.until(['interface', 'eth0', 'state'], 'configured')
  const thrown: unknown = await net.scan('eth0').catch((error: unknown) => error)
  assert.is((thrown as NetworkError).code, 'ERR_UNSUPPORTED')
})

test.run()
