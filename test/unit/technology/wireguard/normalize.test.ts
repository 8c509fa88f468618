import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../../lib/errors.js'
import { generateKeyPair, generatePresharedKey } from '../../../../lib/technology/wireguard/keys.js'
import { normalizeWireguard } from '../../../../lib/technology/wireguard/normalize.js'

const test = suite('technology/wireguard/normalize')

const { privateKey, publicKey } = generateKeyPair()
const other = generateKeyPair().publicKey
const PEER = { publicKey, endpoint: 'vpn.example.net:51820', persistentKeepalive: 25 }
const CONFIG = { type: 'wireguard', privateKey, addresses: ['10.8.0.2/24', 'fd00::2'], peers: [PEER] }
const EVERYTHING = [
  { address: '0.0.0.0', prefixLength: 0 },
  { address: '::', prefixLength: 0 },
]

function normalize(config: unknown) {
  const warnings: string[] = []
  const normal = normalizeWireguard(config, { onWarning: (field, text) => void warnings.push(`${field} ${text}`) })
  return { normal, warnings }
}

function fieldOf(config: unknown): string | undefined {
  try {
    normalizeWireguard(config)
  } catch (thrown) {
    if (!isNetworkError(thrown, 'ERR_INVALID_CONFIG')) throw thrown
    assert.not.match(thrown.message, privateKey)
    return thrown.field
  }
  return undefined
}

test('D5: addresses get their lengths, peers everything as allowed IPs', () => {
  const { normal, warnings } = normalize(CONFIG)
  assert.equal(normal, {
    type: 'wireguard',
    privateKey,
    addresses: [
      { address: '10.8.0.2', prefixLength: 24 },
      { address: 'fd00::2', prefixLength: 128 },
    ],
    peers: [{ ...PEER, allowedIps: EVERYTHING }],
  })
  assert.equal(warnings, [])
})

test('normalizing twice changes nothing', () => {
  const full = {
    ...CONFIG,
    listenPort: 51_820,
    fwmark: 7,
    dns: ['10.8.0.1/32', '2001:DB8::1'],
    domain: 'example.net',
    mtu: 1380,
    metric: 4,
    allowedIpRoutes: false,
    teardownOnChange: true,
    addresses: ['10.8.0.2', { address: '2001:DB8::2', prefixLength: 64 }, { address: '10.8.0.3' }],
    peers: [
      { ...PEER, presharedKey: generatePresharedKey(), allowedIps: ['10.9.1.1/16', { address: '2001:db8:1::1' }] },
      { publicKey: other, presharedKeyFile: '/etc/peer.key', endpoint: '[2001:db8::9]:5000', allowedIps: [] },
    ],
  }
  const { normal } = normalize(full)
  assert.equal(normalize(normal).normal, normal)
  assert.equal(normalize(JSON.parse(JSON.stringify(normal))).normal, normal)
  assert.equal(normal.dns, ['10.8.0.1', '2001:db8::1'])
  assert.equal(normal.addresses, [
    { address: '10.8.0.2', prefixLength: 32 },
    { address: '2001:db8::2', prefixLength: 64 },
    { address: '10.8.0.3', prefixLength: 32 },
  ])
  assert.equal(normal.peers[0]?.allowedIps, [
    { address: '10.9.0.0', prefixLength: 16 },
    { address: '2001:db8:1::1', prefixLength: 128 },
  ])
})

test('D6: a keepalive out of its range is left out with a warning, one at its ends is kept', () => {
  for (const persistentKeepalive of [70_000, -1, '25', 1.5]) {
    const { normal, warnings } = normalize({ ...CONFIG, peers: [{ ...PEER, persistentKeepalive }] })
    assert.is(normal.peers[0]?.persistentKeepalive, undefined)
    assert.is(warnings.length, 1)
    assert.match(warnings[0] ?? '', /^peers\.0\.persistentKeepalive /)
  }
  for (const persistentKeepalive of [0, 65_535]) {
    const { normal, warnings } = normalize({ ...CONFIG, peers: [{ ...PEER, persistentKeepalive }] })
    assert.is(normal.peers[0]?.persistentKeepalive, persistentKeepalive)
    assert.equal(warnings, [])
  }
})

