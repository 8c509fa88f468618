/** Routes into a tunnel on the real kernel, with a veth in the place of the tunnel; and a name that is asked for beside it. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Technology } from '../../lib/index.js'
import { addAddresses, makePlan, setRoutes } from '../../lib/technology/index.js'
import { eventually } from '../support/eventually.js'
import { NameServer } from '../support/lab/name-server.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

const NAME = 'vpn.example.com'
const [SERVER, FAR] = ['203.0.113.53', '203.0.113.2']
/** No router knows it. */
const BEYOND = '203.0.113.130'
const MARK = '51820'
const ADDRESS = { address: '10.8.0.2', prefixLength: 24 }

/** Takes everything, and tells where a name leads as soon as somebody knows. */
const pretender: Technology = {
  type: 'pretender',
  normalize: (config) => config,
  plan: (ifname, config) =>
    makePlan({
      ifname,
      type: 'pretender',
      source: config,
      up: [
        ...addAddresses(ifname, [ADDRESS]),
        { type: 'kernel', command: { type: 'setLink', ifname, up: true } },
        setRoutes({
          addresses: [ADDRESS],
          routes: [{ to: '0.0.0.0/0', overriding: true }],
          exemptMark: Number(MARK),
          standing: true,
        }),
      ],
      down: [{ type: 'kernel', command: { type: 'setLink', ifname, up: false } }],
      connectivity: {
        type: 'part',
        name: 'asker',
        args: null,
        start: async (_args, { clock, put, resolveOutside, setProblem }) => {
          const ask = (): void => {
            resolveOutside(NAME).then(
              ({ addresses }) => put(['answer'], addresses),
              (thrown: unknown) => {
                setProblem(String(thrown))
                timer = clock.setTimer(200, ask)
              },
            )
          }
          let timer = clock.setTimer(0, ask)
          return { [Symbol.asyncDispose]: async () => timer.cancel() }
        },
      },
    }),
}

test('everything but the marked, the near and the bound goes into the tunnel; names are asked for beside it', async () => {
  // Name servers are asked from this process.
  await using scene = await SystemScene.create({ here: true })
  const eth0 = await scene.uplink('eth0', 'none')
  await eth0.routerIp('address', 'add', `${SERVER}/32`, 'dev', 'lo')
  await using names = await NameServer.start({
    namespace: eth0.routerNamespace,
    address: SERVER,
    ttlSeconds: 5,
    hosts: {},
    folder: scene.folder,
    onFailure: ({ message }) => void scene.logs.push({ level: 'error', details: {}, message }),
  })
  await scene.lab.ip('link', 'add', 'tun0', 'type', 'veth', 'peer', 'name', 'tun1')
  await scene.lab.ip('link', 'set', 'dev', 'tun1', 'up')
  const ipv4 = { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1', nameServers: [SERVER] }
  const net = await scene.start({
    technologies: [pretender],
    config: { eth0: { type: 'ethernet', ipv4 } as never, tun0: { type: 'pretender' } },
  })
  const way = async (...to: string[]): Promise<string | undefined> =>
    (await scene.lab.ip<{ dev: string }>('route', 'get', ...to))[0]?.dev
  await net.until(['interface', 'eth0', 'connection'], 'internet', DEADLINE)
  await eventually('the tunnel takes over', async () => (await way(BEYOND)) === 'tun0')
  assert.is(await way(BEYOND, 'mark', MARK), 'eth0')
  assert.is(await way('192.0.2.1'), 'eth0')
  assert.is(await way(BEYOND, 'from', '192.0.2.2'), 'eth0')
  assert.is(await way(BEYOND, 'oif', 'eth0'), 'eth0')
  assert.is(net.get(['interface', 'tun0', 'connection']), 'disconnected', 'and it stands all the same')
  await net.until(['interface', 'tun0', 'reason'], (text) => /cannot resolve.*: 203/.test(String(text)), DEADLINE)

  await names.setHosts({ [NAME]: FAR })
  assert.equal(await net.until(['interface', 'tun0', 'answer'], (value) => value !== undefined, DEADLINE), [FAR])
  assert.ok(names.questions.some((question) => question.includes(NAME) && question.endsWith('from 192.0.2.2')))

  await scene.lab.ip('rule', 'delete', 'priority', '20003')
  await eventually('the rule is put back', async () => (await way(BEYOND)) === 'tun0')
  await net.stop()
  assert.is(await way(BEYOND).catch(() => undefined), undefined)
  assert.not.ok((await scene.rules()).some(({ priority }) => priority >= 10_000 && priority < 32_766))
})

test.run()
