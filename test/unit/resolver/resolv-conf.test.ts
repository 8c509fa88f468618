import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  composeResolvConf,
  parseDomains,
  parseNameServer,
  type ResolverEntry,
} from '../../../lib/resolver/resolv-conf.js'

const HEADER = '# This file is managed by vintage-net and overwritten by it.\n\n'

function compose(
  entries: Record<string, Partial<ResolverEntry>>,
  { additional = [], priority = [] }: { additional?: string[]; priority?: string[] } = {},
) {
  const complete = Object.entries(entries).map(([ifname, entry]): [string, ResolverEntry] => [
    ifname,
    { domains: [], nameServers: [], ...entry },
  ])
  const { text, nameServers } = composeResolvConf({ additional, priority, entries: new Map(complete) })
  assert.ok(text.startsWith(HEADER))
  return { lines: text.slice(HEADER.length).split('\n').slice(0, -1), nameServers }
}

test('without anything to say there is the header only', () => {
  assert.equal(compose({}), { lines: [], nameServers: [] })
})

test('servers of the device come first, then by priority of interfaces, then the unnamed by alphabet, each as supplied', () => {
  const entries = {
    eth1: { nameServers: ['192.0.2.11'] },
    eth0: { nameServers: ['192.0.2.10'] },
    wlan0: { nameServers: ['192.0.2.31', '192.0.2.30'] },
  }
  const { nameServers } = compose(entries, { additional: ['198.51.100.1'], priority: ['wlan0', 'gone0'] })
  assert.equal(nameServers, [
    { address: '198.51.100.1', from: ['global'] },
    { address: '192.0.2.31', from: ['wlan0'] },
    { address: '192.0.2.30', from: ['wlan0'] },
    { address: '192.0.2.10', from: ['eth0'] },
    { address: '192.0.2.11', from: ['eth1'] },
  ])
})

test('a server supplied several times stands once, at its first place, with all sources', () => {
  const entries = {
    wlan0: { nameServers: ['192.0.2.1', '192.0.2.2'] },
    eth0: { nameServers: ['192.0.2.2', '192.0.2.1'] },
  }
  const { lines } = compose(entries, { additional: ['192.0.2.1'], priority: ['wlan0'] })
  assert.equal(lines, ['nameserver 192.0.2.1 # From global,eth0,wlan0', 'nameserver 192.0.2.2 # From eth0,wlan0'])
})

test('the file has three servers at most, the list has all', () => {
  const servers = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']
  const { lines, nameServers } = compose({ eth0: { nameServers: servers } })
  assert.is(lines.length, 3)
  assert.equal(
    nameServers.map((server) => server.address),
    servers,
  )
})

test('there is one search line with every domain once and nothing else in it; sources stand above', () => {
  const entries = {
    eth0: { domains: ['example.com', 'example.org'] },
    wlan0: { domains: ['Example.com', 'example.net'] },
  }
  assert.equal(compose(entries, { priority: ['wlan0', 'eth0'] }).lines, [
    '# example.com # From eth0,wlan0',
    '# example.net # From wlan0',
    '# example.org # From eth0',
    'search example.com example.net example.org',
  ])
})

test('the search line stays short enough for every libc, losing the domains of least priority', () => {
  const domains = Array.from({ length: 40 }, (_, index) => `department-${index}.example.com`)
  const { lines } = compose({ eth0: { domains } })
  const line = lines.at(-1) ?? ''
  assert.ok(line.startsWith('search department-0.example.com '))
  assert.ok(line.length <= 254)
})

test('no more than six domains are named: an old glibc reads no further', () => {
  const domains = Array.from({ length: 8 }, (_, index) => `${index}.test`)
  assert.is(compose({ eth0: { domains } }).lines.at(-1), 'search 0.test 1.test 2.test 3.test 4.test 5.test')
})

test('domains are split at blanks, and what is no domain name cannot reach the file', () => {
  assert.equal(parseDomains(undefined), { domains: [], refused: [] })
  assert.equal(parseDomains(''), { domains: [], refused: [] })
  assert.equal(parseDomains(' example.com\texample.org. ').domains, ['example.com', 'example.org.'])
  assert.equal(parseDomains('_dns.example .').domains, ['_dns.example', '.'])
  assert.equal(parseDomains('a\nnameserver 203.0.113.66 #x').refused, ['#x'])
  const wrong = ['a..b', '.a', 'ex!ample', '-', '-a', 'dömäin.example', 'x'.repeat(64), `${'a.'.repeat(127)}a`]
  assert.equal(parseDomains(wrong.join(' ')), { domains: [], refused: wrong })
})

test('name servers are read as text or bytes and written in canonical form', () => {
  assert.is(parseNameServer('192.0.2.1'), '192.0.2.1')
  assert.is(parseNameServer('2001:DB8:0:0::1'), '2001:db8::1')
  assert.is(parseNameServer([192, 0, 2, 1]), '192.0.2.1')
  assert.is(parseNameServer([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), '2001:db8::1')
  for (const wrong of [
    '',
    'dns.example',
    '192.0.2',
    '192.0.2.1 # x',
    '192.0.2.1\nsearch x',
    [1, 2, 3],
    [1, 2, 3, 256],
    7,
    null,
  ]) {
    assert.is(parseNameServer(wrong), undefined)
  }
})

test('a link-local server belongs to the interface that supplied it, and to nothing without one', () => {
  assert.is(parseNameServer('fe80::1', 'eth0'), 'fe80::1%eth0')
  assert.is(parseNameServer('FE80::1%wlan0', 'eth0'), 'fe80::1%wlan0')
  assert.is(parseNameServer('fe80::1'), undefined)
  assert.is(parseNameServer('fe80::1%a b', 'eth0'), undefined)
  assert.is(parseNameServer('2001:db8::1', 'eth0'), '2001:db8::1')
})

test.run()