test('D6: an empty private key is refused by name; a port is kept', () => {
  assert.is(fieldOf({ ...CONFIG, privateKey: '' }), 'privateKey')
  assert.is(normalize({ ...CONFIG, listenPort: 51_820 }).normal.listenPort, 51_820)
})

test('what is no number, no list, no key is left out with a warning', () => {
  const odd = { ...CONFIG, fwmark: '0x1', listenPort: '1234', dns: '10.8.0.1', peers: [{ ...PEER, presharedKey: '' }] }
  const { normal, warnings } = normalize(odd)
  assert.equal(normal, normalize(CONFIG).normal)
  assert.equal(
    warnings.map((text) => text.split(' ')[0]),
    ['fwmark', 'listenPort', 'dns', 'peers.0.presharedKey'],
  )
})

test('a prefix of two peers is told: the last one has it', () => {
  const { warnings } = normalize({ ...CONFIG, peers: [PEER, { publicKey: other, allowedIps: ['0.0.0.0/0'] }] })
  assert.equal(warnings, ['peers.1.allowedIps 0.0.0.0/0 is taken from peers.0: it can be of one peer only'])
})

const cutKey = privateKey.slice(0, 43)
const wrong: readonly (readonly [string, object, string])[] = [
  ['no key', { privateKey: undefined }, 'privateKey'],
  ['a key that is too short', { privateKey: cutKey }, 'privateKey'],
  ['a key beside a file', { privateKeyFile: '/etc/wg.key' }, 'privateKey'],
  ['a file without a root', { privateKey: undefined, privateKeyFile: 'wg.key' }, 'privateKeyFile'],
  ['no addresses', { addresses: undefined }, 'addresses'],
  ['an address that is none', { addresses: ['10.8.0.300'] }, 'addresses.0'],
  ['a length that is too long', { addresses: ['10.8.0.2/33'] }, 'addresses.0'],
  ['an address that is everything', { addresses: ['10.8.0.2/0'] }, 'addresses.0'],
  ['an address twice', { addresses: ['10.8.0.2/24', '10.8.0.2/32'] }, 'addresses.1'],
  ['no peers', { peers: undefined }, 'peers'],
  ['a peer without a key', { peers: [{ endpoint: 'a:1' }] }, 'peers.0.publicKey'],
  ['a peer with half a key', { peers: [{ ...PEER, publicKey: cutKey }] }, 'peers.0.publicKey'],
  ['a preshared key that is none', { peers: [{ ...PEER, presharedKey: 'short' }] }, 'peers.0.presharedKey'],
  [
    'two preshared keys',
    { peers: [{ ...PEER, presharedKey: other, presharedKeyFile: '/k' }] },
    'peers.0.presharedKeyFile',
  ],
  ['a peer twice', { peers: [PEER, PEER] }, 'peers.1.publicKey'],
  ['an endpoint without a port', { peers: [{ ...PEER, endpoint: 'vpn.example.net' }] }, 'peers.0.endpoint'],
  ['an allowed IP that is none', { peers: [{ ...PEER, allowedIps: ['all'] }] }, 'peers.0.allowedIps.0'],
  ['a server that is none', { dns: ['ns.example.net'] }, 'dns.0'],
  ['a port beyond 65535', { listenPort: 65_536 }, 'listenPort'],
  ['an unknown key', { privatekey: 'x' }, 'privatekey'],
]
for (const [what, change, field] of wrong) {
  test(`refused by its field: ${what}`, () => {
    assert.is(fieldOf({ ...CONFIG, ...change }), field)
  })
}

test('what is no configuration at all is refused', () => {
  for (const config of [null, 5, 'wireguard', [], { type: 'wireguard', privateKey, addresses: [], peers: 'all' }]) {
    assert.throws(
      () => normalizeWireguard(config),
      (thrown: unknown) => isNetworkError(thrown, 'ERR_INVALID_CONFIG'),
    )
  }
})

test.run()
