/** The far end of a tunnel by its name, on a real kernel. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { wireguard } from '../../lib/index.js'
import { NameServer } from '../support/lab/name-server.js'
import { SystemScene } from '../support/system-scene.js'
import { BEYOND, FAR_ADDRESS, FAR_PORT, FarEnd, INSIDE } from '../support/wireguard-far-end.js'

/** An emulated machine takes its time. */
const DEADLINE = { deadlineMs: 90_000 }
const NAME = 'vpn.example.com'
const SERVER = '203.0.113.53'

const own = wireguard.generateKeyPair()
const at = (...path: string[]): string[] => ['interface', 'wg0', ...path]

test('a peer is found by its name, asked by way of the uplink while the tunnel takes everything', async () => {
  // Name servers are asked from this process.
  await using scene = await SystemScene.create({ here: true })
  const eth0 = await scene.uplink('eth0', 'none')
  const end = { name: `${scene.lab.name}-far`, uplinks: [eth0], peer: own.publicKey, folder: scene.folder }
  await using far = await FarEnd.create(end)
  await eth0.routerIp('address', 'add', `${SERVER}/32`, 'dev', 'lo')
  await using names = await NameServer.start({
    namespace: eth0.routerNamespace,
    address: SERVER,
    ttlSeconds: 5,
    hosts: {},
    folder: scene.folder,
    onFailure: ({ message }) => void scene.logs.push({ level: 'error', details: {}, message }),
  })
  const ipv4 = { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1', nameServers: [SERVER] }
  const peer = { publicKey: far.publicKey, endpoint: `${NAME}:${FAR_PORT}`, persistentKeepalive: 20 }
  const net = await scene.start({
    config: {
      eth0: { type: 'ethernet', ipv4 } as never,
      wg0: { type: 'wireguard', privateKey: own.privateKey, addresses: [`${INSIDE.own}/24`], peers: [peer] },
    },
  })
  await net.until(at('reason'), (text) => /cannot resolve vpn\.example\.com: 203/.test(String(text)), DEADLINE)
  assert.is((await scene.lab.ip<{ dev: string }>('route', 'get', BEYOND))[0]?.dev, 'wg0')
  await names.setHosts({ [NAME]: FAR_ADDRESS })
  await net.until(at('connection'), 'lan', DEADLINE)
  assert.is((await scene.lab.exec('ping', ['-c', '1', '-W', '5', BEYOND])).exitCode, 0)
  assert.ok(names.questions.some((question) => question.includes(NAME) && question.endsWith('from 192.0.2.2')))
})

test.run()
