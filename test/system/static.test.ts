import { readFile } from 'node:fs/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { eventually } from '../support/eventually.js'
import { INTERNET_HOSTS } from '../support/lab.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

const CONFIG = {
  type: 'ethernet' as const,
  macAddress: '02:00:00:00:aa:01',
  mtu: 1400,
  ipv4: {
    method: 'static' as const,
    address: '192.0.2.2',
    prefixLength: 24,
    gateway: '192.0.2.1',
    nameServers: ['203.0.113.1'],
    domain: 'example.com',
    addresses: [{ address: '192.0.2.130', prefixLength: 25 }],
    routes: [{ to: '203.0.113.0/24', via: '192.0.2.1', metric: 7 }],
  },
}

test('a static configuration becomes addresses, routes, a rule, link settings and name servers', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const net = await scene.start({ config: { eth0: CONFIG } })
  await net.until(['interface', 'eth0', 'connection'], 'internet', DEADLINE)

  const addresses = await scene.addresses('eth0')
  assert.equal(
    addresses.map(({ local, prefixlen, broadcast, noprefixroute }) => ({ local, prefixlen, broadcast, noprefixroute })),
    [
      { local: '192.0.2.2', prefixlen: 24, broadcast: '192.0.2.255', noprefixroute: true },
      { local: '192.0.2.130', prefixlen: 25, broadcast: '192.0.2.255', noprefixroute: true },
    ],
  )
  const link = await scene.link('eth0')
  assert.is(link.address, '02:00:00:00:aa:01')
  assert.is(link.mtu, 1400)

  const main = await scene.routes('main')
  assert.equal(
    main
      .map(({ dst, gateway, dev, protocol, metric }) => `${dst} ${gateway ?? '-'} ${dev} ${protocol} ${metric ?? 0}`)
      .sort(),
    [
      '192.0.2.0/24 - eth0 183 10',
      '192.0.2.128/25 - eth0 183 10',
      '203.0.113.0/24 192.0.2.1 eth0 183 7',
      'default 192.0.2.1 eth0 183 10',
    ],
  )
  assert.equal((await scene.routes(100)).map(({ dst }) => dst).sort(), [
    '192.0.2.0/24',
    '192.0.2.128/25',
    '203.0.113.0/24',
    'default',
  ])
  const rules = (await scene.rules()).filter((rule) => rule.protocol === '183')
  assert.equal(rules.map(({ priority, src, table }) => `${priority} ${src} ${table}`).sort(), [
    '10000 192.0.2.130 100',
    '10000 192.0.2.2 100',
  ])
  await eventually('resolv.conf names the server', async () =>
    /^search example\.com$/m.test(await readFile(scene.resolvConf, 'utf8')),
  )
  assert.match(await readFile(scene.resolvConf, 'utf8'), /^nameserver 203\.0\.113\.1 # From eth0$/m)
})

test('stop() leaves nothing in the kernel, and puts back what the link was', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const before = await scene.link('eth0')
  const net = await scene.start({ config: { eth0: CONFIG } })
  await net.until(['interface', 'eth0', 'connection'], 'internet', DEADLINE)
  await net.stop()
  assert.equal(await scene.ours(), [])
  const after = await scene.link('eth0')
  assert.equal({ address: after.address, mtu: after.mtu }, { address: before.address, mtu: before.mtu })
  assert.not.match(await readFile(scene.resolvConf, 'utf8'), /nameserver/)
})

test('a foreign route, rule and address survive everything that we do', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  await scene.lab.ip('link', 'add', 'foreign0', 'type', 'bridge')
  await scene.lab.ip('link', 'set', 'foreign0', 'up')
  await scene.lab.ip('address', 'add', '198.51.100.77/25', 'dev', 'foreign0')
  await scene.lab.ip('route', 'add', '203.0.113.128/25', 'dev', 'foreign0', 'metric', '3')
  await scene.lab.ip('rule', 'add', 'from', '198.51.100.77', 'table', '77', 'priority', '20000')
  const state = async () => ({
    addresses: (await scene.addresses('foreign0')).map(({ local }) => local),
    routes: (await scene.routes('main'))
      .filter((route) => route.dev === 'foreign0')
      .map(({ dst }) => dst)
      .sort(),
    rules: (await scene.rules()).filter((rule) => rule.priority === 20_000).map(({ src }) => src),
  })
  const before = await state()
  assert.equal(before.addresses, ['198.51.100.77'])
  const net = await scene.start({ config: { eth0: CONFIG } })
  await net.until(['interface', 'eth0', 'connection'], 'internet', DEADLINE)
  assert.equal(await state(), before)
  await net.configure('eth0', { type: 'ethernet', ipv4: { method: 'disabled' } })
  await net.until(['interface', 'eth0', 'state'], 'configured', DEADLINE)
  assert.equal(await state(), before)
  await net.stop()
  assert.equal(await state(), before)
})

