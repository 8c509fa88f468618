/** What clients can do to the daemon: too much at once, too long, or nothing at all. */

import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ServerSentEvent } from '../../../lib/cli/server-sent-events.js'
import { streamChanges } from '../../../lib/control/change-stream.js'
import { MAX_BODY_BYTES, MAX_CLIENT_COUNT, MAX_WATCHER_COUNT } from '../../../lib/control/limits.js'
import { ControlScene, STATIC } from '../../support/control-scene.js'
import { eventually } from '../../support/eventually.js'

const HUNDRED_MB = 100 * 1_048_576

test('a request of 100 MB is refused before it is read, and while it comes', async () => {
  await using scene = await ControlScene.create()
  const announced = await scene.json('PUT', '/v1/interfaces/eth0/configuration', ' '.repeat(MAX_BODY_BYTES + 1))
  assert.is(announced.status, 413)
  // In pieces, so that nothing says how much will come.
  const answer = await new Promise<{ status: number | undefined; sentBytes: number }>((resolve, reject) => {
    const piece = Buffer.alloc(65_536, 0x20)
    let sentBytes = 0
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
    const path = '/v1/interfaces/eth0/configuration'
    const outgoing = request(
      { socketPath: scene.socketPath, method: 'PUT', path, headers, agent: false },
      (response) => {
        resolve({ status: response.statusCode, sentBytes })
        outgoing.destroy()
      },
    )
    const more = (): void => {
      while (sentBytes < HUNDRED_MB && !outgoing.destroyed) {
        sentBytes += piece.length
        if (!outgoing.write(piece)) return void outgoing.once('drain', more)
      }
      outgoing.end()
    }
    outgoing.on('error', reject)
    more()
  })
  assert.is(answer.status, 413)
  assert.ok(answer.sentBytes < HUNDRED_MB / 2, `${answer.sentBytes}`)
  assert.is((await scene.ask('GET', '/v1/status')).status, 200)
})

test('of 1,000 clients those within the limit are served, the others are told to come back', async () => {
  await using scene = await ControlScene.create()
  const sockets: Socket[] = []
  const said: string[] = []
  for (let count = 0; count < 1_000; count += 1) {
    const socket = connect(scene.socketPath)
    socket.on('error', () => undefined)
    socket.setEncoding('utf8').on('data', (text: string) => said.push(text))
    sockets.push(socket)
  }
  await eventually(
    'all beyond the limit are closed',
    () => sockets.filter(({ closed }) => closed).length >= 1_000 - MAX_CLIENT_COUNT,
  )
  assert.ok(said.length > 0)
  assert.ok(said.every((text) => text.startsWith('HTTP/1.1 503') && text.includes('HTTP_TOO_MANY_CLIENTS')))
  const open = sockets.filter(({ closed }) => !closed)
  assert.is(open.length, MAX_CLIENT_COUNT)
  const [first] = open
  const answered = once(first as Socket, 'data')
  first?.write('GET /v1/status HTTP/1.1\r\nhost: localhost\r\n\r\n')
  assert.match(String((await answered)[0]), 'HTTP/1.1 200')
  assert.is(scene.world.logs.filter(({ message }) => message.includes('too many clients')).length, 1)
  for (const socket of open) socket.destroy()
  await eventually('there is room again', async () => {
    const { status } = await scene.ask('GET', '/v1/status').catch(() => ({ status: 0 }))
    return status === 200
  })
})

