/** The parts of the daemon: its file, its log, its reload, what it tells the service manager. */

import { EventEmitter } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfigFile } from '../../../lib/cli/daemon/config-file.js'
import { jsonLogger } from '../../../lib/cli/daemon/json-log.js'
import { refuseTakenPort, tcpListen } from '../../../lib/cli/daemon/listen-flags.js'
import { serviceManager } from '../../../lib/cli/daemon/notify.js'
import { Orders } from '../../../lib/cli/daemon/orders.js'
import { reload } from '../../../lib/cli/daemon/reload.js'
import { textLogger } from '../../../lib/cli/daemon/text-log.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'
import { eventually } from '../../support/eventually.js'
import { type LogLine, recordingLogger } from '../../support/fake-instance.js'

async function inFolder(work: (file: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'daemon-test-'))
  try {
    await work(join(folder, 'net.json'), folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (thrown) {
    return (thrown as Error).message
  }
  throw new Error('it was taken')
}

test('a file that cannot be used is refused with its name, the place and the nearest known key', () =>
  inFolder(async (file, folder) => {
    assert.match(await refusal(readConfigFile(file)), `${file}: there is no such file (ENOENT)`)
    assert.is(await refusal(readConfigFile(folder)), `${folder}: it is a directory (EISDIR)`)
    const pipe = join(folder, 'pipe')
    await execa('mkfifo', [pipe])
    assert.is(await refusal(readConfigFile(pipe)), `${pipe}: it is no file`)
    const cases: [string, RegExp][] = [
      ['{\n  "config": {,}\n}', /net\.json: not JSON: line 2, column 14$/],
      ['{"psk": "my secret', /not JSON: line 1, column 9$/],
      ['{\n  "config": tru,\n  "ifnames": []\n}\n', /not JSON: line 2, column 13$/],
      ['{"config": {}}\n}', /not JSON: line 2, column 1$/],
      ['', /not JSON: line 1, column 1/],
      ['[]', /expected an object/],
      ['{"tmpdir": "/run"}', /tmpdir: unknown option; did you mean "tmpDir"\?/],
      [
        '{"config": {"eth0": {"type": "ethernet", "ipv5": {}}}}',
        /config\.eth0: ipv5: unknown key; did you mean "ipv4"\?/,
      ],
      [
        '{"config": {"eth0": {"type": "ethernet", "ipv4": {"method": "static", "address": "192.0.2.2", "prefixLength": 33}}}}',
        /config\.eth0: ipv4\.prefixLength: .*33/,
      ],
      ['{"carrierGraceMs": "soon"}', /carrierGraceMs: /],
      ['{"config": {"eth0": {"type": "ethernt"}}}', /did you mean "ethernet"\?/],
      ['{"config": {"../x": {"type": "ethernet"}}}', /interface name/],
      ['{"controlGroup": 5}', /controlGroup: expected the name or the number of a group/],
      ['{"controlGroup": "a b"}', /controlGroup/],
      ['{"controlGroup": "4294967295"}', /controlGroup/],
      ['{"logger": {}}', /logger/],
      [' '.repeat(1_048_577), /larger than 1048576 bytes/],
    ]
    for (const [text, expected] of cases) {
      await writeFile(file, text)
      const said = await refusal(readConfigFile(file))
      assert.match(said, expected)
      assert.not(said.includes('my secret'))
      assert.ok(said.startsWith(file))
    }
  }))

test('a file that may not be read is refused as such', () =>
  inFolder(async (file) => {
    await writeFile(file, '{}')
    await chmod(file, 0o000)
    // Root reads everything: then the rights are taken away for the moment.
    const seteuid = process.getuid?.() === 0 ? process.seteuid : undefined
    await chmod(join(file, '..'), 0o755)
    seteuid?.call(process, 65_534)
    try {
      assert.match(await refusal(readConfigFile(file)), 'this user may not read it (EACCES)')
    } finally {
      seteuid?.call(process, 0)
    }
  }))

test('what is the daemon’s own is taken out of the options', () =>
  inFolder(async (file) => {
    await writeFile(file, '{"$schema": "x", "controlGroup": "network", "resolvConf": null}')
    assert.equal(await readConfigFile(file), { options: { resolvConf: null }, controlGroup: 'network' })
  }))

test('a reload applies what differs, names what has to wait, and takes nothing of a file that is wrong', () =>
  inFolder(async (path) => {
    const lines: LogLine[] = []
    const taken: unknown[] = []
    const replaceDefaults = async (config: unknown): Promise<string[]> => {
      taken.push(config)
      return ['eth0']
    }
    const net = { replaceDefaults, shadowedDefaults: () => [] }
    const started = { options: { tmpDir: '/run/a' } }
    const reloading = { net, path, started, logger: recordingLogger(lines) }
    await writeFile(path, '{"tmpDir": "/run/b", "config": {"eth0": {"type": "ethernet"}}}')
    assert.ok(await reload(reloading))
    assert.equal(taken, [{ eth0: { type: 'ethernet' } }])
    assert.match(lines.at(-1)?.message ?? '', 'take effect at the next start: tmpDir')
    await writeFile(path, '{"config": {"eth0": {"type": "ethernet", "mtu": 1}}}')
    assert.not.ok(await reload(reloading))
    assert.is(taken.length, 1)
    assert.match(lines.at(-1)?.message ?? '', /everything stays as it was: .*mtu/)
  }))

test('a reload says that nothing differs only where that is so, and names what goes before the file', () =>
  inFolder(async (path) => {
    const lines: LogLine[] = []
    let shadowed: string[] = []
    const net = { replaceDefaults: async (): Promise<string[]> => [], shadowedDefaults: () => shadowed }
    const reloading = { net, path, started: { options: {} }, logger: recordingLogger(lines) }
    const said = async (): Promise<string[]> => {
      lines.splice(0)
      await reload(reloading)
      return lines.map(({ message }) => message)
    }
    await writeFile(path, '{"config": {"eth0": {"type": "ethernet"}}}')
    assert.equal(await said(), ['reloaded: nothing differs'])
    shadowed = ['eth0', 'eth1']
    const [first, ...warnings] = await said()
    assert.is(first, 'reloaded')
    assert.is(warnings.length, 2)
    assert.match(
      warnings[0] ?? '',
      /^eth0 stays as it is: .* saved.* goes before it; POST \/v1\/interfaces\/eth0\/reset /,
    )
    assert.match(warnings[1] ?? '', /^eth1 stays/)
    shadowed = []
    await writeFile(path, '{"tmpDir": "/run/b"}')
    assert.is((await said())[0], 'reloaded')
  }))

test('the log is one JSON object a line, of the level that was asked for, without secrets', () => {
  const written: string[] = []
  const options = {
    least: 'info',
    isJournal: false,
    write: (line: string) => void written.push(line),
    wallMs: () => 0,
  } as const
  const log = jsonLogger(options)
  log.debug({}, 'not told')
  log.warn({ psk: 'hidden', level: 'fake', count: 3n, text: 'two\nlines' }, 'told')
  assert.equal(
    written.map((line) => JSON.parse(line)),
    [{ time: '1970-01-01T00:00:00.000Z', level: 'warn', message: 'told', psk: '....', count: '3', text: 'two\nlines' }],
  )
  assert.is(written[0]?.split('\n').length, 2)
  jsonLogger({ ...options, isJournal: true }).error({}, 'bad')
  assert.ok(written[1]?.startsWith('<3>{'))
})

test('at a terminal the log is a line of words each, without secrets and without what a terminal obeys', () => {
  const written: string[] = []
  const log = textLogger({
    least: 'info',
    write: (line) => void written.push(line),
    wallMs: () => new Date(2026, 0, 2, 3, 4, 5, 6).getTime(),
    paint: (style, text) => (style === 'dim' ? text : `<${style}>${text}`),
  })
  log.debug({}, 'not told')
  log.info({ ifname: 'eth0', connection: 'lan', previous: 'disconnected' }, 'eth0 is lan: carrier present')
  log.warn({ psk: 'hidden', pid: 4, count: 3n, list: ['a'], none: undefined }, 'told\x1b[2J 4')
  assert.equal(written, [
    '03:04:05.006 <green>info  eth0 is lan: carrier present previous=disconnected\n',
    '03:04:05.006 <yellow>warn  told\ufffd[2J 4 psk=.... pid=4 count=3 list=["a"]\n',
  ])
})

test('at a terminal only what the message has as whole words is left out', () => {
  const lines: string[] = []
  const log = textLogger({
    least: 'info',
    write: (line) => void lines.push(line),
    wallMs: () => 0,
    paint: (_style, text) => text,
  })
  log.info({ ifname: 'wlan0', previous: 'lan', reason: '' }, 'wlan0 is internet: 192.0.2.10 answers')
  log.info(
    { address: '192.0.2.1', state: 'internet', text: 'the probe', psk: 'x' },
    '"internet" (by 192.0.2.10): the probe.',
  )
  assert.equal(
    lines.map((line) => line.slice('03:04:05.006 info  '.length)),
    [
      'wlan0 is internet: 192.0.2.10 answers previous=lan reason=\n',
      '"internet" (by 192.0.2.10): the probe. address=192.0.2.1 psk=....\n',
    ],
  )
})

test('at a terminal a number of any size is told, also within an object', () => {
  const lines: string[] = []
  const write = (line: string): void => void lines.push(line)
  const log = textLogger({ least: 'info', write, wallMs: () => 0, paint: (_style, text) => text })
  log.info({ counters: { rxBytes: 2n ** 64n } }, 'told')
  assert.match(lines[0] ?? '', 'told counters={"rxBytes":"18446744073709551616"}')
})

test('the service manager hears of readiness and of life, for as long as the engine answers', async () => {
  const kernel = new FakeKernel()
  const heard: string[] = []
  kernel.lab.serveDatagrams('/run/notify', (bytes) => void heard.push(new TextDecoder().decode(bytes)))
  const env = { NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '40000', WATCHDOG_PID: '7' }
  let answer: (() => void) | undefined
  let hangs = false
  const links = async (): ReturnType<FakeKernel['links']> => {
    if (hangs)
      await new Promise<void>((resolve) => {
        answer = resolve
      })
    return kernel.links()
  }
  let beat = (): void => undefined
  let stopped = false
  const every = (ms: number, callback: () => void) => {
    assert.is(ms, 20) // half of what the manager waits for
    beat = callback
    return () => {
      stopped = true
    }
  }
  const signs = (): number => heard.filter((text) => text === 'WATCHDOG=1').length
  const seen = { openDatagram: kernel.openDatagram.bind(kernel), links }
  const manager = await serviceManager({ kernel: seen, logger: recordingLogger([]), env, pid: 7, every })
  await manager.tell('READY=1', 'STATUS=fine')
  assert.is(heard[0], 'READY=1\nSTATUS=fine')
  beat()
  await eventually('a sign of life', () => signs() === 1)
  hangs = true
  beat()
  beat()
  await manager.tell('STATUS=still asking') // goes behind whatever was sent before
  assert.is(signs(), 1)
  hangs = false
  answer?.()
  await eventually('life goes on', () => signs() === 2)
  await manager.close()
  assert.ok(stopped)
  await kernel.close()
})

test('without a service manager nobody is told, and one that is gone does no harm', async () => {
  const kernel = new FakeKernel()
  const lines: LogLine[] = []
  const options = { kernel, logger: recordingLogger(lines), pid: 7 }
  await (await serviceManager({ ...options, env: {} })).tell('READY=1')
  assert.equal(lines, [])
  const manager = await serviceManager({ ...options, env: { NOTIFY_SOCKET: '/run/nobody' } })
  await manager.tell('READY=1')
  assert.match(lines[0]?.message ?? '', 'cannot be told')
  await manager.close()
  await kernel.close()
})

test('signals are orders in their order; a second order to stop ends at once, whatever is under way', async () => {
  const statuses: number[] = []
  const host = Object.assign(new EventEmitter(), { exit: (status: number) => void statuses.push(status) })
  const orders = new Orders(host)
  for (const signal of ['SIGHUP', 'SIGHUP']) host.emit(signal)
  assert.is(await orders.next(), 'reload')
  const next = orders.next()
  // Nobody asks for orders while a reload hangs, nor before the daemon has started.
  host.emit('SIGTERM')
  assert.equal(statuses, [])
  host.emit('SIGTERM')
  assert.equal(statuses, [1])
  assert.is(await next, 'stop')
  orders.close()
  assert.equal(host.eventNames(), [])
  const early = new Orders(host)
  host.emit('SIGHUP')
  host.emit('SIGINT')
  host.emit('SIGTERM')
  assert.equal(statuses, [1, 1])
  assert.is(await early.next(), 'stop')
  early.close()
})

test('a port needs a token, and a host where it is not the loopback’s', () =>
  inFolder(async (file) => {
    await writeFile(file, `${'t'.repeat(32)}\n`)
    assert.is(await tcpListen({}), undefined)
    assert.equal(await tcpListen({ listen: '9876', tokenFile: file }), {
      host: '127.0.0.1',
      port: 9_876,
      token: 't'.repeat(32),
    })
    assert.is((await tcpListen({ listen: '[::1]:0', tokenFile: file }))?.host, '::1')
    for (const listen of ['', 'x', '1:2:3', '70000', ':80'])
      assert.match(await refusal(tcpListen({ listen, tokenFile: file })), '--listen')
    assert.match(await refusal(tcpListen({ listen: '9876' })), '--token-file')
    assert.match(await refusal(tcpListen({ listen: '9876', tokenFile: `${file}.none` })), 'ENOENT')
    await writeFile(file, 'short\n')
    const short = `--token-file ${file}: a TCP port needs a token of at least 32 characters`
    assert.is(await refusal(tcpListen({ listen: '9876', tokenFile: file })), short)
  }))

test('a port that somebody has is refused before anything starts; a free one is let go of', async () => {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as { port: number }
  assert.match(await refusal(refuseTakenPort({ host: '127.0.0.1', port })), `--listen: 127.0.0.1 port ${port}: `)
  await new Promise((resolve) => holder.close(resolve))
  await refuseTakenPort({ host: '127.0.0.1', port })
  await refuseTakenPort({ host: '127.0.0.1', port })
})

test.run()
