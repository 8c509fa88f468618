/** The socket of the control API: rights, a daemon that was there before, a port with a token. */

import { timingSafeEqual } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { groupId } from '../../../lib/control/group.js'
import { ControlServer, controlSocketPath } from '../../../lib/control/index.js'
import { noteListener } from '../../../lib/control/listener-pid.js'
import { isToken } from '../../../lib/control/token.js'
import { listenOnUnixSocket, refuseSecond, removeUnixSocket } from '../../../lib/control/unix-socket.js'
import type { Finding } from '../../../lib/index.js'
import { ask, ControlScene } from '../../support/control-scene.js'
import { FakeWorld, recordingLogger } from '../../support/fake-instance.js'
import { rejection } from '../../support/rejection.js'

const TOKEN = 'a'.repeat(32)

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777
/** A group that everybody who runs the tests is in. */
const OWN_GROUP = String(process.getgid?.() ?? 0)

test('without its group the socket is the owner’s alone, and a finding says so', async () => {
  await using scene = await ControlScene.create({}, { controlGroup: 'no-such-group' })
  assert.is(await modeOf(scene.socketPath), 0o600)
  const findings = (await scene.json('GET', '/v1/findings')).body['findings'] as Finding[]
  const found = findings.find(({ code }) => code === 'CONTROL_SOCKET_OWNER_ONLY')
  assert.is(found?.severity, 'warning')
  // The group alone changes nothing: the socket is given to it at the start, by a member or by root.
  assert.match(found?.remedy ?? '', /^addgroup --system no-such-group, .*\bmember\b.*\broot\b.*\brestart the daemon$/)
  assert.ok(scene.world.logs.some(({ message }) => message.includes('no-such-group')))
})

test('with its group the socket is writable for the group', async () => {
  await using scene = await ControlScene.create({}, { controlGroup: OWN_GROUP })
  assert.is(await modeOf(scene.socketPath), 0o660)
  assert.is((await stat(scene.socketPath)).gid, Number(OWN_GROUP))
  assert.equal(scene.server.findings, [])
})

test('a group is found by its name in the file of groups', async () => {
  await using world = await FakeWorld.create()
  const file = join(world.folder, 'group')
  await writeFile(file, 'root:x:0:\nnetwork:x:417:somebody\nbroken:x:many:\n')
  assert.is(await groupId('network', file), 417)
  assert.is(await groupId('broken', file), undefined)
  assert.is(await groupId('work', file), undefined)
  assert.is(await groupId('12', file), 12)
})

test('a socket that nobody answers behind is replaced, and goes at the stop', async () => {
  await using world = await FakeWorld.create()
  const net = await world.start()
  const tmpDir = join(world.folder, 'run')
  await writeFile(controlSocketPath(tmpDir), '')
  await chmod(controlSocketPath(tmpDir), 0o666)
  const options = { net, kernel: world.kernel, logger: recordingLogger([]), tmpDir, controlGroup: OWN_GROUP }
  const server = await ControlServer.start(options)
  assert.is((await ask({ socketPath: controlSocketPath(tmpDir) }, { method: 'GET', path: '/v1/status' })).status, 200)
  await server.stop()
  assert.not.ok(existsSync(controlSocketPath(tmpDir)))
})

test('a socket that somebody answers behind is left alone', async () => {
  await using world = await FakeWorld.create()
  const net = await world.start()
  const tmpDir = join(world.folder, 'run')
  const other = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => other.listen(controlSocketPath(tmpDir), resolve))
  const options = { net, kernel: world.kernel, logger: recordingLogger([]), tmpDir }
  const error = await rejection(ControlServer.start(options))
  assert.is((error as { code?: string }).code, 'ERR_ALREADY_RUNNING')
  assert.ok(other.listening)
  await new Promise((resolve) => other.close(resolve))
})

test('who is silent on its socket is named by the note beside it, unless that process has ended', async () => {
  await using world = await FakeWorld.create()
  const place = { path: join(world.folder, 'control'), privateDir: world.folder }
  const silent = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => silent.listen(place.path, resolve))
  try {
    const named = async (): Promise<string> => (await rejection(refuseSecond(place))).message
    assert.match(await named(), 'the process id unknown;')
    await noteListener(world.folder)
    assert.match(await named(), `the process id ${process.pid};`)
    // Beyond pid_max: nobody has it (proc(5)).
    for (const nobody of ['4194305\n', '-1\n', '0\n', '', 'x']) {
      await writeFile(join(world.folder, 'control.pid'), nobody)
      assert.match(await named(), 'the process id unknown;')
    }
  } finally {
    await new Promise((resolve) => silent.close(resolve))
  }
  await refuseSecond(place)
})

