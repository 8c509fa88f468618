/** What goes wrong between a command and its daemon: names that lead elsewhere, a daemon that ends, rights that are missing. */

import { EventEmitter, once } from 'node:events'
import { chmodSync, chownSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ControlClient } from '../../../lib/cli/client.js'
import { groupName } from '../../../lib/control/index.js'
import { messageOf } from '../../../lib/errors.js'
import { cli } from '../../support/cli-run.js'
import { ControlScene, STATIC } from '../../support/control-scene.js'
import { beginStream, withScriptedDaemon } from '../../support/scripted-daemon.js'

type Run = (args: readonly string[]) => ReturnType<typeof cli>

async function within(work: (run: Run, scene: ControlScene) => Promise<void>): Promise<void> {
  await using scene = await ControlScene.create()
  await work((args) => cli(args, { socket: scene.socketPath }), scene)
}

const CONFIG = JSON.stringify(STATIC)
const APPLY = ['apply', JSON.stringify({ eth0: STATIC }), '--confirm-within', '60']

test('path tricks in interface names are refused by the name, whatever the command, and reach nothing', () =>
  within(async (run, { net }) => {
    const names = ['..', '.', '../../etc', '%2e%2e', 'a\0b', 'a\nb', 'e'.repeat(300), '', 'eth%d']
    for (const name of names) {
      const changes = JSON.stringify({ [name]: STATIC })
      for (const args of [
        ['configure', name, CONFIG],
        ['deconfigure', name],
        ['plan', name, CONFIG],
        ['scan', name],
        ['apply', changes, '--confirm-within', '9'],
        ['ping', '192.0.2.1', '-I', name],
      ]) {
        const { status, error } = await run(args)
        assert.is(status, 1, JSON.stringify(args))
        assert.match(error, /interface name|ERR_INVALID_INTERFACE_NAME|ERR_NO_SUCH_INTERFACE/, JSON.stringify(args))
        assert.is(error.split('\n').length, 2, error)
      }
    }
    assert.equal(net.configuredInterfaces(), [])
  }))

test('a daemon that ends before its answer is said to have ended; what becomes of a change is said too', async () => {
  // A stream of changes is served; everything else ends as by SIGKILL.
  const answer: RequestListener = ({ url, socket }, response) => {
    if (url?.startsWith('/v1/changes') === true) beginStream(response)
    else socket.destroy()
  }
  await withScriptedDaemon(answer, async (socket) => {
    const info = await cli(['info'], { socket })
    assert.is(info.status, 1)
    assert.match(info.error, 'the connection broke before the answer was there, as when the daemon ends')
    const apply = await cli(APPLY, { socket })
    assert.is(apply.status, 1)
    assert.match(apply.error, 'the daemon has ended: its next start rolls back what was not confirmed')
  })
})

test('a daemon that says nothing, or stops in the midst of it, is not waited for for ever', async () => {
  const answer: RequestListener = ({ url }, response) => {
    if (url === '/v1/links') response.write('{ "links": ')
  }
  await withScriptedDaemon(answer, async (socket) => {
    const client = new ControlClient(socket, { answerWithinMs: 50 })
    for (const path of ['/v1/findings', '/v1/links']) {
      const told = await client.json('GET', path).catch(messageOf)
      assert.is(told, `${socket}: the daemon has not answered within 0.05 s; it still has the socket`)
    }
    const stream = client.events('/v1/changes', new AbortController().signal)[Symbol.asyncIterator]()
    assert.match(await stream.next().then(String, messageOf), 'has not answered within 0.05 s')
  })
})

test('a stream without signs of life ends with a word; with them it may tell nothing for as long as it likes', async () => {
  const HEARTBEAT_MS = 100
  let heartbeats: NodeJS.Timeout | undefined
  const answer: RequestListener = ({ url }, response) => {
    beginStream(response)
    if (url !== '/v1/changes') return
    heartbeats = setInterval(() => response.write(': alive\n\n'), HEARTBEAT_MS / 2)
    setTimeout(() => response.end('event: late\ndata: 1\n\n'), HEARTBEAT_MS * 7)
  }
  await withScriptedDaemon(answer, async (socket) => {
    const client = new ControlClient(socket, { heartbeatMs: HEARTBEAT_MS })
    const heard = async (path: string): Promise<string[]> => {
      const names: string[] = []
      for await (const { event } of client.events(path, new AbortController().signal)) names.push(event)
      return names
    }
    assert.equal(await heard('/v1/changes'), ['snapshot', 'late'])
    clearInterval(heartbeats)
    const told = await heard('/v1/changes?pattern=x').then(String, messageOf)
    assert.is(told, `${socket}: the daemon has not answered within 0.4 s; it still has the socket`)
  })
})

