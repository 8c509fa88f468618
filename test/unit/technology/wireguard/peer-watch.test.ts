// The watch over the peers, over a fake kernel and simulated time.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { NetworkError } from '../../../../lib/errors.js'
import type { SetWireguardDevice } from '../../../../lib/kernel/messages.js'
import type { Json, PartContext, ResolvedName } from '../../../../lib/technology/plan.js'
import { generateKeyPair } from '../../../../lib/technology/wireguard/keys.js'
import { type PeerProperty, startPeerWatch } from '../../../../lib/technology/wireguard/peer-watch.js'
import { FakeKernel } from '../../../../lib/testing/fake-kernel.js'
import { SimulatedClock } from '../../../../lib/testing/simulated-clock.js'
import { partContext } from '../../../support/part-context.js'

const test = suite('technology/wireguard/peer-watch')

const own = generateKeyPair()
const { publicKey } = generateKeyPair()
const second = generateKeyPair().publicKey
const octets = (key: string): Buffer => Buffer.from(key, 'base64')
const LITERAL = { host: '192.0.2.1', port: 51_820, literal: true }
const NAMED = { host: 'vpn.example.net', port: 51_820, literal: false }

class Scene implements AsyncDisposable {
  readonly clock = new SimulatedClock()
  readonly kernel = new FakeKernel({ clock: this.clock })
  readonly properties = new Map<string, unknown>()
  readonly connections: string[] = []
  readonly asked: string[] = []
  readonly #ending = new AbortController()
  answer: ResolvedName | NetworkError = { addresses: ['192.0.2.7', '2001:db8::7'], ttlMs: 300_000 }
  problem: string | undefined
  setWatched: (watched: boolean) => void = () => undefined
  setWays: (value: unknown) => void = () => undefined
  #part: AsyncDisposable | undefined

  static async create(peers: readonly object[], forbidden: readonly string[] = []): Promise<Scene> {
    const scene = new Scene()
    await scene.kernel.send([
      { type: 'addLink', ifname: 'wg0', kind: 'wireguard' },
      {
        type: 'setWireguardDevice',
        ifname: 'wg0',
        privateKey: octets(own.privateKey),
        listenPort: 5_000,
        peers: [{ publicKey: octets(publicKey) }, { publicKey: octets(second) }],
      },
      { type: 'setLink', ifname: 'wg0', up: true },
    ])
    scene.kernel.lab.sent.length = 0
    scene.#part = await startPeerWatch({ peers, forbidden } as unknown as Json, scene.#context())
    await scene.clock.advance(0)
    return scene
  }

  #context(): PartContext {
    const { clock, kernel } = this
    return partContext(
      { ifname: 'wg0', clock, kernel, signal: this.#ending.signal },
      {
        put: (path, value) => void this.properties.set(path.join('/'), value),
        delete: (path) => void this.properties.delete(path.join('/')),
        setConnection: (connection) => void this.connections.push(connection),
        setProblem: (text) => {
          this.problem = text
        },
        resolveOutside: async (name) => {
          this.asked.push(name)
          if (this.answer instanceof NetworkError) throw this.answer
          return this.answer
        },
        watched: (path, listener) => {
          assert.equal(path, ['wireguard'])
          this.setWatched = listener
          listener(false)
          return { unsubscribe: () => undefined }
        },
        observe: (path, listener) => {
          assert.equal(path, ['available_interfaces'])
          this.setWays = listener
          listener(['eth0'])
          return { unsubscribe: () => undefined }
        },
      },
    )
  }

  /** What the watch has set since it was asked last, as 'endpoint keepalive'. */
  sent(): string[] {
    return this.kernel.lab.sent.splice(0).flatMap((command) =>
      ((command as SetWireguardDevice).peers ?? []).map(({ endpoint, keepaliveSeconds, updateOnly }) => {
        assert.is(updateOnly, true)
        return `${endpoint === undefined ? '-' : `${endpoint.address}:${endpoint.port}`} ${keepaliveSeconds}`
      }),
    )
  }

