// session.mjs NETNS FOLDER: what a user does first, told in lines of JSON. Run from a project that has vintage-net installed, by Node for
// whichever processor; the namespace has a link eth0 (down), an Internet behind 192.0.2.1, and 203.0.113.1 in it.
// QEMU's emulation of processes passes on what asks for links, addresses and routes, and refuses what asks for rules, neighbours and
// nexthop objects: so the kernel is followed in part, and the property table is that of an instance over the fake kernel.
// Behind the line `watching` it waits for eth0 to be set up by somebody else.

import { VintageNet } from 'vintage-net'
import { openKernel } from 'vintage-net/kernel'
import { FakeKernel } from 'vintage-net/testing'

const [netns, folder] = process.argv.slice(2)
const say = (name, value) => process.stdout.write(`${JSON.stringify({ name, value })}\n`)

const kernel = await openKernel({ netns, follow: ['addresses'] })
say('links', await kernel.links())

const before = kernel.mirror.linkByName('eth0')
const change = new Promise((resolve) => {
  const subscription = kernel.subscribe((changes) => {
    const found = changes.find(
      ({ type, ifname, operstate }) => type === 'link' && ifname === 'eth0' && operstate === 'up',
    )
    if (found === undefined) return
    subscription.unsubscribe()
    resolve(found)
  })
})
say('watching', true)
const states = ({ up, lowerUp, operstate }) => [up, lowerUp, operstate]
say('change', [states(before), states(await change)])

const results = await kernel.send([
  { type: 'addAddress', ifname: 'eth0', address: '192.0.2.9', prefixLength: 24 },
  { type: 'addRoute', family: 4, destination: '203.0.113.0/24', gateway: '192.0.2.1', ifname: 'eth0' },
  { type: 'addRoute', family: 4, destination: 'default', gateway: '198.51.100.77', ifname: 'eth0' },
])
say(
  'refusal',
  results.map((result) =>
    result === 'done' ? result : { code: result.code, errno: result.errno, message: result.message },
  ),
)
say(
  'addresses',
  (await kernel.addresses()).filter(({ family }) => family === 4),
)
say(
  'routes',
  (await kernel.routes({ table: 254 })).filter(({ family }) => family === 4),
)
const { outcome, errno } = await kernel.probe({ address: '203.0.113.1', port: 53, ifname: 'eth0', deadlineMs: 10_000 })
say('probe', { outcome, errno })
await kernel.close()

const fake = new FakeKernel()
fake.lab.addLink({ ifname: 'eth0', macAddress: '02:00:00:00:00:01' })
fake.lab.probes(() => ({ outcome: 'connected', ms: 1 }))
const net = await VintageNet.start({
  kernel: fake,
  tmpDir: `${folder}/run`,
  persistenceDir: `${folder}/saved`,
  resolvConf: `${folder}/resolv.conf`,
})
const config = {
  type: 'ethernet',
  ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1', nameServers: ['192.0.2.53'] },
}
say('plan', net.plan('eth0', config))
await net.configure('eth0', config)
await net.until(['connection'], 'internet', { deadlineMs: 60_000 })
const timeless = (name, value) => (name.endsWith('Ms') ? 'TIME' : value)
say('properties', JSON.parse(JSON.stringify(net.getByPrefix([]), timeless)))
await net.stop()
say('done', true)