test('disabled IPv4 brings the link up and gives it no address', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const net = await scene.start({ config: { eth0: { type: 'ethernet', ipv4: { method: 'disabled' } } } })
  await net.until(['interface', 'eth0', 'lower_up'], true, DEADLINE)
  assert.equal(await scene.addresses('eth0'), [])
  assert.ok((await scene.link('eth0')).flags.includes('UP'))
  assert.is(net.get(['interface', 'eth0', 'connection'], 'disconnected'), 'disconnected')
})

test('without a gateway an interface is lan, and has no default route', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const ipv4 = { method: 'static' as const, address: '192.0.2.2', netmask: '255.255.255.0' }
  const net = await scene.start({ config: { eth0: { type: 'ethernet', ipv4 } } })
  await net.until(['interface', 'eth0', 'connection'], 'lan', DEADLINE)
  await net.until(['available_interfaces'], ['eth0'], DEADLINE)
  assert.equal(
    (await scene.routes('main')).map(({ dst }) => dst),
    ['192.0.2.0/24'],
  )
})

test('ipv6: disabled takes IPv6 off the link, and stop() puts it back', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const disabled = async (): Promise<string> =>
    (await scene.lab.exec('cat', ['/proc/sys/net/ipv6/conf/eth0/disable_ipv6'])).stdout.trim()
  assert.is(await disabled(), '0')
  const ipv4 = { method: 'static' as const, address: '192.0.2.2', prefixLength: 24 }
  const net = await scene.start({ config: { eth0: { type: 'ethernet', ipv4, ipv6: { method: 'disabled' } } } })
  await net.until(['interface', 'eth0', 'connection'], 'lan', DEADLINE)
  assert.is(await disabled(), '1')
  await net.stop()
  assert.is(await disabled(), '0')
})

test('addresses by router advertisement appear, and their routes are left alone', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const ipv4 = { method: 'static' as const, address: '192.0.2.2', prefixLength: 24 }
  const net = await scene.start({ config: { eth0: { type: 'ethernet', ipv4 } } })
  await net.until(['interface', 'eth0', 'connection'], 'lan', DEADLINE)
  // What the kernel does on an advertisement, done by hand: an address that is not permanent, and a route of protocol ra.
  await scene.lab.ip(
    '-6',
    'address',
    'add',
    '2001:db8::7/64',
    'dev',
    'eth0',
    'valid_lft',
    '600',
    'preferred_lft',
    '600',
  )
  await scene.lab.ip('-6', 'route', 'add', 'default', 'via', 'fe80::1', 'dev', 'eth0', 'proto', 'ra', 'metric', '1024')
  await net.until(
    ['interface', 'eth0', 'addresses'],
    (value) => (value as { address: string }[]).some(({ address }) => address === '2001:db8::7'),
    DEADLINE,
  )
  await net.stop()
  const routes = await scene.lab.ip<{ protocol: string }>('-6', 'route', 'show', 'default')
  // The link went down with our plan, and takes routes through it along; nothing of ours deleted them before.
  assert.ok(routes.every((route) => route.protocol === 'ra'))
})

test('ping tells a host that answers, one that refuses, and one that is not there', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const config = {
    type: 'ethernet',
    ipv4: { method: 'static', address: '192.0.2.9', prefixLength: 24, gateway: '192.0.2.1' },
  }
  const net = await scene.start({ config: { eth0: config } })
  await net.until(['interface', 'eth0', 'connection'], 'internet', DEADLINE)
  const [host = ''] = INTERNET_HOSTS
  const answered = await net.ping(host, { ifname: 'eth0', port: 53 })
  assert.equal([answered.outcome, answered.address], ['connected', host])
  assert.is((await net.ping(host, { ifname: 'eth0', port: 9 })).outcome, 'refused')
  assert.is((await net.ping('192.0.2.77', { ifname: 'eth0', deadlineMs: 300 })).outcome, 'timeout')
})

test.run()
