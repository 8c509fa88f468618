import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { defaults, endWorlds, leased, ourLines, twoUplinks, world } from './world.js'

test.after.each(endWorlds)

test('A10: a start publishes that nothing is connected', async () => {
  const { properties } = await world()
  assert.equal(properties.get(['available_interfaces']), [])
  assert.is(properties.get(['connection']), 'disconnected')
})

test('I2: an interface with internet gets its rule, subnet and default route', async () => {
  const made = await world({ links: ['eth0'] })
  await leased(made, 'eth0')
  made.manager.setConnection('eth0', 'internet', 'test')
  await made.manager.settled()
  assert.equal(ourLines(made), [
    '192.0.2.0/24 eth0 metric 0 table 100',
    '192.0.2.0/24 eth0 metric 10 table 254',
    'default via 192.0.2.1 eth0 metric 0 table 100',
    'default via 192.0.2.1 eth0 metric 10 table 254',
    'rule 10000 from 192.0.2.50/32 table 100',
  ])
})

test('IPv6 works the same, beside IPv4', async () => {
  const made = await world({ links: ['eth0'] })
  await leased(made, 'eth0')
  await made.kernel.send([
    { type: 'addAddress', ifname: 'eth0', address: '2001:db8::50', prefixLength: 64, noPrefixRoute: true },
  ])
  made.manager.setRoutes('eth0', {
    addresses: [
      { address: '192.0.2.50', prefixLength: 24 },
      { address: '2001:db8::50', prefixLength: 64 },
    ],
    gateway: '2001:db8::1',
  })
  await made.manager.settled()
  assert.equal(ourLines(made), [
    '192.0.2.0/24 eth0 metric 0 table 100',
    '192.0.2.0/24 eth0 metric 50 table 254',
    '2001:db8::/64 eth0 metric 1 table 100',
    '2001:db8::/64 eth0 metric 50 table 254',
    'default via 2001:db8::1 eth0 metric 1 table 100',
    'default via 2001:db8::1 eth0 metric 50 table 254',
    'rule 10000 from 192.0.2.50/32 table 100',
    'rule 10000 from 2001:db8::50/128 table 100',
  ])
  assert.equal(made.problems, [])
  made.manager.setConnection('eth0', 'disconnected', 'carrier lost')
  await made.manager.settled()
  assert.equal(ourLines(made), [])
})

test('an interface that was not known is lan', async () => {
  const made = await world({ links: ['eth0'] })
  await leased(made, 'eth0')
  assert.is(made.manager.connection('eth0'), 'lan')
  await made.manager.settled()
  assert.is(made.properties.get(['interface', 'eth0', 'connection']), 'lan')
  assert.equal(defaults(made), ['eth0 50'])
})

test('I6: available interfaces are in order of their metrics', async () => {
  const made = await twoUplinks()
  assert.equal(made.properties.get(['available_interfaces']), ['eth0', 'wlan0'])
  made.manager.setConnection('eth0', 'lan', 'test')
  await made.manager.settled()
  assert.equal(made.properties.get(['available_interfaces']), ['wlan0', 'eth0'])
  assert.equal(made.priorities.at(-1), ['wlan0', 'eth0'])
})

test('I7: the connection of each interface is what was judged, and the best of them is that of all', async () => {
  const made = await world({ links: ['eth0', 'wlan0', 'usb0', 'wwan0'] })
  const judged = { eth0: 'lan', wlan0: 'internet', usb0: 'disconnected', wwan0: 'internet' } as const
  for (const [ifname, connection] of Object.entries(judged)) made.manager.setConnection(ifname, connection, 'test')
  await made.manager.settled()
  for (const [ifname, connection] of Object.entries(judged)) {
    assert.is(made.properties.get(['interface', ifname, 'connection']), connection)
  }
  assert.is(made.properties.get(['connection']), 'internet')
  assert.equal(made.properties.get(['available_interfaces']), [])
})

test('a rise of the connection waits for the kernel, a fall does not', async () => {
  const made = await world({ links: ['eth0'] })
  await leased(made, 'eth0')
  await made.manager.settled()
  made.manager.setConnection('eth0', 'internet', 'test')
  assert.is(made.properties.get(['interface', 'eth0', 'connection']), 'lan')
  await made.manager.settled()
  assert.is(made.properties.get(['interface', 'eth0', 'connection']), 'internet')
  made.manager.setConnection('eth0', 'lan', 'test')
  assert.is(made.properties.get(['interface', 'eth0', 'connection']), 'lan')
})

