import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { KernelCommand } from '../../../lib/kernel/messages.js'
import { defaults, endWorld, leased, makeWorld, ourLines, type World } from './world.js'

const worlds: World[] = []

async function oneUplink(): Promise<World> {
  const made = await makeWorld({ links: ['eth0', 'wlan0'] })
  worlds.push(made)
  await leased(made, 'eth0')
  made.manager.setConnection('eth0', 'internet', 'test')
  await made.manager.settled()
  return made
}

test.after.each(async () => {
  for (const made of worlds.splice(0)) await endWorld(made)
})

/** Lets the fake kernel's events and what follows from them happen. */
const settle = (made: World): Promise<void> => made.clock.advance(0)

const connectionOf = (made: World, ifname: string): unknown => made.properties.get(['interface', ifname, 'connection'])

const isDefault = (command: KernelCommand): boolean => command.type === 'addRoute' && command.destination === 'default'

test('a route and a rule that somebody deletes come back and are counted', async () => {
  const made = await oneUplink()
  const before = ourLines(made)
  made.kernel.lab.foreign([
    { type: 'deleteRoute', family: 4, destination: 'default', metric: 10, ifname: 'eth0' },
    { type: 'deleteRule', family: 4, priority: 10_000, from: '192.0.2.50/32', table: 100, action: 'table' },
  ])
  await settle(made)
  assert.equal(ourLines(made), before)
  assert.is(made.manager.repairs, 2)
  assert.is(connectionOf(made, 'eth0'), 'internet')
})

test('our own changes are no repairs', async () => {
  const made = await oneUplink()
  made.manager.setConnection('eth0', 'lan', 'test')
  await made.manager.settled()
  made.manager.clearRoutes('eth0')
  await made.manager.settled()
  assert.is(made.manager.repairs, 0)
})

test('what another program keeps deleting is given up for a while, and the interface says so', async () => {
  const made = await oneUplink()
  const attack = { type: 'deleteRoute', family: 4, destination: 'default', metric: 10, ifname: 'eth0' } as const
  for (let round = 0; round < 6; round += 1) {
    made.kernel.lab.foreign([attack])
    await settle(made)
  }
  assert.is(made.manager.repairs, 5)
  assert.equal(defaults(made), [])
  assert.equal(made.problems, ['eth0: route default via 192.0.2.1 in main: another program keeps removing it'])
  assert.is(connectionOf(made, 'eth0'), 'lan')
  await made.clock.advance(1_000)
  assert.equal(defaults(made), ['eth0 10'])
  assert.is(made.problems.at(-1), 'eth0: none')
  assert.is(connectionOf(made, 'eth0'), 'internet')
})

test('what the kernel drops when a link goes down is back when it is up with its address', async () => {
  const made = await oneUplink()
  const before = ourLines(made)
  await made.kernel.send([{ type: 'setLink', ifname: 'eth0', up: false }])
  await settle(made)
  assert.equal(ourLines(made), [])
  assert.equal(made.properties.get(['available_interfaces']), [])
  await made.kernel.send([{ type: 'setLink', ifname: 'eth0', up: true }])
  await settle(made)
  assert.equal(ourLines(made), before)
  assert.equal(made.problems, [])
})

test('routes are wanted only for addresses that the link has', async () => {
  const made = await oneUplink()
  const before = ourLines(made)
  const address = { ifname: 'eth0', address: '192.0.2.50', prefixLength: 24, noPrefixRoute: true } as const
  await made.kernel.send([{ type: 'deleteAddress', ...address }])
  await settle(made)
  assert.equal(ourLines(made), [])
  await made.kernel.send([{ type: 'addAddress', ...address }])
  await settle(made)
  assert.equal(ourLines(made), before)
  assert.equal(made.problems, [])
})

test('routes set before the address wait for it', async () => {
  const made = await oneUplink()
  made.manager.setRoutes('wlan0', { addresses: [{ address: '198.51.100.50', prefixLength: 24 }] })
  await made.manager.settled()
  assert.not(ourLines(made).some((line) => line.includes('198.51.100')))
  await made.kernel.send([
    { type: 'addAddress', ifname: 'wlan0', address: '198.51.100.50', prefixLength: 24, noPrefixRoute: true },
  ])
  await settle(made)
  assert.ok(ourLines(made).includes('198.51.100.0/24 wlan0 metric 60 table 254'))
})

