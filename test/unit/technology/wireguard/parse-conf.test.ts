import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../../lib/errors.js'
import { normalizeWireguard } from '../../../../lib/technology/wireguard/normalize.js'
import { generateKeyPair, generatePresharedKey, importFile, parse } from '../../../../lib/technology/wireguard/quick.js'

const test = suite('technology/wireguard/parse-conf')

const own = generateKeyPair()
const [first, second] = [generateKeyPair().publicKey, generateKeyPair().publicKey]
const presharedKey = generatePresharedKey()

const FILE = `# a tunnel
[Interface]
PrivateKey = ${own.privateKey}
Address=10.8.0.2/24, fd00::2/64
Address   =   10.8.1.2/24
ListenPort = 51820   # as everybody
FwMark = 0xca6c
DNS = 10.8.0.1, 10.8.0.3,example.net
MTU = 1380
Table = off
PostUp = iptables -A FORWARD -i %i -j ACCEPT

[Peer]
PublicKey = ${first}
PresharedKey = ${presharedKey}
AllowedIPs = 10.9.0.0/16
AllowedIPs = 10.10.0.0/16, fd01::/64
Endpoint = vpn.example.net:51820
PersistentKeepalive = 25

[peer]
publickey = ${second}
allowedips = 10.11.0.0/16
persistentkeepalive = off
`

test('D7: both peers in the order of the file, lists split, numbers as numbers', () => {
  const { config, warnings } = parse(FILE)
  assert.equal(config, {
    type: 'wireguard',
    privateKey: own.privateKey,
    addresses: ['10.8.0.2/24', 'fd00::2/64', '10.8.1.2/24'],
    listenPort: 51_820,
    fwmark: 51_820,
    dns: ['10.8.0.1', '10.8.0.3'],
    domain: 'example.net',
    mtu: 1380,
    allowedIpRoutes: false,
    peers: [
      {
        publicKey: first,
        presharedKey,
        allowedIps: ['10.9.0.0/16', '10.10.0.0/16', 'fd01::/64'],
        endpoint: 'vpn.example.net:51820',
        persistentKeepalive: 25,
      },
      { publicKey: second, allowedIps: ['10.11.0.0/16'], persistentKeepalive: 0 },
    ],
  })
  assert.equal(warnings, ['line 11: PostUp: commands are not run'])
  assert.is(normalizeWireguard(config).peers.length, 2)
})

test('D7: a file that is not there is an error, not an exception', async () => {
  const missing = await importFile('/nonexistent/wg0.conf')
  assert.ok(isNetworkError(missing, 'ERR_INVALID_CONFIG'))
  assert.match(missing.message, /wg0\.conf/)
})

test('D7: a file is read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wireguard-import-'))
  try {
    await writeFile(join(folder, 'wg0.conf'), FILE)
    assert.equal(await importFile(join(folder, 'wg0.conf')), parse(FILE))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('what is not known is told by line and key, never by value', () => {
  const text = `PrivateKey = ${own.privateKey}\n[Interface]\nSecret = ${own.privateKey}\n${own.privateKey}\nTable = 7\n[Route]\nX = 1\n`
  const { warnings } = parse(text)
  assert.equal(warnings, [
    'line 1: PrivateKey belongs to no section that is known',
    'line 3: Secret is not known',
    'line 4: not a setting',
    'line 5: Table: a table of its own choice is not supported',
    'line 6: the section [Route] is not known',
    'line 7: X belongs to no section that is known',
  ])
  assert.not.ok(warnings.join().includes(own.privateKey))
})

test('any text whatever is read without an exception', () => {
  for (const text of [
    '',
    '[',
    '=\n[Peer]\n=',
    '[Interface]\nListenPort = x',
    '\0\r\n[Peer]',
    '[Peer]\nAllowedIPs = ,,',
  ]) {
    assert.is(parse(text).config.type, 'wireguard')
  }
})

test.run()
