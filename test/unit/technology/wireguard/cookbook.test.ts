/** Every recipe of docs/cookbook/wireguard.md, run as it stands there. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { WireguardDevice } from '../../../../lib/kernel/messages.js'
import { encodeKey } from '../../../../lib/technology/wireguard/keys.js'
import * as wireguard from '../../../../lib/technology/wireguard/quick.js'
import type { VintageNet } from '../../../../lib/vintage-net.js'
import { eventually } from '../../../support/eventually.js'
import { FakeWorld } from '../../../support/fake-instance.js'
import { type Recipe, recipesOf, runRecipe } from '../../../support/recipes.js'
import { sourceFiles } from '../../../support/source-files.js'

const test = suite('technology/wireguard/cookbook')

const [page] = sourceFiles(/^docs\/cookbook\/wireguard\.md$/)
const RECIPES = recipesOf(page?.text ?? '')
const PEER = 'EzTjxjEdWssw/cuRyCwdIUR/yQpQEB2dvkQ3aiaW7kA='
const tried = new Set<string>()

interface Cooking {
  readonly world: FakeWorld
  readonly net: VintageNet
  readonly printed: readonly string[]
  /** The recipe as it runs. */
  readonly running: Promise<void>
  device(): Promise<WireguardDevice>
}

/** A test of one recipe; what it waits for is done by `work`. `change` is for what the page names of another machine. */
function recipe(
  title: string,
  work: (cooking: Cooking) => Promise<void>,
  change: (recipe: Recipe, world: FakeWorld) => Promise<Recipe> = async (given) => given,
): void {
  tried.add(title)
  test(title, async () => {
    const found = RECIPES.find((one) => one.title === title)
    assert.ok(found !== undefined, `the page has no recipe ${title}`)
    await using world = await FakeWorld.create()
    world.kernel.lab.addLink({ ifname: 'eth0' })
    const net = await world.start()
    await net.configure('eth0', {
      type: 'ethernet',
      ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1' },
    })
    const printed: string[] = []
    const print = (...values: unknown[]): void => void printed.push(values.join(' '))
    const running = runRecipe(await change(found, world), { net, wireguard, console: { log: print } })
    running.catch(() => undefined)
    const device = () => world.kernel.wireguardDevice({ ifname: 'wg0' })
    await Promise.race([running, net.until(['interface', 'wg0', 'state'], 'configured')])
    await work({ world, net, printed, running, device })
    await running
  })
}

const keysOf = ({ peers }: WireguardDevice): string[] => peers.map(({ publicKey }) => encodeKey(publicKey)).sort()

recipe('Make keys', async ({ net, printed, running, device }) => {
  await running
  await net.until(['interface', 'wg0', 'state'], 'configured')
  const { publicKey } = await device()
  assert.equal(printed, [`the others need ${encodeKey(publicKey ?? new Uint8Array())}`])
})

recipe('Reach a network at home', async ({ world, net, printed, running, device }) => {
  await net.until(['interface', 'wg0', 'state'], 'configured')
  assert.equal(keysOf(await device()), [PEER])
  const routes = world.kernel.mirror.routes({ protocol: 183 }).map(({ destination }) => destination)
  assert.ok(routes.includes('192.168.7.0/24'))
  assert.equal(printed, [])
  world.kernel.lab.hearPeer('wg0', PEER, { lastHandshakeMs: world.clock.wallMs() })
  await world.during(running)
  assert.equal(printed, ['at home'])
})

recipe('Send everything through the tunnel', async ({ world, net, running, device }) => {
  await running
  await net.until(['interface', 'wg0', 'state'], 'configured')
  assert.is((await device()).fwmark, 51_820)
  await eventually('the routes stand', () => world.kernel.mirror.rules({ protocol: 183 }).length === 7)
  const families = world.kernel.mirror.rules({ protocol: 183 }).flatMap(({ family, mark }) => (mark ? [family] : []))
  assert.equal(families.sort(), [4, 6])
  await eventually('its server is asked first', () => JSON.stringify(net.get(['name_servers'])).includes('10.8.0.1'))
})

recipe('Be the far end', async ({ net, running, device }) => {
  await running
  await net.until(['interface', 'wg0', 'state'], 'configured')
  const { listenPort, peers } = await device()
  assert.is(listenPort, 51_820)
  assert.equal(
    peers.map(({ allowedIps }) => allowedIps.length),
    [1, 2],
  )
})

recipe(
  'See who is there',
  async ({ world, net, printed }) => {
    await net.until(['interface', 'wg0', 'state'], 'configured')
    world.kernel.lab.hearPeer('wg0', PEER, { lastHandshakeMs: world.clock.wallMs(), rxBytes: 92 })
    await world.during(eventually('it is told', () => printed.some((line) => line.endsWith(' 92'))))
    assert.ok(printed.every((line) => line.startsWith('EzTjxjEd ')))
  },
  async ({ title, code }) => {
    const [home] = RECIPES.filter((one) => one.title === 'Send everything through the tunnel')
    return { title, code: `${home?.code}${code}` }
  },
)

const FILE = `[Interface]
PrivateKey = KDsE9zBCh1XcbLFFpJvLjc6FOuQzDt55/y9pglJOQnA=
Address = 10.8.0.2/24
PostUp = true
[Peer]
PublicKey = ${PEER}
AllowedIPs = 10.9.0.0/16
`

recipe(
  'Take over a file of wg-quick',
  async ({ net, printed, running, device }) => {
    await running
    await net.until(['interface', 'wg0', 'state'], 'configured')
    assert.equal(printed, ['line 4: PostUp: commands are not run'])
    assert.equal(keysOf(await device()), [PEER])
  },
  async ({ title, code }, world) => {
    const path = join(world.folder, 'wg0.conf')
    await writeFile(path, FILE)
    return { title, code: code.replace('/etc/wireguard/wg0.conf', path) }
  },
)

test('every recipe of the page is tried', () => {
  assert.equal(
    RECIPES.map(({ title }) => title).filter((title) => !tried.has(title)),
    [],
  )
})

test.run()
