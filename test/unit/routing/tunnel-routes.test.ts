// Routes into a tunnel: they go before the default routes of all, but not for the tunnel's own packets, and they stand
// whatever the connection is.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import type { InterfaceRoutes } from '../../../lib/routing/interface-routes.js'
import { endWorlds, leased, type World, world } from './world.js'

test.after.each(endWorlds)

const MARK = 51_820
const ADDRESS = { address: '10.8.0.2', prefixLength: 24 }
const TUNNEL: InterfaceRoutes = {
  addresses: [ADDRESS],
  routes: [{ to: '0.0.0.0/0', overriding: true }, { to: '10.9.0.0/16' }],
  exemptMark: MARK,
  standing: true,
}

/** An uplink with internet, and a tunnel beside it. */
async function withTunnel(routes: InterfaceRoutes = TUNNEL, maxInterfaceCount = 8): Promise<World> {
  const made = await world({ links: ['eth0', 'wg0'], maxInterfaceCount })
  await leased(made, 'eth0')
  made.manager.setConnection('eth0', 'internet', 'test')
  await made.kernel.send([{ type: 'addAddress', ifname: 'wg0', ...ADDRESS, noPrefixRoute: true }])
  made.manager.setRoutes('wg0', routes)
  await made.manager.settled()
  return made
}

const ours = { protocol: 183 }
const routesOf = ({ kernel }: World): string[] =>
  kernel.mirror
    .routes(ours)
    .flatMap(({ destination, ifindex, table }) =>
      kernel.mirror.link(ifindex ?? 0)?.ifname === 'wg0' ? [`${destination} table ${table}`] : [],
    )
    .sort()
const rulesOf = ({ kernel }: World): string[] =>
  kernel.mirror
    .rules(ours)
    .filter(({ priority }) => priority >= 20_000)
    .map(({ priority, invert, mark, suppressPrefixLength, table }) =>
      [priority, invert === true ? 'not' : '', `mark ${mark}`, `suppress ${suppressPrefixLength}`, table].join(' '),
    )

test('the default route stands in the own table alone, behind a rule for what carries no mark', async () => {
  const made = await withTunnel()
  assert.equal(routesOf(made), [
    '10.8.0.0/24 table 101',
    '10.8.0.0/24 table 254',
    '10.9.0.0/16 table 101',
    '10.9.0.0/16 table 254',
    'default table 101',
  ])
  assert.equal(rulesOf(made), ['20002  mark undefined suppress 0 254', `20003 not mark ${MARK} suppress undefined 101`])
  assert.equal(made.problems, [])
})

test('it is left alone once it stands, and put back when another program removes a rule', async () => {
  const made = await withTunnel()
  const before = made.batches.length
  made.manager.refreshRouteMetrics()
  await made.manager.settled()
  assert.is(made.batches.length, before)
  const rule = made.kernel.mirror.rules(ours).find(({ mark }) => mark === MARK)
  assert.ok(rule)
  await made.kernel.send([{ ...rule, type: 'deleteRule' }])
  await made.manager.settled()
  assert.is(rulesOf(made).length, 2)
})

test('it stands while the connection is lost, and the tunnel is not available then', async () => {
  const made = await withTunnel()
  const standing = [...routesOf(made), ...rulesOf(made)]
  assert.equal(made.properties.get(['available_interfaces']), ['eth0', 'wg0'])
  made.manager.setConnection('wg0', 'disconnected', 'nobody answers')
  await made.manager.settled()
  assert.equal([...routesOf(made), ...rulesOf(made)], standing)
  assert.is(made.properties.get(['interface', 'wg0', 'connection']), 'disconnected')
  assert.equal(made.properties.get(['available_interfaces']), ['eth0'])
  made.manager.setConnection('wg0', 'lan', 'it answers again')
  await made.manager.settled()
  assert.equal([...routesOf(made), ...rulesOf(made)], standing)
  assert.equal(made.properties.get(['available_interfaces']), ['eth0', 'wg0'])
})

test('without `standing` the routes go with the connection', async () => {
  const made = await withTunnel({ ...TUNNEL, standing: false })
  made.manager.setConnection('wg0', 'disconnected', 'nobody answers')
  await made.manager.settled()
  assert.equal([...routesOf(made), ...rulesOf(made)], [])
})

test('all of it goes with the routes, with the link, and with the manager', async () => {
  const made = await withTunnel()
  made.manager.clearRoutes('wg0')
  await made.manager.settled()
  assert.equal([...routesOf(made), ...rulesOf(made)], [])
  made.manager.setRoutes('wg0', TUNNEL)
  await made.manager.settled()
  assert.is(rulesOf(made).length, 2)
  await made.kernel.send([{ type: 'setLink', ifname: 'wg0', up: false }])
  await made.manager.settled()
  assert.equal([...routesOf(made), ...rulesOf(made)], [])
  await made.kernel.send([{ type: 'setLink', ifname: 'wg0', up: true }])
  await made.manager.settled()
  assert.is(rulesOf(made).length, 2)
  await made.manager.stop()
  assert.equal(made.kernel.mirror.rules(ours), [])
})

test('without a table of its own there is no such route: in main it would catch the tunnel itself', async () => {
  const made = await withTunnel(TUNNEL, 1)
  assert.equal(routesOf(made), ['10.8.0.0/24 table 254', '10.9.0.0/16 table 254'])
  assert.equal(rulesOf(made), [])
  assert.equal(made.problems, ['wg0: no-free-table'])
})

test('a route that overrides needs a mark', async () => {
  const { manager } = await world({ links: ['wg0'] })
  for (const exemptMark of [undefined, 0, 1.5, 2 ** 32]) {
    try {
      manager.setRoutes('wg0', { ...TUNNEL, exemptMark })
      assert.unreachable()
    } catch (thrown) {
      assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG') && thrown.field === 'exemptMark', String(thrown))
    }
  }
})

test.run()
