/** Every command over a control API, by its exit status and what it prints. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { changeLine } from '../../../lib/cli/change-line.js'
import { type CliOptions, type CliResult, cli } from '../../support/cli-run.js'
import { ControlScene, STATIC } from '../../support/control-scene.js'

type Run = (args: readonly string[], options?: CliOptions) => Promise<CliResult>

async function within(work: (run: Run, scene: ControlScene) => Promise<void>): Promise<void> {
  await using scene = await ControlScene.create()
  await work((args, options) => cli(args, { socket: scene.socketPath, ...options }), scene)
}

const CONFIG = JSON.stringify(STATIC)
const APPLY = ['apply', JSON.stringify({ eth0: STATIC }), '--confirm-within', '60']
const ESCAPE = '\x1b['

test('configure takes JSON, a file and standard input, and says whether it is saved', () =>
  within(async (run, scene) => {
    const direct = await run(['configure', 'eth0', CONFIG])
    assert.equal(direct, { status: 0, out: 'eth0: accepted, saved\n', error: '' })
    const file = join(scene.world.folder, 'eth0.json')
    await writeFile(file, CONFIG)
    assert.is((await run(['configure', 'eth0', `@${file}`, '--no-persist'])).status, 0)
    const input = Readable.from([CONFIG])
    const json = await run(['configure', 'eth1', '@-', '--json', '--no-persist'], { input })
    assert.is((JSON.parse(json.out) as { persistence: string }).persistence, 'not-saved')
    assert.is((await run(['deconfigure', 'eth0'])).out, 'eth0: accepted, saved\n')
    await scene.net.until(['interface', 'eth0', 'type'], 'null')
  }))

test('errors are one line that names the field or the cause, with the status of their kind', () =>
  within(async (run, scene) => {
    const wrong = await run(['configure', 'eth0', '{"type":"ethernet","ipv5":{}}'])
    assert.is(wrong.status, 1)
    assert.match(wrong.error, /^vintage-net: ipv5: unknown key; did you mean "ipv4"\? \(ERR_INVALID_CONFIG\)\n$/)
    const cases: [string[], number, RegExp][] = [
      [['configure', 'eth0', '{"psk":"secret'], 2, /configuration: not JSON, nor @FILE/],
      [['configure', 'eth0', '@/nowhere/at/all'], 1, /\/nowhere\/at\/all: no such file or directory \(ENOENT\)/],
      [['configure', 'eth0'], 2, /missing required argument 'configuration'/],
      [['configure', 'eth0', '{"type":\n tru}'], 2, /not JSON, nor @FILE: line 2, column 2$/m],
      [['cofigure'], 2, /unknown command 'cofigure' \(Did you mean configure\?\)/],
      [['run', '--jsno'], 2, /unknown option '--jsno' \(Did you mean --json\?\)/],
      [['run', '--token-file', '/nowhere/token'], 2, /--token-file needs --listen: /],
      [['info', '--jsn'], 2, /unknown option '--jsn' \(Did you mean --json\?\)/],
      [['ping', '192.0.2.1', '--port', '0'], 2, /--port: a whole number from 1 to 65535/],
      [['get', 'no/such/thing'], 1, /there is no property no\/such\/thing/],
      [['ifconfig', 'none'], 1, /there is no interface none/],
      [['confirm'], 1, /no change waits for a confirmation/],
      [['scan', 'eth0'], 1, /ERR_NOT_CONFIGURED/],
      [['completion', 'tcsh'], 2, /bash, zsh, fish/],
      [['apply', CONFIG], 2, /--confirm-within/],
      [['apply', '[]', '--confirm-within', '9'], 2, /an object of configurations/],
    ]
    for (const [args, status, text] of cases) {
      const result = await run(args)
      assert.is(result.status, status, `${args.join(' ')}: ${result.error}`)
      assert.match(result.error, text)
      assert.is(result.error.split('\n').length, 2, result.error)
      assert.not(result.error.includes('secret'))
      assert.is(result.out, '')
    }
    await scene.server.stop()
    for (const args of [['info'], ['watch'], ['apply', '{}', '--confirm-within', '3']]) {
      const gone = await run(args)
      assert.is(gone.status, 3, gone.error)
      assert.match(gone.error, 'no daemon is running')
    }
    const noFolder = join(scene.world.folder, 'file', 'control.sock')
    await writeFile(join(scene.world.folder, 'file'), '')
    assert.is((await run(['info', '--socket', noFolder])).status, 3)
  }))

test('info, get, ifconfig and routes show the state, as text and as JSON', () =>
  within(async (run, { net }) => {
    await net.configure('eth0', STATIC)
    await net.until(['available_interfaces'], ['eth0'])
    assert.match((await run(['info'])).out, /Interface eth0/)
    assert.equal(
      (JSON.parse((await run(['info', '--json'])).out) as { availableInterfaces: string[] }).availableInterfaces,
      ['eth0'],
    )
    assert.is((await run(['get', 'interface/eth0/connection'])).out, 'lan\n')
    assert.match((await run(['get', 'interface/*/state'])).out, 'interface/eth0/state configured')
    // However the path is written: the daemon passes over a slash at either end, and takes a list.
    for (const path of [
      '/interface/eth0/type',
      'interface/eth0/type/',
      '/connection/',
      '[ "interface", "eth0", "type" ]',
    ])
      assert.is((await run(['get', path])).out, path === '/connection/' ? 'lan\n' : 'ethernet\n', path)
    // What a pattern found is told with its path, also where it is one alone.
    for (const path of ['/interface/*/type', '["interface", "*", "type"]'])
      assert.is((await run(['get', path])).out, 'interface/eth0/type ethernet\n', path)
    const links = await run(['ifconfig', 'eth0'])
    assert.match(links.out, /^eth0: up, carrier/)
    assert.match(links.out, 'inet  192.0.2.2/24')
    assert.match(links.out, 'managed as ethernet, configured, lan')
    const routes = await run(['routes'])
    assert.match(routes.out, /default +192\.0\.2\.1 +eth0 +\d+ +main +configured for eth0; metric/)
    const json = JSON.parse((await run(['routes', '--json'])).out) as { reason: string }[]
    assert.ok(json.every(({ reason }) => reason !== ''))
  }))