test('changes during a batch are sent once, after its answers', async () => {
  const made = await world({ links: ['eth0', 'wlan0'] })
  made.batches.length = 0
  await leased(made, 'eth0')
  await leased(made, 'wlan0')
  made.manager.setConnection('eth0', 'internet', 'test')
  made.manager.setConnection('eth0', 'lan', 'test')
  made.manager.setConnection('wlan0', 'internet', 'test')
  const sentAtOnce = made.batches.length
  await made.manager.settled()
  assert.is(sentAtOnce, made.batches.length - 1)
  assert.equal(defaults(made), ['wlan0 20', 'eth0 50'])
})

test('the same routes again send nothing', async () => {
  const made = await twoUplinks()
  made.batches.length = 0
  made.manager.setRoutes('eth0', {
    addresses: [{ address: '192.0.2.50', prefixLength: 24 }],
    gateway: '192.0.2.1',
    routes: [],
  })
  made.manager.setConnection('eth0', 'internet', 'renewed')
  await made.manager.settled()
  assert.is(made.batches.length, 0)
})

test('another gateway replaces the default route in place', async () => {
  const made = await twoUplinks()
  made.batches.length = 0
  made.manager.setRoutes('eth0', { addresses: [{ address: '192.0.2.50', prefixLength: 24 }], gateway: '192.0.2.2' })
  await made.manager.settled()
  assert.equal(
    made.batches.flat().map(({ type }) => type),
    ['replaceRoute', 'replaceRoute'],
  )
  assert.is(made.properties.get(['interface', 'eth0', 'connection']), 'internet')
})

test('routes that cannot be read throw with their field and change nothing', async () => {
  const made = await twoUplinks()
  made.batches.length = 0
  try {
    made.manager.setRoutes('eth0', { addresses: [], gateway: 'gateway' })
    assert.unreachable()
  } catch (thrown) {
    assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG') && thrown.field === 'gateway')
  }
  assert.is(made.batches.length, 0)
})

test('clearing the routes makes internet a lan, and is nothing the second time', async () => {
  const made = await twoUplinks()
  made.manager.clearRoutes('eth0')
  assert.is(made.properties.get(['interface', 'eth0', 'connection']), 'lan')
  await made.manager.settled()
  assert.equal(defaults(made), ['wlan0 20'])
  made.manager.setConnection('eth0', 'internet', 'IPv6 works')
  made.manager.clearRoutes('eth0')
  made.manager.clearRoutes('unknown0')
  assert.is(made.manager.connection('eth0'), 'internet')
})

test('a configured metric holds in lan and in internet', async () => {
  const made = await world({ links: ['eth0'] })
  await leased(made, 'eth0', { metric: 5 })
  await made.manager.settled()
  assert.equal(defaults(made), ['eth0 5'])
  made.manager.setConnection('eth0', 'internet', 'test')
  await made.manager.settled()
  assert.equal(defaults(made), ['eth0 5'])
  made.manager.setConnection('eth0', 'disconnected', 'test')
  await made.manager.settled()
  assert.equal(defaults(made), [])
})

test('interfaces of one wish get numbers of their own, and a fall moves none of the others', async () => {
  const made = await world({ links: ['eth0', 'eth10', 'eth20'] })
  for (const ifname of ['eth0', 'eth10', 'eth20']) await leased(made, ifname)
  await made.manager.settled()
  assert.equal(defaults(made), ['eth0 50', 'eth10 51', 'eth20 52'])
  made.batches.length = 0
  made.manager.setConnection('eth0', 'disconnected', 'carrier lost')
  await made.manager.settled()
  assert.equal(defaults(made), ['eth10 51', 'eth20 52'])
  assert.ok(made.batches.flat().every(({ type }) => type.startsWith('delete')))
  made.manager.forget('eth0')
  await made.manager.settled()
  assert.equal(defaults(made), ['eth10 50', 'eth20 51'])
})

test('a metric function of the user decides, and is asked again on request', async () => {
  const metrics = new Map([
    ['eth0', 200],
    ['wlan0', 100],
  ])
  const made = await twoUplinks({ routeMetric: ({ ifname }) => metrics.get(ifname) ?? 'disabled' })
  assert.equal(defaults(made), ['wlan0 100', 'eth0 200'])
  metrics.set('eth0', 100).set('wlan0', 200)
  made.batches.length = 0
  made.manager.refreshRouteMetrics()
  await made.manager.settled()
  assert.equal(defaults(made), ['eth0 100', 'wlan0 200'])
  assert.equal(made.batches.flat().filter(({ type }) => type === 'replaceRoute').length, 2)
  metrics.delete('eth0')
  made.manager.refreshRouteMetrics()
  await made.manager.settled()
  assert.equal(made.properties.get(['available_interfaces']), ['wlan0'])
  assert.is(made.properties.get(['interface', 'eth0', 'connection']), 'internet')
})

test('a metric function that fails is complained about once', async () => {
  const made = await twoUplinks({
    routeMetric: () => {
      throw new Error('no idea')
    },
  })
  made.manager.refreshRouteMetrics()
  assert.equal(defaults(made), ['eth0 10', 'wlan0 20'])
  assert.is(made.warnings.filter((text) => text.includes('eth0')).length, 1)
})

