/** The daemon as a service: on a real kernel and real daemons, through signals, kills and a second daemon. */

import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_CLIENT_COUNT } from '../../lib/control/limits.js'
import { DaemonProcess, PROGRAM, vintageNet, writeDaemonConfig } from '../support/daemon-process.js'
import { eventually } from '../support/eventually.js'
import { runCommand } from '../support/lab/command.js'
import { SystemScene } from '../support/system-scene.js'

const DHCP = { type: 'ethernet' }
const at = (address: string) => ({ type: 'ethernet', ipv4: { method: 'static', address, prefixLength: 24 } })
const CONNECTION = 'interface/eth0/connection'

test('runs, reloads what differs, keeps what was saved over a restart, and stops without a trace', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  await scene.uplink('eth1', 'none')
  const file = await writeDaemonConfig(scene, { eth0: DHCP })
  {
    await using daemon = await new DaemonProcess(scene, { args: ['--config', file] }).ready()
    await daemon.until(CONNECTION, 'internet')
    const before = await scene.pids('udhcpc')
    await writeDaemonConfig(scene, { eth0: DHCP, eth1: at('198.51.100.2') }, { carrierGraceMs: 1_000 })
    daemon.signal('SIGHUP')
    await daemon.until('interface/eth1/connection', 'lan')
    assert.equal(await scene.pids('udhcpc'), before)
    assert.is(await daemon.get(CONNECTION), 'internet')
    assert.ok(daemon.said('these options take effect at the next start: carrierGraceMs'))
    // A file that is wrong changes nothing.
    await writeDaemonConfig(scene, { eth0: { type: 'ethernet', ipv5: {} } })
    daemon.signal('SIGHUP')
    await eventually('it is refused', () => daemon.said('not reloaded, everything stays as it was'))
    assert.ok(daemon.said('did you mean "ipv4"'))
    assert.is(await daemon.get(CONNECTION), 'internet')
    // Saved by the command line.
    const saved = await vintageNet(daemon.socketPath, 'configure', 'eth1', JSON.stringify(at('198.51.100.7')))
    assert.equal(saved, { exitCode: 0, stdout: 'eth1: accepted, saved', stderr: '' })
    await writeDaemonConfig(scene, { eth0: DHCP, eth1: at('198.51.100.3') })
    daemon.signal('SIGHUP')
    await eventually('it is told what goes before the file', () => daemon.said('eth1 stays as it is'))
    assert.not.ok(daemon.said('nothing differs'))
    const ping = await vintageNet(
      daemon.socketPath,
      'ping',
      '203.0.113.1',
      '--port',
      '53',
      '--count',
      '1',
      '-I',
      'eth0',
    )
    assert.is(ping.exitCode, 0, ping.stdout + ping.stderr)
    const routes = await vintageNet(daemon.socketPath, 'routes')
    assert.match(routes.stdout, /gateway of the DHCP lease of eth0; metric \d+ as number 1/)
    daemon.signal('SIGTERM')
    assert.is(await daemon.ended(), 0)
  }
  assert.equal(await scene.ours(), [])
  assert.equal(await scene.pids('udhcpc'), [])
  await writeDaemonConfig(scene, { eth0: DHCP, eth1: at('198.51.100.2') })
  await using again = await new DaemonProcess(scene, { args: ['--config', file] }).ready()
  await again.until('interface/eth1/connection', 'lan')
  assert.ok((await scene.addresses('eth1')).some(({ local }) => local === '198.51.100.7'))
  const { stdout } = await runCommand('curl', ['-s', '--unix-socket', again.socketPath, 'http://localhost/metrics'])
  assert.match(stdout, 'vintage_net_interface_lower_up{interface="eth0"} 1')
})

