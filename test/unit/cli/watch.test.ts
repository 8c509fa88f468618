/** `watch` over a control API: lines, the screen of a terminal, and how it ends. */

import type { RequestListener } from 'node:http'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CliOptions, type CliResult, cli } from '../../support/cli-run.js'
import { ControlScene, STATIC } from '../../support/control-scene.js'
import { eventually } from '../../support/eventually.js'
import { beginStream, withScriptedDaemon } from '../../support/scripted-daemon.js'

type Run = (args: readonly string[], options?: CliOptions) => Promise<CliResult>

async function within(work: (run: Run, scene: ControlScene) => Promise<void>): Promise<void> {
  await using scene = await ControlScene.create()
  await work((args, options) => cli(args, { socket: scene.socketPath, ...options }), scene)
}

test('watch tells changes with how long things had been so, until it is interrupted', () =>
  within(async (run, { net }) => {
    const lines = run(['watch', 'interface/eth0/state'], {
      onOut: (text, signals) => void (text.includes('configured') && signals.emit('SIGINT')),
    })
    const moving = setInterval(() => {
      net.configure('eth0', { ...STATIC, mtu: 1_300 + Math.floor(Math.random() * 100) }).catch(() => undefined)
    }, 100)
    const { status, out, error } = await lines
    clearInterval(moving)
    assert.is(status, 0, error)
    assert.match(out, /^\d{4}-\S+Z interface\/eth0\/state: /m)
  }))

test('on a terminal watch draws everything anew, and leaves the screen as it was', () =>
  within(async (run, { net }) => {
    await net.configure('eth0', STATIC)
    await net.until(['interface', 'eth0', 'state'], 'configured')
    const { status, out } = await run(['watch'], {
      columns: 100,
      onOut: (text, signals) => void (text.includes('INTERFACE') && signals.emit('SIGINT')),
    })
    assert.is(status, 0)
    assert.ok(out.startsWith('\x1b[?1049h'))
    assert.ok(out.endsWith('\x1b[?1049l'))
    assert.match(out, /eth0 +ethernet +lan \d/)
  }))

test('on a terminal a path narrows the list of changes, and all interfaces and the head stay true', () =>
  within(async (run, { net, world }) => {
    await net.configure('eth0', STATIC)
    await net.until(['available_interfaces'], ['eth0'])
    let screen = ''
    let interrupt = (): void => undefined
    const watching = run(['watch', 'interface/eth1'], {
      columns: 120,
      onOut(text, signals) {
        screen = text
        interrupt = () => void signals.emit('SIGINT')
      },
    })
    await eventually('it has drawn', () => screen.includes('No change at interface/eth1 yet'))
    world.kernel.lab.setCarrier('eth0', false)
    await net.configure('eth1', { ...STATIC, ipv4: { ...STATIC.ipv4, address: '192.0.2.3' } })
    await eventually('the change is listed', () => /^interface\/eth1\/state: /m.test(screen))
    await eventually('the row of eth0 is true', () => /^eth0 .* disconnected /m.test(screen))
    await eventually('the head is true', () => /available: eth1\n/.test(screen))
    interrupt()
    const { status, out } = await watching
    assert.is(status, 0)
    assert.match(out, /^Changes at interface\/eth1 \(/m)
    assert.not(out.includes('interface/eth0/'))
  }))

test('on a terminal a path is subscribed to itself, so that the daemon measures what it measures for watchers only', async () => {
  const asked: string[] = []
  const answer: RequestListener = ({ url = '' }, response) => {
    asked.push(url)
    if (url.startsWith('/v1/changes')) beginStream(response)
    else response.end('{"connection":"lan","availableInterfaces":[],"interfaces":{}}')
  }
  await withScriptedDaemon(answer, async (socket) => {
    const { status, error } = await cli(['watch', 'interface/wlan0/wifi'], {
      socket,
      columns: 80,
      onOut: (text, signals) => void (text.includes('INTERFACE') && signals.emit('SIGINT')),
    })
    assert.is(status, 0, error)
    assert.equal(asked.sort(), ['/v1/changes', '/v1/changes?pattern=interface%2Fwlan0%2Fwifi', '/v1/snapshot'])
  })
})

test('on a terminal watch ends with the daemon’s word, whichever stream it comes by, and leaves the screen', () =>
  within(async (run, { net, world }) => {
    const refused = await run(['watch', '[1]'], {
      columns: 80,
      onOut: (text, signals) => void (text.includes('INTERFACE') && signals.emit('SIGINT')),
    })
    assert.is(refused.status, 1)
    assert.match(refused.error, 'pattern')
    let screen = ''
    const watching = run(['watch', 'interface/eth1'], {
      columns: 80,
      onOut(text) {
        screen = text
      },
    })
    await eventually('it has drawn', () => screen.includes('INTERFACE'))
    await world.during(net.stop())
    const { status, out, error } = await watching
    assert.is(status, 1)
    assert.match(error, 'the daemon stops')
    for (const all of [refused.out, out]) assert.ok(all.endsWith('\x1b[?1049l'))
  }))

test('watch fails with the daemon’s last word when the daemon stops, as text and as JSON', async () => {
  for (const args of [['watch'], ['watch', '--json']])
    await within(async (run, { net, world }) => {
      let told = ''
      const watching = run(args, {
        onOut(text) {
          told += text
        },
      })
      let mtu = 1_300
      await eventually('it watches', async () => {
        await net.configure('eth0', { ...STATIC, mtu })
        mtu += 1
        return told !== ''
      })
      await world.during(net.stop())
      const { status, error } = await watching
      assert.is(status, 1, args.join(' '))
      assert.match(error, 'the daemon stops')
      assert.is(told.includes('"event":"end"'), args.includes('--json'))
    })
})

test('watch fails when the stream ends without a last word', async () => {
  const answer: RequestListener = (_request, response) => {
    beginStream(response)
    response.end()
  }
  await withScriptedDaemon(answer, async (socket) => {
    for (const args of [['watch'], ['watch', '--json']]) {
      const { status, error } = await cli(args, { socket })
      assert.is(status, 1)
      assert.match(error, 'without a word')
    }
  })
})

test.run()