test('tables are the lowest free ones and are recycled', async () => {
  const made = await world({ links: ['eth0', 'eth1', 'eth2'], maxInterfaceCount: 2 })
  for (const ifname of ['eth0', 'eth1', 'eth2']) await leased(made, ifname)
  await made.manager.settled()
  assert.is(made.manager.problem('eth2'), 'no-free-table')
  assert.equal(made.problems, ['eth2: no-free-table'])
  assert.equal(defaults(made), ['eth0 50', 'eth1 51', 'eth2 52'])
  const ruled = (): string[] => ourLines(made).filter((line) => line.startsWith('rule'))
  assert.equal(ruled(), ['rule 10000 from 192.0.2.50/32 table 100', 'rule 10001 from 198.51.100.50/32 table 101'])
  made.manager.forget('eth0')
  await made.manager.settled()
  assert.is(made.manager.problem('eth2'), undefined)
  assert.equal(made.problems, ['eth2: no-free-table', 'eth2: none'])
  assert.equal(ruled(), ['rule 10000 from 203.0.113.50/32 table 100', 'rule 10001 from 198.51.100.50/32 table 101'])
})

test('tables are taken back from interfaces without routes, however many names come and go', async () => {
  const links = ['eth0', 'eth1', 'eth2', 'eth3', 'eth4']
  const made = await world({ links, maxInterfaceCount: 1 })
  for (const [index, ifname] of links.entries()) {
    const address = `192.0.2.${50 + index}`
    await made.kernel.send([{ type: 'addAddress', ifname, address, prefixLength: 24 }])
    made.manager.setRoutes(ifname, { addresses: [{ address, prefixLength: 24 }] })
    await made.manager.settled()
    assert.is(made.manager.problem(ifname), undefined)
    const rules = ourLines(made).filter((line) => line.startsWith('rule'))
    assert.equal(rules, [`rule 10000 from ${address}/32 table 100`])
    made.manager.clearRoutes(ifname)
    await made.manager.settled()
  }
  assert.equal(made.problems, [])
})

test('a forgotten interface is disconnected at once and leaves nothing', async () => {
  const made = await twoUplinks()
  made.manager.forget('eth0')
  assert.is(made.properties.get(['interface', 'eth0', 'connection']), 'disconnected')
  assert.is(made.manager.connection('eth0'), 'disconnected')
  await made.manager.settled()
  assert.not(ourLines(made).some((line) => line.includes('eth0') || line.includes('table 100')))
})

test('a start removes what an earlier run left, and nothing else', async () => {
  const made = await world({ links: ['eth0'], started: false })
  const { kernel } = made
  await kernel.send([{ type: 'addAddress', ifname: 'eth0', address: '192.0.2.50', prefixLength: 24 }])
  const route = { type: 'addRoute', family: 4, ifname: 'eth0', gateway: '192.0.2.1' } as const
  kernel.lab.foreign([
    { ...route, destination: 'default', metric: 10, protocol: 183 },
    { ...route, destination: '203.0.113.0/24', table: 100, protocol: 183 },
    { ...route, destination: 'default', metric: 100, protocol: 16 },
    { type: 'addRule', family: 4, priority: 10_003, from: '192.0.2.50/32', table: 103, action: 'table', protocol: 183 },
    { type: 'addRule', family: 4, priority: 5, from: '192.0.2.50/32', table: 7, action: 'table', protocol: 4 },
  ])
  await kernel.settled()
  await made.manager.start()
  assert.equal(ourLines(made), [])
  assert.ok((await kernel.routes()).some(({ protocol }) => protocol === 16))
  assert.ok((await kernel.rules()).some(({ priority }) => priority === 5))
})

test('stop deletes all that is ours and nothing else', async () => {
  const made = await twoUplinks()
  made.kernel.lab.foreign([
    {
      type: 'addRoute',
      family: 4,
      ifname: 'eth0',
      destination: 'default',
      gateway: '192.0.2.9',
      metric: 99,
      protocol: 16,
    },
  ])
  const stopped = made.manager.stop()
  assert.is(made.properties.get(['connection']), 'disconnected')
  assert.equal(made.properties.get(['available_interfaces']), [])
  await stopped
  await made.manager.stop()
  assert.equal(ourLines(made), [])
  assert.equal((await made.kernel.routes()).filter(({ destination }) => destination === 'default').length, 1)
  assert.is(made.clock.pendingTimers, 0)
})

test('a stop during a batch takes that batch away too', async () => {
  const made = await twoUplinks()
  made.manager.setConnection('eth0', 'lan', 'test')
  await made.manager.stop()
  assert.equal(ourLines(made), [])
})

test.run()