test('a link that is pulled out and plugged in again gets its routes under its new index', async () => {
  const made = await oneUplink()
  made.kernel.lab.removeLink('eth0')
  await settle(made)
  assert.equal(ourLines(made), [])
  made.kernel.lab.addLink({ ifname: 'eth0', ifindex: 77 })
  await settle(made)
  await made.kernel.send([
    { type: 'setLink', ifname: 'eth0', up: true },
    { type: 'addAddress', ifname: 'eth0', address: '192.0.2.50', prefixLength: 24, noPrefixRoute: true },
  ])
  await settle(made)
  assert.equal(defaults(made), ['eth0 10'])
  assert.equal(made.problems, [])
})

test('a renamed link loses its routes to the new name', async () => {
  const made = await oneUplink()
  await made.kernel.send([{ type: 'setLink', ifname: 'eth0', name: 'uplink0' }])
  await settle(made)
  assert.equal(ourLines(made), [])
  await made.kernel.send([{ type: 'setLink', ifname: 'uplink0', name: 'eth0' }])
  await settle(made)
  assert.equal(defaults(made), ['eth0 10'])
})

test('a gateway outside the subnet is a problem of its interface alone, told once', async () => {
  const made = await oneUplink()
  made.manager.setRoutes('eth0', { addresses: [{ address: '192.0.2.50', prefixLength: 24 }], gateway: '203.0.113.1' })
  await leased(made, 'wlan0')
  await made.clock.advance(10_000)
  assert.is(made.problems.length, 1)
  assert.match(
    made.problems[0] ?? '',
    /^eth0: \w+Route default via 203\.0\.113\.1 in table 100.*ENETUNREACH\); \w+Route default /,
  )
  assert.is(made.manager.problem('wlan0'), undefined)
  assert.equal(defaults(made), ['wlan0 60'])
})

test('a refused replacement takes the old route away, which is wanted no more', async () => {
  const made = await oneUplink()
  made.manager.setRoutes('eth0', { addresses: [{ address: '192.0.2.50', prefixLength: 24 }], gateway: '203.0.113.1' })
  await made.manager.settled()
  assert.equal(ourLines(made), [
    '192.0.2.0/24 eth0 metric 0 table 100',
    '192.0.2.0/24 eth0 metric 10 table 254',
    'rule 10000 from 192.0.2.50/32 table 100',
  ])
})

test('where the kernel refuses everything, nothing is sent twice before its time', async () => {
  const made = await oneUplink()
  made.kernel.lab.refuse(() => true, 'EPERM')
  made.batches.length = 0
  made.manager.setRoutes('eth0', { addresses: [{ address: '192.0.2.50', prefixLength: 24 }], gateway: '192.0.2.2' })
  await made.manager.settled()
  const texts = made.batches.flat().map((command) => JSON.stringify(command))
  assert.is(new Set(texts).size, texts.length)
  assert.is(made.problems.length, 1)
})

test('a wrong gateway leaves the LAN, and internet is not claimed', async () => {
  const made = await makeWorld({ links: ['eth0'] })
  worlds.push(made)
  await leased(made, 'eth0')
  made.manager.setRoutes('eth0', { addresses: [{ address: '192.0.2.50', prefixLength: 24 }], gateway: '203.0.113.1' })
  await made.manager.settled()
  made.manager.setConnection('eth0', 'internet', 'test')
  await made.manager.settled()
  assert.is(connectionOf(made, 'eth0'), 'lan')
  assert.equal(made.properties.get(['available_interfaces']), ['eth0'])
  made.manager.setRoutes('eth0', { addresses: [{ address: '192.0.2.50', prefixLength: 24 }], gateway: '192.0.2.1' })
  await made.manager.settled()
  assert.is(connectionOf(made, 'eth0'), 'internet')
  assert.is(made.problems.at(-1), 'eth0: none')
})

test('without the right to write routes nothing rises, and the reason is told', async () => {
  const made = await makeWorld({ links: ['eth0'] })
  worlds.push(made)
  made.kernel.lab.refuse(({ type }) => type === 'addRoute' || type === 'addRule', 'EPERM')
  await leased(made, 'eth0')
  made.manager.setConnection('eth0', 'internet', 'test')
  await made.manager.settled()
  assert.is(connectionOf(made, 'eth0'), 'disconnected')
  assert.is(made.properties.get(['connection']), 'disconnected')
  assert.match(made.problems[0] ?? '', /^eth0: .*EPERM/)
  made.kernel.lab.refuse(null)
  await made.clock.advance(60_000)
  assert.is(connectionOf(made, 'eth0'), 'internet')
  assert.is(made.problems.at(-1), 'eth0: none')
})