test('tables fit a terminal and are coloured on one only, unless NO_COLOR says otherwise', () =>
  within(async (run, { net }) => {
    await net.configure('eth0', STATIC)
    await net.until(['available_interfaces'], ['eth0'])
    const narrow = await run(['routes'], { columns: 80 })
    assert.match(narrow.out, ESCAPE)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys
    const lines = narrow.out.replace(/\x1b\[\d+m/g, '').split('\n')
    assert.equal(
      lines.filter((line) => line.length > 80),
      [],
    )
    for (const args of [
      ['get', 'interface/eth0'],
      ['plan', 'eth0', JSON.stringify({ type: 'ethernet' })],
    ]) {
      const { out } = await run(args, { columns: 50, env: { NO_COLOR: '1' } })
      const long = out.split('\n').filter((line) => line.length > 50)
      assert.equal(long, [], args.join(' '))
    }
    assert.not((await run(['routes'])).out.includes(ESCAPE))
    assert.not((await run(['routes'], { columns: 80, env: { NO_COLOR: '1' } })).out.includes(ESCAPE))
    assert.not((await run(['routes'], { columns: 80, env: { TERM: 'dumb' } })).out.includes(ESCAPE))
  }))

test('plan shows what is new, what goes and what stays', () =>
  within(async (run, { net }) => {
    assert.match((await run(['plan', 'eth0', CONFIG])).out, 'eth0 has no configuration yet')
    await net.configure('eth0', STATIC)
    assert.match((await run(['plan', 'eth0', CONFIG])).out, 'nothing differs')
    const next = JSON.stringify({ ...STATIC, ipv4: { ...STATIC.ipv4, address: '192.0.2.3' } })
    const { out, status } = await run(['plan', 'eth0', next])
    assert.is(status, 0)
    assert.match(out, /^- .*192\.0\.2\.2/m)
    assert.match(out, /^\+ .*192\.0\.2\.3/m)
    assert.match(out, /^ {2}ethernet/m)
    assert.match((net.getConfiguration('eth0') as typeof STATIC).ipv4.address, '192.0.2.2')
  }))

test('ping says first how it asks, and fails where nobody answers', () =>
  within(async (run, { world }) => {
    world.kernel.lab.probes(() => ({ outcome: 'connected', ms: 3 }))
    const good = await run(['ping', '192.0.2.1', '--port', '53', '--count', '1', '-I', 'eth0'])
    assert.is(good.status, 0, good.error)
    assert.match(good.out.split('\n')[0] ?? '', /^TCP connections to 192\.0\.2\.1 port 53 by eth0, made by the engine/)
    world.kernel.lab.probes(() => ({ outcome: 'timeout', ms: 5_000 }))
    const bad = await run(['ping', '192.0.2.1', '--count', '1', '--json'])
    assert.is(bad.status, 1)
    assert.is((JSON.parse(bad.out) as { outcome: string }[])[0]?.outcome, 'timeout')
  }))

test('verify shows each finding with its remedy', () =>
  within(async (run) => {
    const { out } = await run(['verify'], { columns: 60 })
    assert.match(out, 'CONTROL_SOCKET_OWNER_ONLY')
    assert.match(out, 'Remedy: addgroup')
    assert.ok(Array.isArray(JSON.parse((await run(['verify', '--json'])).out)))
  }))

test('nothing that the daemon tells can take over the terminal', async () => {
  const evil = 'a\x1b[2Jb'
  const answers: Record<string, object | string> = {
    '/v1/info': `one ${evil}\ntwo\n`,
    '/v1/properties': { properties: [{ path: ['interface', evil], value: evil }] },
    '/v1/links': { links: [{ ifname: evil, mtu: 1_500, ifindex: 1, addresses: [] }] },
  }
  const server = createServer(({ url = '' }, response) => {
    const answer = answers[url]
    if (answer === undefined) response.statusCode = 400
    const text = answer ?? { error: { code: 'ERR_X', message: evil, field: `${evil}.field` } }
    response.end(typeof text === 'string' ? text : JSON.stringify(text))
  })
  const folder = await mkdtemp(join(tmpdir(), 'commands-test-'))
  const socket = join(folder, 'socket')
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  try {
    const info = await cli(['info'], { socket })
    assert.is(info.out, 'one a\ufffd[2Jb\ntwo\n')
    for (const args of [['get'], ['ifconfig'], ['routes']]) {
      const { out, error } = await cli(args, { socket })
      assert.match(out + error, 'a\ufffd[2Jb')
      assert.not((out + error).includes('\x1b'), args.join(' '))
    }
    const change = { path: ['interface', evil], newValue: 1, oldTimestamp: 0, newTimestamp: 0 }
    assert.is(changeLine(change), 'interface/a\ufffd[2Jb: (none) → 1')
  } finally {
    await new Promise((resolve) => server.close(resolve))
    await rm(folder, { recursive: true, force: true })
  }
})

test('apply ends well when another command confirms, and takes a file of the daemon too', () =>
  within(async (run, { net, world }) => {
    const file = join(world.folder, 'net.json')
    await writeFile(file, JSON.stringify({ config: { eth0: STATIC } }))
    const applying = run(['apply', `@${file}`, '--confirm-within', '60'])
    const { id } = (await net.until(['checkpoint'], (value) => value !== undefined)) as { id: string }
    assert.equal((await run(['confirm'])).out, `${id}: confirmed and saved\n`)
    const { status, out } = await applying
    assert.is(status, 0)
    assert.match(out, `vintage-net confirm ${id}`)
    assert.match(out, 'Confirmed and saved.')
  }))

test('apply fails when it is rolled back: by another command, by an interrupt, because the time is over', () =>
  within(async (run, { net, world }) => {
    const one = run(APPLY)
    await net.until(['checkpoint'], (value) => value !== undefined)
    assert.match((await run(['rollback'])).out, 'rolled back')
    assert.is((await one).status, 1)
    const two = await run(APPLY, {
      onOut: (text, signals) => void (text.includes('confirm') && setTimeout(() => signals.emit('SIGINT'), 50)),
    })
    assert.is(two.status, 1)
    assert.match(two.error, 'not confirmed: rolled back')
    const three = run([...APPLY, '--json'])
    await net.until(['checkpoint'], (value) => value !== undefined)
    await world.clock.advance(61_000)
    const { status, out } = await world.during(three)
    assert.is(status, 1)
    assert.match(out, '"end":"rolled-back"')
    assert.is(net.get(['interface', 'eth0', 'config']), undefined)
  }))

test('at a terminal apply counts down and takes a yes', () =>
  within(async (run, { net }) => {
    const input = Object.assign(new PassThrough(), { isTTY: true })
    const applying = run(APPLY, { columns: 80, input })
    await net.until(['checkpoint'], (value) => value !== undefined)
    setTimeout(() => input.write('y\n'), 50)
    const { status, out } = await applying
    assert.is(status, 0)
    assert.match(out, /\d+ s left\./)
    assert.match(out, 'Confirm? [y/N]')
    // The question does not stay behind.
    assert.ok(out.endsWith('\r\x1b[KConfirmed and saved.\n'))
  }))

test('with --no-wait apply returns at once, and the change stays open', () =>
  within(async (run, { net }) => {
    const { status, out } = await run([...APPLY, '--no-wait', '--json'])
    assert.is(status, 0)
    assert.equal(JSON.parse(out), net.get(['checkpoint']))
    await run(['rollback', (JSON.parse(out) as { id: string }).id])
  }))

test.run()
