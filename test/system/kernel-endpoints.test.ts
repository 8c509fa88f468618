/** What the engine knows beside rtnetlink, through `vintage-net/kernel`: TCP sockets, uevents, unix datagrams. */

import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../lib/errors.js'
import type { DatagramListener, Kernel, KernelChange } from '../../lib/kernel/kernel.js'
import { openKernel } from '../../lib/kernel/native-kernel.js'
import type { TcpSocket } from '../../lib/kernel/sockets.js'
import { freshNamespace } from '../support/world.js'

/** It answers at once, or never. */
const FAR_END_LIMIT_MS = 10_000
const MAX_LOOKS = 50

const silent: DatagramListener = { message: () => undefined, end: () => undefined }

/** What one endpoint hears, one after the other. */
class Heard implements DatagramListener {
  readonly #waiting: ((text: string) => void)[] = []
  readonly #texts: string[] = []

  message(bytes: Uint8Array, truncated: boolean): void {
    this.#take(`${new TextDecoder().decode(bytes)}${truncated ? ' (cut)' : ''}`)
  }

  end(): void {
    this.#take('end')
  }

  next(): Promise<string> {
    const text = this.#texts.shift()
    return text === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(text)
  }

  #take(text: string): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#texts.push(text)
    else waiting(text)
  }
}

async function withKernel(work: (kernel: Kernel) => Promise<void>): Promise<void> {
  const kernel = await openKernel()
  try {
    await work(kernel)
  } finally {
    await kernel.close()
  }
}

test('a listener of this process is among the TCP sockets, by its port and its state', async () => {
  await freshNamespace() // enters the world, in which this process alone listens
  await withKernel(async (kernel) => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { readonly port: number }
    const [found, ...others] = await kernel.sockets({ states: ['listen'], localPort: port })
    assert.equal(others, [])
    assert.equal([found?.localAddress, found?.localPort, found?.state], ['127.0.0.1', port, 'listen'])
    assert.equal(await kernel.sockets({ states: ['established'], localPort: port }), [])
    server.close()
  })
})

/** One connection of the loopback, as iproute2 shows it: words, then `name:value` pairs. */
async function asSsTells(localPort: number): Promise<{ words: string[]; values: Map<string, string> }> {
  const { stdout } = await execa('ss', ['-H', '-t', '-i', '-e', '-n', '-O', 'sport', '=', `:${localPort}`])
  const words = stdout.trim().split(/\s+/)
  const pairs = words.map((word): [string, string] => {
    const colon = word.indexOf(':')
    return [word.slice(0, colon), word.slice(colon + 1)]
  })
  return { words, values: new Map(pairs) }
}

/** Both views of one moment: an acknowledgement may still be on its way, so ours must be the same before and behind the other. */
async function atRest(
  look: () => Promise<TcpSocket | undefined>,
  localPort: number,
): Promise<{ ours: TcpSocket | undefined; words: string[]; values: Map<string, string> }> {
  for (let attempt = 0; attempt < MAX_LOOKS; attempt += 1) {
    const ours = await look()
    const other = await asSsTells(localPort)
    const { traffic } = (await look()) ?? {}
    if (traffic?.segsIn === ours?.traffic?.segsIn && traffic?.segsOut === ours?.traffic?.segsOut)
      return { ours, ...other }
  }
  throw new Error('the connection does not come to rest')
}

test('a connection is as iproute2 tells of it, bytes and segments too', async () => {
  await freshNamespace()
  await withKernel(async (kernel) => {
    const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { readonly port: number }
    const client = connect(port, '127.0.0.1')
    client.write('x'.repeat(1_000))
    let echoed = 0
    while (echoed < 1_000) echoed += ((await once(client, 'data')) as [Buffer])[0].length
    const localPort = client.localPort ?? 0
    const { ours, words, values } = await atRest(async () => {
      const [ours, ...others] = await kernel.sockets({ localPort, remotePort: port })
      assert.equal(others, [])
      return ours
    }, localPort)
    assert.is(ours?.state, 'established')
    const ends = [`${ours?.localAddress}:${ours?.localPort}`, `${ours?.remoteAddress}:${ours?.remotePort}`]
    assert.equal(words.slice(0, 5), ['ESTAB', String(ours?.receiveQueueBytes), String(ours?.sendQueueBytes), ...ends])
    assert.is(values.get('ino'), String(ours?.inode))
    assert.is(ours?.uid, 0, 'which ss leaves out')
    const { bytesAcked, bytesReceived, segsIn, segsOut } = ours?.traffic ?? {}
    assert.equal(
      ['bytes_acked', 'bytes_received', 'segs_in', 'segs_out'].map((name) => values.get(name)),
      [bytesAcked, bytesReceived, segsIn, segsOut].map(String),
    )
    assert.is(bytesReceived, 1_000)
    client.destroy()
    server.close()
  })
})

/** The far end, as wpa_supplicant's control socket is: bound, connected to nobody; answers in capitals until it is told to end. */
const FAR_END = `import socket, sys
far = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
far.bind(sys.argv[1])
print('ready', flush=True)
while True:
    data, name = far.recvfrom(65536)
    if data == b'end': break
    far.sendto(data.upper(), name)
`

test('an endpoint talks to its peer, and is told when the peer is gone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vintage-net-'))
  const [local, peer] = [join(folder, 'local'), join(folder, 'peer')]
  await withKernel(async (kernel) => {
    const absent = await kernel.openDatagram({ local, peer }, silent).catch((error: unknown) => error)
    assert.ok(isNetworkError(absent, 'ERR_KERNEL_REFUSED'), 'nobody is behind the peer yet')
    const far = execa('python3', ['-c', FAR_END, peer], { timeout: FAR_END_LIMIT_MS, buffer: false })
    await once(far.stdout, 'data')
    const heard = new Heard()
    const endpoint = await kernel.openDatagram({ local, peer }, heard)
    await endpoint.send(new TextEncoder().encode('ping'))
    assert.is(await heard.next(), 'PING')
    await endpoint.send(new TextEncoder().encode('end'))
    await far
    const refused = await endpoint.send(new TextEncoder().encode('ping')).catch((error: unknown) => error)
    assert.ok(isNetworkError(refused, 'ERR_KERNEL_REFUSED'), String(refused))
    assert.is(await heard.next(), 'end')
    await endpoint.close()
    assert.equal(await readdir(folder), ['peer'], 'the name of the endpoint went with it')
  })
  await rm(folder, { recursive: true })
})

test('a link that comes is told as a uevent to who follows them, and to nobody else', async () => {
  const namespace = await freshNamespace()
  const [following, other] = [
    await openKernel({ netns: namespace.path, follow: ['uevents'] }),
    await openKernel({ netns: namespace.path }),
  ]
  const told: KernelChange[] = []
  other.subscribe((changes) => told.push(...changes))
  const uevent = new Promise<KernelChange>((resolve) => {
    following.subscribe((changes) => {
      const found = changes.find((change) => change.type === 'uevent' && change.ifname === 'v0')
      if (found !== undefined) resolve(found)
    })
  })
  await following.send([{ type: 'addLink', ifname: 'v0', kind: 'veth', peer: { ifname: 'v1' } }])
  const found = await uevent
  assert.equal(found.type === 'uevent' && [found.action, found.subsystem], ['add', 'net'])
  await other.links()
  assert.not.ok(told.some((change) => change.type === 'uevent'))
  await following.close()
  await other.close()
  await namespace.delete()
})

test.run()
