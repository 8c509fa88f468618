import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { maskPlan } from '../../../../lib/technology/mask-plan.js'
import type { InterfaceRoutes, Plan, Step } from '../../../../lib/technology/plan.js'
import { generateKeyPair, generatePresharedKey } from '../../../../lib/technology/wireguard/keys.js'
import { normalizeWireguard } from '../../../../lib/technology/wireguard/normalize.js'
import { planWireguard } from '../../../../lib/technology/wireguard/plan.js'

const test = suite('technology/wireguard/plan')

const { privateKey, publicKey } = generateKeyPair()
const presharedKey = generatePresharedKey()
const PEER = { publicKey, endpoint: 'vpn.example.net:51820', persistentKeepalive: 25 }
const CONFIG = { type: 'wireguard', privateKey, addresses: ['10.8.0.2/24', 'fd00::2'], peers: [PEER] }

const plan = (change: object = {}): Plan => planWireguard('wg0', normalizeWireguard({ ...CONFIG, ...change }))

/** What identifies a step to a reader. */
const names = (steps: readonly Step[]): string[] =>
  steps.map((step) => {
    if (step.type === 'call') return step.name
    return step.type === 'kernel' ? step.command.type : step.program
  })

function routesOf({ up }: Plan): InterfaceRoutes {
  const step = up.find((one) => one.type === 'call' && one.name === 'setRoutes')
  assert.ok(step?.type === 'call')
  return step.args as unknown as InterfaceRoutes
}

test('D5: the link, its device, addresses, routes and at last the MTU; all of it taken back', () => {
  const { up, down, upLimitMs, requires } = plan()
  assert.is(upLimitMs, 20_000)
  assert.equal(requires, [])
  assert.equal(up[0], { type: 'kernel', command: { type: 'addLink', ifname: 'wg0', kind: 'wireguard' } })
  assert.equal(up.at(-1), { type: 'kernel', command: { type: 'setLink', ifname: 'wg0', mtu: 1420 } })
  assert.equal(names(up), [
    'addLink',
    'wireguard-device',
    'replaceAddress',
    'replaceAddress',
    'setLink',
    'setRoutes',
    'clearNameServers',
    'setLink',
  ])
  assert.equal(up[2], {
    type: 'kernel',
    command: {
      type: 'replaceAddress',
      ifname: 'wg0',
      address: '10.8.0.2',
      prefixLength: 24,
      broadcast: '10.8.0.255',
      label: 'wg0',
      scope: 0,
      noPrefixRoute: true,
      protocol: 183,
    },
  })
  assert.equal(names(down), ['clearRoutes', 'clearNameServers', 'deleteAddress', 'deleteAddress', 'deleteLink'])
})

test('a default route overrides all others, for packets without the mark that the device gives its own', () => {
  const made = plan()
  assert.equal(routesOf(made), {
    addresses: [
      { address: '10.8.0.2', prefixLength: 24 },
      { address: 'fd00::2', prefixLength: 128 },
    ],
    routes: [
      { to: '0.0.0.0/0', overriding: true },
      { to: '::/0', overriding: true },
    ],
    metric: 5,
    exemptMark: 51_820,
    standing: true,
  })
  const device = made.up[1]
  assert.is((device as { args?: { fwmark?: number } }).args?.fwmark, 51_820)
  assert.is(routesOf(plan({ fwmark: 9, metric: 40 })).exemptMark, 9)
  assert.is(routesOf(plan({ fwmark: 0, metric: 40 })).exemptMark, 51_820)
  assert.is(routesOf(plan({ metric: 40 })).metric, 40)
})

test('a network behind the tunnel is a route like others; one that the peer itself lies in goes round it', () => {
  const peers = [{ publicKey, endpoint: '203.0.113.5:51820', allowedIps: ['10.9.0.0/16', '203.0.113.0/24'] }]
  const { routes, exemptMark, metric } = routesOf(plan({ peers }))
  assert.equal(routes, [{ to: '10.9.0.0/16' }, { to: '203.0.113.0/24', overriding: true }])
  assert.is(exemptMark, 51_820)
  const [plain] = [routesOf(plan({ peers: [{ ...peers[0], allowedIps: ['10.9.0.0/16'] }] }))]
  assert.equal(plain?.routes, [{ to: '10.9.0.0/16' }])
  assert.is(plain?.exemptMark, undefined)
  assert.is(metric, 5)
  assert.is(plain?.metric, undefined)
})

test('without routes of allowed IPs there are those of the addresses only', () => {
  assert.equal(routesOf(plan({ allowedIpRoutes: false })).routes, [])
})

test('name servers are handed over with their domain', () => {
  const step = plan({ dns: ['10.8.0.1'], domain: 'example.net' }).up.find(
    (one) => one.type === 'call' && one.name === 'setNameServers',
  )
  assert.equal(step?.type === 'call' && step.args, { domain: 'example.net', nameServers: ['10.8.0.1'] })
})

test('the watch over the peers knows no secret, and the masked plan shows none', () => {
  const made = plan({ peers: [{ ...PEER, presharedKey }] })
  const { connectivity } = made
  assert.ok(typeof connectivity === 'object' && connectivity.type === 'part')
  assert.equal(connectivity.args, {
    peers: [
      {
        publicKey,
        endpoint: { host: 'vpn.example.net', port: 51_820, literal: false },
        keepaliveSeconds: 25,
      },
    ],
    forbidden: [],
  })
  const text = JSON.stringify(maskPlan(made))
  assert.ok(JSON.stringify(made).includes(privateKey) && JSON.stringify(made).includes(presharedKey))
  assert.not.ok(text.includes(privateKey))
  assert.not.ok(text.includes(presharedKey))
})

test('what main sends into the tunnel cannot hold the far end', () => {
  const { connectivity } = plan({ peers: [{ ...PEER, allowedIps: ['10.9.0.0/16', '0.0.0.0/0'] }] })
  assert.equal(
    typeof connectivity === 'object' &&
      connectivity.type === 'part' &&
      (connectivity.args as { forbidden: unknown }).forbidden,
    ['10.9.0.0/16'],
  )
})

test.run()