test('refused steps are tried again after 1 s, 2 s, 4 s, up to a minute', async () => {
  const made = await makeWorld({ links: ['eth0'] })
  worlds.push(made)
  made.kernel.lab.refuse(isDefault, 'EINVAL')
  await leased(made, 'eth0')
  made.batches.length = 0
  const timesMs: number[] = []
  let seen = 0
  for (let second = 1; second <= 190; second += 1) {
    await made.clock.advance(1_000)
    if (made.batches.length > seen) timesMs.push(second)
    seen = made.batches.length
  }
  assert.equal(timesMs, [1, 3, 7, 15, 31, 63, 123, 183])
  assert.is(made.problems.length, 1)
})

test('a change of the interface is an occasion to try at once, one of another interface is not', async () => {
  const made = await oneUplink()
  made.kernel.lab.refuse(isDefault, 'EINVAL')
  await leased(made, 'wlan0')
  made.batches.length = 0
  made.manager.setConnection('eth0', 'lan', 'test')
  await made.manager.settled()
  const onWlan0 = (): number =>
    made.batches
      .flat()
      .filter((command) => 'ifindex' in command && command.ifindex === made.kernel.mirror.linkByName('wlan0')?.ifindex)
      .length
  assert.is(onWlan0(), 0)
  made.kernel.lab.refuse(null)
  made.manager.setConnection('wlan0', 'internet', 'test')
  await made.manager.settled()
  assert.is(made.manager.problem('wlan0'), undefined)
  assert.ok(defaults(made).includes('wlan0 20'))
})

test('a link that goes down under a batch is no problem', async () => {
  const made = await makeWorld({ links: ['eth0'] })
  worlds.push(made)
  made.kernel.lab.refuse(({ type }) => type === 'addRoute', 'ENETDOWN')
  await leased(made, 'eth0')
  assert.equal(made.problems, [])
  made.kernel.lab.refuse(null)
  await made.kernel.send([
    { type: 'setLink', ifname: 'eth0', up: false },
    { type: 'setLink', ifname: 'eth0', up: true },
  ])
  await made.clock.advance(1_000)
  assert.equal(defaults(made), ['eth0 50'])
})

test('the place of a route of another program is not taken by force', async () => {
  const made = await makeWorld({ links: ['eth0', 'wlan0'] })
  worlds.push(made)
  await leased(made, 'wlan0')
  made.kernel.lab.foreign([
    {
      type: 'addRoute',
      family: 4,
      ifname: 'wlan0',
      destination: 'default',
      gateway: '198.51.100.9',
      metric: 50,
      protocol: 16,
    },
  ])
  await leased(made, 'eth0')
  assert.match(made.problems.at(-1) ?? '', /^eth0: addRoute default via 192\.0\.2\.1 .*EEXIST/)
  const main = await made.kernel.routes({ table: 254 })
  assert.ok(main.some(({ protocol, metric }) => protocol === 16 && metric === 50))
})

test('a kernel without policy routing leaves the routes in main, and the reason names the option', async () => {
  const made = await makeWorld({ links: ['eth0'] })
  worlds.push(made)
  made.kernel.lab.refuse(({ type }) => type === 'addRule', 'EOPNOTSUPP')
  await leased(made, 'eth0')
  assert.is(connectionOf(made, 'eth0'), 'lan')
  assert.match(made.problems[0] ?? '', /addRule .*192\.0\.2\.50\/32.*CONFIG_IP_MULTIPLE_TABLES/)
})

test('a lost notification is made up for by the dump that follows', async () => {
  const made = await oneUplink()
  const before = ourLines(made)
  made.kernel.lab.overrun(() => {
    made.kernel.lab.foreign([{ type: 'deleteRoute', family: 4, destination: 'default', metric: 10, ifname: 'eth0' }])
  })
  await settle(made)
  assert.equal(ourLines(made), before)
  assert.is(made.manager.repairs, 1)
})

test('a kernel that has been closed stops nothing else', async () => {
  const made = await oneUplink()
  await made.kernel.close()
  made.manager.setConnection('eth0', 'disconnected', 'carrier lost')
  await made.manager.settled()
  assert.is(connectionOf(made, 'eth0'), 'disconnected')
  await made.manager.stop()
  assert.is(made.clock.pendingTimers, 0)
})

test.run()