  handshake(key = publicKey): void {
    this.kernel.lab.hearPeer('wg0', key, { lastHandshakeMs: this.clock.wallMs(), rxBytes: 92, txBytes: 148 })
  }

  get peers(): readonly PeerProperty[] | undefined {
    return this.properties.get('wireguard/peers') as readonly PeerProperty[] | undefined
  }

  async end(): Promise<void> {
    this.#ending.abort()
    await this.#part?.[Symbol.asyncDispose]()
    this.#part = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end()
    await this.kernel.close()
  }
}

const literal = { publicKey, endpoint: LITERAL, keepaliveSeconds: 0 }
const named = { publicKey, endpoint: NAMED, keepaliveSeconds: 25 }

test('a peer is asked at once, and again every 30 s while it does not answer; without a keepalive of its own it keeps none', async () => {
  await using scene = await Scene.create([literal])
  assert.equal(scene.sent(), ['192.0.2.1:51820 0', '- 25', '- 0'])
  await scene.clock.advance(29_000)
  assert.equal(scene.sent(), [])
  await scene.clock.advance(6_000)
  assert.equal(scene.sent(), ['192.0.2.1:51820 0', '- 25', '- 0'])
  assert.is((await scene.kernel.wireguardDevice({ ifname: 'wg0' })).peers[0]?.keepaliveSeconds, 0)
})

test('its handshake makes the connection, which lasts as long as its keys and one answer', async () => {
  await using scene = await Scene.create([literal])
  assert.equal(scene.connections, ['disconnected'])
  await scene.clock.advance(3_000)
  scene.handshake()
  await scene.clock.advance(1_000)
  assert.equal(scene.connections, ['disconnected', 'lan'])
  scene.sent()
  await scene.clock.advance(178_000)
  assert.equal(scene.sent(), [])
  await scene.clock.advance(2_000)
  assert.equal(scene.sent(), ['- 0', '- 25', '- 0'], 'an idle peer is asked where it is')
  await scene.clock.advance(13_000)
  assert.equal(scene.connections, ['disconnected', 'lan'])
  await scene.clock.advance(3_000)
  assert.equal(scene.connections, ['disconnected', 'lan', 'disconnected'])
  assert.match(scene.problem ?? '', /^peer .{8}… at 192\.0\.2\.1:51820 does not answer$/)
  scene.handshake()
  await scene.clock.advance(5_000)
  assert.equal(scene.connections, ['disconnected', 'lan', 'disconnected', 'lan'])
  assert.is(scene.problem, undefined)
})

test('an idle peer that answers stays connected', async () => {
  await using scene = await Scene.create([literal])
  for (let minutes = 0; minutes < 30; minutes += 3) {
    scene.handshake()
    await scene.clock.advance(181_000)
  }
  assert.equal(scene.connections, ['disconnected', 'lan'])
})

test('one peer of several is enough; one without an endpoint comes by itself, and is no problem', async () => {
  const guest = { publicKey: second, keepaliveSeconds: 0 }
  await using scene = await Scene.create([guest])
  assert.equal(scene.sent(), [])
  await scene.clock.advance(60_000)
  assert.is(scene.problem, undefined)
  scene.handshake(second)
  await scene.clock.advance(5_000)
  assert.equal(scene.connections, ['disconnected', 'lan'])
})

test('a name is resolved, and its next address is tried when the first does not answer', async () => {
  await using scene = await Scene.create([named])
  assert.equal(scene.asked, ['vpn.example.net'])
  assert.equal(scene.sent(), ['192.0.2.7:51820 0', '- 25'])
  await scene.clock.advance(35_000)
  assert.equal(scene.sent(), ['2001:db8::7:51820 0', '- 25'])
  assert.equal(scene.asked, ['vpn.example.net', 'vpn.example.net'])
})

test('a name that leads elsewhere after its time moves a peer that answers; one that does not change moves nobody', async () => {
  await using scene = await Scene.create([named])
  const talk = async (minutes: number): Promise<void> => {
    for (let past = 0; past < minutes; past += 1) {
      scene.handshake()
      await scene.clock.advance(60_000)
    }
  }
  scene.sent()
  await talk(12)
  assert.ok(scene.asked.length >= 2 && scene.asked.length <= 4, `${scene.asked.length} questions`)
  assert.equal(scene.sent(), [])
  scene.answer = { addresses: ['203.0.113.9'], ttlMs: 300_000 }
  await talk(10)
  assert.equal(scene.sent(), ['203.0.113.9:51820 0', '- 25'])
  assert.equal(scene.connections, ['disconnected', 'lan'])
})