test('a second daemon refuses and names the first’s pid: in the same namespace, and with the same files', async () => {
  await using scene = await SystemScene.create()
  const file = await writeDaemonConfig(scene, {})
  await using first = await new DaemonProcess(scene, { args: ['--config', file] }).ready()
  await using same = new DaemonProcess(scene, { args: ['--config', file] })
  assert.is(await same.ended(), 1)
  assert.match(same.words.join('\n'), `another daemon runs already, with the process id ${first.pid};`)
  // Other files, the same namespace: its lock tells.
  const elsewhere = { lab: scene.lab, folder: join(scene.folder, 'other') }
  await runCommand('mkdir', ['-p', elsewhere.folder])
  await using other = new DaemonProcess(elsewhere, { args: ['--config', await writeDaemonConfig(elsewhere, {})] })
  assert.is(await other.ended(), 1)
  assert.match(other.words.join('\n'), new RegExp(`\\b${first.pid}\\b`))
  assert.is(other.words.length, 1)
  assert.is((await vintageNet(first.socketPath, 'info')).exitCode, 0)
})

test('a second daemon names the first’s pid also where that one has no room for a client, and where it is frozen', async () => {
  await using scene = await SystemScene.create()
  await using far = await SystemScene.create()
  const file = await writeDaemonConfig(scene, {})
  await using first = await new DaemonProcess(scene, { args: ['--config', file] }).ready()
  const refusal = new RegExp(`^.*another daemon runs already, with the process id ${first.pid}; .*$`)
  // The same files, in the same network namespace and in another one, where no lock tells of the first.
  const refused = async (): Promise<void> => {
    for (const { lab } of [scene, far]) {
      await using second = new DaemonProcess({ lab, folder: scene.folder }, { args: ['--config', file] })
      assert.is(await second.ended(), 1)
      assert.is(second.words.length, 1)
      assert.match(second.words[0] ?? '', refusal)
    }
  }
  const idle = Array.from({ length: MAX_CLIENT_COUNT }, () => connect(first.socketPath).on('error', () => undefined))
  try {
    await Promise.all(idle.map((socket) => once(socket, 'connect')))
    await refused()
    assert.ok(first.said('too many clients'))
  } finally {
    for (const socket of idle) socket.destroy()
  }
  first.signal('SIGSTOP')
  await refused()
  first.signal('SIGCONT')
  assert.is((await vintageNet(first.socketPath, 'info')).exitCode, 0)
})

test('a daemon that is killed while a change is open has rolled it back when it runs again', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const file = await writeDaemonConfig(scene, { eth0: at('192.0.2.2') })
  {
    await using daemon = await new DaemonProcess(scene, { args: ['--config', file] }).ready()
    await daemon.until(CONNECTION, 'lan')
    const change = JSON.stringify({ eth0: at('192.0.2.77') })
    const applying = vintageNet(daemon.socketPath, 'apply', change, '--confirm-within', '60')
    await eventually(
      'it is applied',
      async () => (await scene.addresses('eth0')).some(({ local }) => local === '192.0.2.77'),
      { deadlineMs: 20_000 },
    )
    daemon.signal('SIGKILL')
    await daemon.ended()
    const { exitCode, stderr } = await applying
    assert.is(exitCode, 1)
    assert.match(stderr, 'its next start rolls back')
  }
  await using again = await new DaemonProcess(scene, { args: ['--config', file] }).ready()
  await again.until(CONNECTION, 'lan')
  assert.equal(
    (await scene.addresses('eth0')).map(({ local }) => local),
    ['192.0.2.2'],
  )
  assert.is((await vintageNet(again.socketPath, 'confirm')).exitCode, 1)
})