test('a stream that nobody reads for a while has missed nothing, and a refusal of one has its deadline', async () => {
  const HEARTBEAT_MS = 50
  const answer: RequestListener = ({ url }, response) => {
    if (url === '/v1/changes') {
      beginStream(response)
      setTimeout(() => response.end('event: late\ndata: 1\n\n'), HEARTBEAT_MS * 6.5)
      return
    }
    response.writeHead(503)
    response.write('{')
  }
  await withScriptedDaemon(answer, async (socket) => {
    const client = new ControlClient(socket, { heartbeatMs: HEARTBEAT_MS, answerWithinMs: 200 })
    const stream = client.events('/v1/changes', new AbortController().signal)[Symbol.asyncIterator]()
    await stream.next()
    await new Promise((resolve) => setTimeout(resolve, HEARTBEAT_MS * 6))
    assert.is((await stream.next()).value?.event, 'late')
    assert.ok((await stream.next()).done)
    const refused = client.events('/v1/none', new AbortController().signal)[Symbol.asyncIterator]()
    assert.match(await refused.next().then(String, messageOf), 'has not answered within 0.2 s')
  })
})

test('who interrupts a command that waits for the daemon is not kept waiting', async () => {
  const begun = new EventEmitter()
  const answer: RequestListener = () => void begun.emit('asked')
  await withScriptedDaemon(answer, async (socket) => {
    for (const args of [
      ['ping', '192.0.2.1'],
      ['watch', '--json'],
    ]) {
      const signals = new EventEmitter()
      const asked = once(begun, 'asked')
      const ended = cli(args, { socket, signals })
      await asked
      signals.emit('SIGINT')
      const { error } = await ended
      assert.is(error, '', args.join(' '))
      assert.is(signals.listenerCount('SIGINT'), 0)
    }
  })
})

test('a question that is no GET has its deadline too, behind what its work may take', async () => {
  await withScriptedDaemon(
    () => undefined,
    async (socket) => {
      const client = new ControlClient(socket, { answerWithinMs: 20 })
      const told = await client.json('POST', '/v1/ping', {}, { workMs: 30 }).catch(messageOf)
      assert.is(told, `${socket}: the daemon has not answered within 0.05 s; it still has the socket`)
    },
  )
})

test('a socket that this user may not write to is said to be so', () =>
  within(async (run, { world, socketPath }) => {
    await chmod(world.folder, 0o755)
    await chmod(join(world.folder, 'run'), 0o711)
    await chmod(socketPath, 0o000)
    // Rights do not hold root: then it is somebody else for the moment.
    const isRoot = process.getuid?.() === 0
    const asRoot = (work: () => void): void => {
      if (isRoot) process.seteuid?.(0)
      work()
      if (isRoot) process.seteuid?.(65_534)
    }
    if (isRoot) process.seteuid?.(65_534)
    try {
      const closed = await run(['info'])
      assert.is(closed.status, 1)
      assert.match(
        closed.error,
        `${socketPath}: not permitted: be root, or the daemon's own user; its option controlGroup`,
      )
      // Some group that nobody is in; for a user who owns the file his own does: the owner's rights go first.
      const group = isRoot ? 4_242 : (process.getgid?.() ?? 0)
      asRoot(() => {
        if (isRoot) chownSync(socketPath, 0, group)
        chmodSync(socketPath, 0o060)
      })
      const { status, error } = await run(['info'])
      assert.is(status, 1)
      assert.match(error, `not permitted: be root, or a member of the group ${await groupName(group)}`)
      asRoot(() => chmodSync(world.folder, 0o700))
      assert.match((await run(['info'])).error, 'not permitted: this user may not enter its directory')
    } finally {
      if (isRoot) process.seteuid?.(0)
    }
  }))

test.run()