test('a name that cannot be resolved is a reason, is asked for again, and at once when the way out changes', async () => {
  const scene = await Scene.create([named])
  await using _scene = scene
  scene.answer = new NetworkError('ERR_NAME_NOT_RESOLVED', 'cannot resolve vpn.example.net: nobody knows it')
  await scene.clock.advance(36_000)
  assert.match(scene.problem ?? '', /nobody knows it/)
  const asked = scene.asked.length
  await scene.clock.advance(60_000)
  assert.ok(scene.asked.length > asked + 1)
  scene.sent()
  scene.answer = { addresses: ['192.0.2.8'], ttlMs: 60_000 }
  scene.setWays(['wlan0', 'wg0'])
  await scene.clock.advance(5_000)
  assert.ok(scene.sent().includes('192.0.2.8:51820 0'))
  assert.not.match(scene.problem ?? '', /nobody knows it/)
})

test('when the way out changes the endpoint is set anew, so that the kernel takes the new one; its own name does not count', async () => {
  await using scene = await Scene.create([literal])
  scene.handshake()
  await scene.clock.advance(2_000)
  scene.sent()
  scene.setWays(['eth0', 'wg0'])
  await scene.clock.advance(1_000)
  assert.equal(scene.sent(), [])
  scene.setWays(['wlan0', 'eth0', 'wg0'])
  await scene.clock.advance(1_000)
  assert.equal(scene.sent(), ['192.0.2.1:51820 0', '- 25', '- 0'])
})

test('a far end within what goes through the tunnel is refused with a reason', async () => {
  await using scene = await Scene.create([named], ['192.0.2.0/24'])
  assert.equal(scene.sent(), [])
  assert.match(scene.problem ?? '', /vpn\.example\.net \(192\.0\.2\.7\) lies in 192\.0\.2\.0\/24/)
})

test('transfer and ages are published only while somebody looks on', async () => {
  await using scene = await Scene.create([literal])
  assert.is(scene.properties.get('wireguard/public_key'), own.publicKey)
  assert.is(scene.properties.get('wireguard/listen_port'), 5_000)
  assert.is(scene.peers, undefined)
  scene.handshake()
  await scene.clock.advance(2_000)
  assert.is(scene.peers, undefined)
  scene.setWatched(true)
  await scene.clock.advance(1)
  const [entry] = scene.peers ?? []
  assert.equal(entry, { publicKey, endpoint: '192.0.2.1:51820', handshakeAgeSeconds: 2, rxBytes: 92, txBytes: 148 })
  await scene.clock.advance(5_000)
  assert.is(scene.peers?.[0]?.handshakeAgeSeconds, 7)
  scene.setWatched(false)
  assert.is(scene.peers, undefined)
  await scene.clock.advance(20_000)
  assert.is(scene.peers, undefined)
})

test('while all is well and nobody looks on, the device is left alone for minutes', async () => {
  await using scene = await Scene.create([literal])
  scene.handshake()
  await scene.clock.advance(2_000)
  let reads = 0
  const read = scene.kernel.wireguardDevice.bind(scene.kernel)
  scene.kernel.wireguardDevice = (link) => {
    reads += 1
    return read(link)
  }
  await scene.clock.advance(170_000)
  assert.is(reads, 0)
})

test('a link that is gone is waited for; nothing is left at the end', async () => {
  await using scene = await Scene.create([literal])
  scene.kernel.lab.foreign([{ type: 'deleteLink', ifname: 'wg0' }])
  await scene.clock.advance(60_000)
  await scene.end()
  assert.equal([...scene.properties.keys()], [])
  scene.sent()
  await scene.clock.advance(120_000)
  assert.equal(scene.sent(), [])
})

test.run()
