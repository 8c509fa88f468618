import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { contains } from '../../../lib/config/ip.js'
import {
  type Candidate,
  chooseCandidates,
  DEFAULT_INTERNET_HOSTS,
  readHostList,
} from '../../../lib/connectivity/host-list.js'

const ownAddresses = [{ address: '192.0.2.50', prefixLength: 24 }]
const candidate = (address: string, port = 53): Candidate => ({ address, port })
const first = (): number => 0

test('K8: an address with its port is kept', () => {
  const { hosts, complaints } = readHostList([{ host: '1.2.3.4', port: 443 }])
  assert.equal(hosts, [{ type: 'address', host: '1.2.3.4', port: 443 }])
  assert.equal(complaints, [])
})

test('K9: addresses and names are kept, the name as a name', () => {
  const { hosts } = readHostList([
    { host: '1.2.3.4', port: 443 },
    { host: 'Example.com.', port: 80 },
    { host: '2001:DB8::1', port: 65_535 },
  ])
  assert.equal(hosts, [
    { type: 'address', host: '1.2.3.4', port: 443 },
    { type: 'name', host: 'example.com', port: 80 },
    { type: 'address', host: '2001:db8::1', port: 65_535 },
  ])
})

test('K10: of four distinct addresses exactly three are candidates', () => {
  const candidates = ['1.1.1.1', '8.8.8.8', '9.9.9.9', '203.0.113.1', '8.8.8.8'].map((text) => candidate(text))
  const chosen = chooseCandidates({ candidates, ownAddresses, random: first })
  assert.is(chosen.length, 3)
  assert.is(new Set(chosen.map(({ address }) => address)).size, 3)
})

test('K11: an address is on a subnet when the masked bits agree', () => {
  const subnet = { address: '192.168.0.1', prefixLength: 24 }
  assert.ok(contains(subnet, '192.168.0.50'))
  assert.not(contains({ address: '192.168.0.1', prefixLength: 24 }, '192.168.5.1'))
  assert.not(contains(subnet, '2001:db8::1'))
})

test('without a list the large public DNS servers are asked', () => {
  assert.equal(readHostList(undefined), { hosts: DEFAULT_INTERNET_HOSTS, complaints: [] })
  assert.ok(DEFAULT_INTERNET_HOSTS.length >= 5)
})

test('bad entries are left out with a complaint each, and never affect the others', () => {
  const bad = [
    null,
    'example.com',
    {},
    { host: '1.2.3.4' },
    { host: '1.2.3.4', port: 0 },
    { host: '1.2.3.4', port: 65_536 },
    { host: '1.2.3.4', port: '80' },
    { host: '', port: 80 },
    { host: '1.2.3', port: 80 },
    { host: '300.1.1.1', port: 80 },
    { host: 'a b', port: 80 },
    { host: `${'a'.repeat(64)}.com`, port: 80 },
  ]
  const { hosts, complaints } = readHostList([...bad, { host: '1.2.3.4', port: 80 }])
  assert.equal(hosts, [{ type: 'address', host: '1.2.3.4', port: 80 }])
  assert.is(complaints.length, bad.length)
})

test('a list of which nothing is left falls back to one host, with a complaint', () => {
  for (const value of [[], 'x', 7, null, [{ host: '', port: 1 }]]) {
    const { hosts, complaints } = readHostList(value)
    assert.equal(hosts, [{ type: 'address', host: '1.1.1.1', port: 80 }])
    assert.ok(complaints.length > 0)
  }
})

test('hosts on a subnet of the interface prove nothing and are left out', () => {
  const candidates = [candidate('192.0.2.1'), candidate('198.51.100.1')]
  assert.equal(chooseCandidates({ candidates, ownAddresses, random: first }), [candidate('198.51.100.1')])
})

test('hosts of a family that the interface has no address of are left out', () => {
  const candidates = [candidate('2001:db8::1'), candidate('198.51.100.1')]
  assert.equal(chooseCandidates({ candidates, ownAddresses, random: first }), [candidate('198.51.100.1')])
  assert.equal(chooseCandidates({ candidates, ownAddresses: [], random: first }), [])
})

test('addresses that cannot be beyond a router are left out, as blocking name servers answer with them', () => {
  const addresses = ['0.0.0.0', '127.0.0.1', '169.254.0.1', '224.0.0.1', '255.255.255.255', '::', '::1', 'fe80::1']
  const candidates = [...addresses, '::ffff:198.51.100.1', 'ff02::1', '2001:db8:1::1'].map((text) => candidate(text))
  const both = [...ownAddresses, { address: '2001:db8::2', prefixLength: 64 }]
  assert.equal(chooseCandidates({ candidates, ownAddresses: both, random: first }), [candidate('2001:db8:1::1')])
})

test('one address on two ports is two candidates', () => {
  const candidates = [candidate('198.51.100.1', 80), candidate('198.51.100.1', 443), candidate('198.51.100.1', 80)]
  assert.is(chooseCandidates({ candidates, ownAddresses, random: first }).length, 2)
})

test('the order follows the random source', () => {
  const candidates = ['198.51.100.1', '198.51.100.2', '198.51.100.3'].map((text) => candidate(text))
  const order = (random: () => number): string =>
    chooseCandidates({ candidates, ownAddresses, random })
      .map(({ address }) => address.at(-1))
      .join('')
  assert.is(
    order(() => 0.999),
    '123',
  )
  assert.is(
    order(() => 0),
    '231',
  )
})

test.run()
