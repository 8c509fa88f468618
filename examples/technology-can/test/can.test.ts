import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError, VintageNet } from 'vintage-net'
import { FakeKernel, ScriptedDaemons } from 'vintage-net/testing'
import { can } from '../src/index.js'

/** An instance over a fake kernel, on which `ip` is a script that ends well, or as `status` says. */
async function within(work: (net: VintageNet, kernel: FakeKernel, ran: string[]) => Promise<void>, status = 0) {
  const kernel = new FakeKernel()
  const daemons = new ScriptedDaemons()
  const ran: string[] = []
  daemons.on('ip', (child) => {
    ran.push(child.request.args.join(' '))
    child.exit(status)
  })
  const { spawn } = daemons
  const net = await VintageNet.start({ kernel, spawn, technologies: [can], persistence: 'none', resolvConf: null })
  try {
    await work(net, kernel, ran)
  } finally {
    await net.stop()
    await kernel.close()
  }
}

const at = (ifname: string, name: string): string[] => ['interface', ifname, name]

test('what is wrong is told by its field', () => {
  const wrong: readonly (readonly [object, string])[] = [
    [{}, 'bitrate'],
    [{ bitrate: 'fast' }, 'bitrate'],
    [{ bitrate: 2_000_000 }, 'bitrate'],
    [{ bitrate: 500_000, baudrate: 1 }, 'baudrate'],
    [{ virtual: true, bitrate: 500_000 }, 'bitrate'],
    [{ virtual: true, listenOnly: true }, 'listenOnly'],
  ]
  for (const [config, field] of wrong) {
    assert.throws(
      () => can.normalize({ type: 'can', ...config }),
      (thrown: unknown) => isNetworkError(thrown, 'ERR_INVALID_CONFIG') && thrown.field === field,
      field,
    )
  }
})

test('normalizing twice changes nothing', () => {
  const normal = can.normalize({ type: 'can', bitrate: 250_000, restartMs: 100 })
  assert.equal(can.normalize(normal), normal)
})

test('a controller is set while it is down', () =>
  within(async (net) => {
    const { up, down, requires } = net.plan('can0', { type: 'can', bitrate: 500_000, listenOnly: true })
    const args = 'link set dev can0 type can bitrate 500000 restart-ms 0 listen-only on'.split(' ')
    assert.equal(requires, ['can0'])
    assert.equal(up, [
      { type: 'kernel', command: { type: 'setLink', ifname: 'can0', up: false } },
      { type: 'run', program: 'ip', args },
      { type: 'kernel', command: { type: 'setLink', ifname: 'can0', up: true } },
    ])
    assert.equal(down, [{ type: 'kernel', command: { type: 'setLink', ifname: 'can0', up: false } }])
  }))

test('a virtual bus comes and goes with its interface', () =>
  within(async (net, kernel, ran) => {
    await net.configure('vcan0', { type: 'can', virtual: true })
    await net.until(at('vcan0', 'connection'), 'lan')
    assert.is(kernel.mirror.linkByName('vcan0')?.kind, 'vcan')
    await net.deconfigure('vcan0')
    await net.until(at('vcan0', 'type'), 'null')
    await net.until(at('vcan0', 'present'), (present) => present !== true)
    assert.equal(ran, [])
  }))

test('a controller that is plugged in is configured, and restarted by a command', () =>
  within(async (net, kernel, ran) => {
    await net.configure('can0', { type: 'can', bitrate: 125_000 })
    assert.match(String(net.get(at('can0', 'reason'))), /waiting for can0/)
    kernel.lab.addLink({ ifname: 'can0' })
    await net.until(at('can0', 'state'), 'configured')
    assert.equal(ran, ['link set dev can0 type can bitrate 125000 restart-ms 0 listen-only off'])
    await net.ioctl('can0', 'restart', [])
    assert.is(kernel.mirror.linkByName('can0')?.up, true)
    const unknown = await net.ioctl('can0', 'fly', []).catch((thrown: unknown) => thrown)
    assert.ok(isNetworkError(unknown, 'ERR_UNSUPPORTED'))
  }))

test('what `ip` refuses is the reason', () =>
  within(async (net, kernel) => {
    kernel.lab.addLink({ ifname: 'can0' })
    await net.configure('can0', { type: 'can', bitrate: 125_000 })
    await net.until(at('can0', 'state'), 'retrying')
    assert.match(String(net.get(at('can0', 'reason'))), /ip/)
  }, 2))

test.run()