test('who fills the port, without a token, keeps nobody from the unix socket', async () => {
  await using scene = await ControlScene.create({}, { tcp: { host: '127.0.0.1', port: 0, token: 't'.repeat(32) } })
  const sockets: Socket[] = []
  for (let count = 0; count < MAX_CLIENT_COUNT + 1; count += 1) {
    const socket = connect(scene.server.tcpPort ?? 0, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.resume()
    sockets.push(socket)
  }
  await eventually('the port is full', () => sockets.some(({ closed }) => closed))
  assert.is((await scene.ask('GET', '/v1/status')).status, 200)
  for (const socket of sockets) socket.destroy()
})

test('a client that does not read its answer is not waited for, one that reads gets all of it', async () => {
  // More than the sockets of both sides can hold.
  const large = 'x'.repeat(HUNDRED_MB / 2)
  // Longer than a client may take nothing: the operation has its time.
  const text = () => new Promise<string>((resolve) => setTimeout(() => resolve(large), 400))
  const metrics = { contentType: 'text/plain', text }
  await using scene = await ControlScene.create({}, { metrics, answerLimitMs: 300 })
  assert.is((await scene.ask('GET', '/metrics')).text.length, HUNDRED_MB / 2)
  const hanging = connect(scene.socketPath)
  hanging.on('error', () => undefined)
  hanging.pause()
  hanging.write('GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  const dropped = 'a client was dropped: it took nothing of its answer for 300 ms'
  await eventually('it is dropped', () => scene.world.logs.some(({ message }) => message === dropped))
  let readBytes = 0
  hanging.on('data', (chunk: Uint8Array) => {
    readBytes += chunk.length
  })
  hanging.resume()
  await once(hanging, 'close')
  assert.ok(readBytes < HUNDRED_MB / 2, `${readBytes}`)
})

test('an operation has its time on a connection that has been answered before', async () => {
  const text = () => new Promise<string>((resolve) => setTimeout(() => resolve('a 1\n'), 400))
  const metrics = { contentType: 'text/plain', text }
  await using scene = await ControlScene.create({}, { metrics, answerLimitMs: 100 })
  const socket = connect(scene.socketPath)
  socket.on('error', () => undefined)
  let heard = ''
  socket.setEncoding('utf8').on('data', (piece: string) => {
    heard += piece
  })
  const get = (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
  get('/v1/status')
  await eventually('the first answer', () => heard.includes('"pid"'))
  get('/metrics')
  await eventually('the second answer', () => heard.includes('a 1\n'))
  socket.destroy()
})

test('no more clients watch than the limit says', async () => {
  await using scene = await ControlScene.create()
  const stop = new AbortController()
  const watchers = Array.from({ length: MAX_WATCHER_COUNT }, () =>
    scene.client.events('/v1/changes', stop.signal)[Symbol.asyncIterator](),
  )
  await Promise.all(watchers.map((watcher) => watcher.next()))
  const { status, body } = await scene.json('GET', '/v1/changes')
  assert.is(status, 503)
  assert.match(JSON.stringify(body), 'HTTP_TOO_MANY_WATCHERS')
  stop.abort()
  await eventually('there is room again', async () => {
    const one = new AbortController()
    for await (const _event of scene.client.events('/v1/changes', one.signal)) {
      one.abort()
      return true
    }
    return false
  })
})

async function collect(
  scene: ControlScene,
  path: string,
  until: (event: ServerSentEvent) => boolean,
): Promise<ServerSentEvent[]> {
  const stop = new AbortController()
  const events: ServerSentEvent[] = []
  for await (const event of scene.client.events(path, stop.signal)) {
    events.push(event)
    if (until(event)) break
  }
  stop.abort()
  return events
}

test('who watches gets a snapshot, then every change, and hears of the end', async () => {
  await using scene = await ControlScene.create()
  const watched = collect(scene, '/v1/changes?pattern=interface/eth0/state', ({ event }) => event === 'end')
  await scene.net.configure('eth0', STATIC)
  await scene.net.until(['interface', 'eth0', 'state'], 'configured')
  await scene.world.during(scene.net.stop())
  const events = await watched
  assert.is(events[0]?.event, 'snapshot')
  assert.is(events.at(-1)?.event, 'end')
  const told = events.flatMap(({ event, data }) =>
    event === 'change' ? ((data as { newValue?: string }).newValue ?? null) : [],
  )
  assert.ok(told.includes('configured') || JSON.stringify(events[0]).includes('configured'), JSON.stringify(events))
})

test('a client that watches and reads nothing is dropped with a word', async () => {
  // What the socket itself and the stream can hold must be full.
  const value = 'x'.repeat(65_536)
  const properties = { path: ['interface', 'eth0', 'fill'], oldValue: value, newValue: value }
  const metadata = { oldTimestamp: 0, newTimestamp: 0 }
  const server = createServer((_request, response) => {
    async function* flood() {
      for (let count = 0; count < 1_000; count += 1) yield { ...properties, metadata }
    }
    const fake = { changes: flood, getByPrefix: () => [] }
    const logger = { debug: log, info: log, warn: log, error: log }
    void streamChanges({ net: fake, pattern: [], response, logger, drainLimitMs: 50 })
  })
  const logged: string[] = []
  function log(_details: object, message: string): void {
    logged.push(message)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const hanging = connect(port, '127.0.0.1')
  hanging.on('error', () => undefined)
  hanging.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
  hanging.pause()
  await eventually('it is dropped', () => logged.length > 0)
  assert.match(logged[0] ?? '', 'took nothing for 50 ms')
  await new Promise((resolve) => server.close(resolve))
  hanging.destroy()
})

test.run()