test('the note of a process id is there while the server is', async () => {
  await using world = await FakeWorld.create()
  const place = { path: join(world.folder, 'control'), privateDir: world.folder }
  const server = createHttpServer()
  try {
    await listenOnUnixSocket(server, { ...place, controlGroup: OWN_GROUP })
    assert.is(await readFile(join(world.folder, 'control.pid'), 'utf8'), `${process.pid}\n`)
    await removeUnixSocket(place)
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
  assert.not.ok(existsSync(join(world.folder, 'control.pid')))
})

test('a socket that cannot be put in its place leaves no server and no file behind', async () => {
  await using world = await FakeWorld.create()
  const privateDir = join(world.folder, 'private')
  const path = join(world.folder, 'control')
  // A file cannot be moved over a directory: the server listens already by then.
  for (const folder of [privateDir, path]) await mkdir(folder)
  const server = createHttpServer()
  const error = await rejection(listenOnUnixSocket(server, { path, privateDir, controlGroup: OWN_GROUP }))
  assert.is((error as { code?: string }).code, 'ERR_NOT_PERMITTED')
  assert.not.ok(server.listening)
  assert.equal(await readdir(privateDir), [])
})

test('a directory that is too deep for a socket is refused with the field', async () => {
  await using world = await FakeWorld.create()
  const tmpDir = join(world.folder, 'd'.repeat(100))
  const net = await world.start({ tmpDir })
  const error = await rejection(ControlServer.start({ net, kernel: world.kernel, logger: recordingLogger([]), tmpDir }))
  assert.is((error as { field?: string }).field, 'tmpDir')
})

test('nothing listens on TCP unless told so; then every request needs the token', async () => {
  {
    await using scene = await ControlScene.create()
    assert.is(scene.server.tcpPort, undefined)
  }
  await using scene = await ControlScene.create({}, { tcp: { host: '127.0.0.1', port: 0, token: TOKEN } })
  const port = scene.server.tcpPort ?? 0
  const status = async (authorization?: string): Promise<number> => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
    return (await ask({ host: '127.0.0.1', port }, { method: 'GET', path: '/v1/status', headers })).status
  }
  assert.is(await status(`Bearer ${TOKEN}`), 200)
  for (const wrong of [
    undefined,
    '',
    TOKEN,
    `Bearer ${TOKEN}a`,
    `Bearer ${'b'.repeat(32)}`,
    'Bearer ',
    `Basic ${TOKEN}`,
  ])
    assert.is(await status(wrong), 401, wrong)
  // The rights of the file speak for the unix socket.
  assert.is((await scene.ask('GET', '/v1/status')).status, 200)
})

test('a port without a token worth the name is refused, and nothing is left behind', async () => {
  await using world = await FakeWorld.create()
  const net = await world.start()
  const tmpDir = join(world.folder, 'run')
  const options = { net, kernel: world.kernel, logger: recordingLogger([]), tmpDir }
  // The header cannot carry the others: nobody would ever get in.
  for (const token of ['short', ' '.repeat(32), 'two words '.repeat(4), 'é'.repeat(32), `${TOKEN}\n`]) {
    const tcp = { host: '127.0.0.1', port: 0, token }
    const error = await rejection(ControlServer.start({ ...options, tcp }))
    assert.is((error as { field?: string }).field, 'token')
    assert.not(String(error).includes(token))
  }
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as { port: number }
  const busy = await rejection(ControlServer.start({ ...options, tcp: { host: '127.0.0.1', port, token: TOKEN } }))
  assert.is((busy as { field?: string }).field, 'listen')
  assert.not.ok(existsSync(controlSocketPath(tmpDir)))
  await new Promise((resolve) => taken.close(resolve))
})

test('tokens are compared by what takes constant time, always once and over as many octets', () => {
  const lengths: number[][] = []
  const equal = (a: NodeJS.ArrayBufferView, b: NodeJS.ArrayBufferView): boolean => {
    lengths.push([a.byteLength, b.byteLength])
    return timingSafeEqual(a, b)
  }
  const answers = [undefined, '', 'Bearer x', `Bearer ${TOKEN}`, `Bearer ${TOKEN}a`].map((header) =>
    isToken(header, TOKEN, equal),
  )
  assert.equal(answers, [false, false, false, true, false])
  assert.equal(lengths, Array(5).fill([32, 32]))
})

test.run()