test('apply rolls back when its terminal is gone', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const file = await writeDaemonConfig(scene, { eth0: at('192.0.2.2') })
  await using daemon = await new DaemonProcess(scene, { args: ['--config', file] }).ready()
  await daemon.until(CONNECTION, 'lan')
  const change = JSON.stringify({ eth0: at('192.0.2.77') })
  const terminal = execa(process.execPath, [PROGRAM, 'apply', change, '--confirm-within', '3'], {
    reject: false,
    env: { VINTAGE_NET_SOCKET: daemon.socketPath },
  })
  await eventually(
    'it is applied',
    async () => (await scene.addresses('eth0')).some(({ local }) => local === '192.0.2.77'),
    { deadlineMs: 20_000 },
  )
  terminal.kill('SIGHUP')
  await terminal
  await eventually(
    'it is rolled back',
    async () => (await scene.addresses('eth0')).every(({ local }) => local === '192.0.2.2'),
    { deadlineMs: 20_000 },
  )
})

test('a missing file, and one that is no JSON, are one line and status 1; nothing was started', async () => {
  await using scene = await SystemScene.create()
  await using missing = new DaemonProcess(scene, { args: ['--config', join(scene.folder, 'none.json')] })
  assert.is(await missing.ended(), 1)
  assert.is(missing.words.length, 1)
  assert.match(missing.words[0] ?? '', 'none.json: there is no such file (ENOENT)')
  assert.equal(missing.lines, [])
  const file = join(scene.folder, 'broken.json')
  await writeFile(file, '{ "config": {,} }')
  await using broken = new DaemonProcess(scene, { args: ['--config', file] })
  assert.is(await broken.ended(), 1)
  assert.is(broken.words.length, 1)
  assert.match(broken.words[0] ?? '', 'broken.json: not JSON: line 1')
  assert.equal(broken.lines, [])
  const good = ['--config', await writeDaemonConfig(scene, {})]
  // A port without a token would be found only when the network stands: nothing may have begun by then.
  const token = join(scene.folder, 'token')
  await writeFile(token, '')
  await using tokenless = new DaemonProcess(scene, { args: [...good, '--listen', '1234', '--token-file', token] })
  assert.is(await tokenless.ended(), 1)
  assert.match(tokenless.words[0] ?? '', `--token-file ${token}: a TCP port needs a token`)
  assert.equal(tokenless.lines, [])
  await using wrong = new DaemonProcess(scene, { args: [...good, '--listen', '1234'] })
  assert.is(await wrong.ended(), 2)
})

test('the service manager hears of readiness, life, reloads and the end', async () => {
  await using scene = await SystemScene.create()
  const file = await writeDaemonConfig(scene, {})
  const socket = join(scene.folder, 'notify')
  const script = fileURLToPath(new URL('../support/notify-listener.py', import.meta.url))
  const listener = execa('python3', [script, socket], { buffer: false, reject: false, stdin: 'ignore' })
  const heard: string[] = []
  createInterface({ input: listener.stdout }).on('line', (line) => void heard.push(line))
  try {
    await eventually('somebody listens', () => heard.includes('listening'))
    const env = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '400000' }
    await using daemon = await new DaemonProcess(scene, { args: ['--config', file], env }).ready()
    await eventually('signs of life', () => heard.includes('WATCHDOG=1'))
    // A slow start gives signs of life before it is ready.
    await eventually('it is ready', () => heard.some((line) => /^READY=1 STATUS=/.test(line)))
    daemon.signal('SIGHUP')
    await eventually('the reload is over', () => heard.filter((line) => line.startsWith('READY=1')).length === 2)
    assert.ok(heard.some((line) => /^RELOADING=1 MONOTONIC_USEC=\d+$/.test(line)))
    assert.match(heard.filter((line) => line.startsWith('READY=1')).at(-1) ?? '', /interfaces configured$/)
    await writeFile(file, '{')
    daemon.signal('SIGHUP')
    const refused = (line: string): boolean => /^READY=1 STATUS=.* the last reload was refused/.test(line)
    await eventually('the manager hears that the file was refused', () => heard.some(refused))
    daemon.signal('SIGTERM')
    assert.is(await daemon.ended(), 0)
    assert.ok(heard.includes('STOPPING=1'))
  } finally {
    listener.kill()
    await listener
  }
})

test.run()
