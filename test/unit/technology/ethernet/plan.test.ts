import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { normalizeEthernet } from '../../../../lib/technology/ethernet/normalize.js'
import { planEthernet } from '../../../../lib/technology/ethernet/plan.js'
import { clearNameServers, clearRoutes, setNameServers, setRoutes } from '../../../../lib/technology/ip/steps.js'

const CONTEXT = {
  tmpDir: '/run/vintage-net',
  udhcpcHandlerPath: '/lib/udhcpc-handler.sh',
  handlersPath: '/lib/handlers',
  hostname: 'board',
  regulatoryDomain: '00',
}

const plan = (rest: object) => planEthernet('eth0', normalizeEthernet({ type: 'ethernet', ...rest }), CONTEXT)
const kernel = (command: object) => ({ type: 'kernel', command })
const setLink = (rest: object) => kernel({ type: 'setLink', ifname: 'eth0', ...rest })
const UP = setLink({ up: true })
const DOWN = setLink({ up: false })

const address = (text: string, prefixLength: number, broadcast?: string) =>
  kernel({
    type: 'replaceAddress',
    ifname: 'eth0',
    address: text,
    prefixLength,
    ...(broadcast === undefined ? {} : { broadcast }),
    label: 'eth0',
    scope: 0,
    noPrefixRoute: true,
    protocol: 183,
  })
const deletion = (text: string, prefixLength: number) =>
  kernel({ type: 'deleteAddress', ifname: 'eth0', address: text, prefixLength })

const udhcpc = (...args: string[]) => ({
  type: 'daemon',
  name: 'udhcpc',
  program: 'udhcpc',
  args: ['-f', '-i', 'eth0', ...args],
  whileLowerUp: true,
  events: 'udhcpc',
})

test('F6: DHCP brings the link up and runs udhcpc while there is carrier', () => {
  const { up, down, services, connectivity } = plan({ hostname: 'unit_test', ipv4: { method: 'dhcp' } })
  assert.equal(up, [UP])
  assert.equal(down, [DOWN])
  assert.equal(services, [udhcpc('-x', 'hostname:unit_test', '-s', '/lib/udhcpc-handler.sh')])
  assert.is(connectivity, 'internet')
})

test('F7: a static address with a gateway', () => {
  const { up, down, services, connectivity } = plan({
    ipv4: {
      method: 'static',
      address: '192.168.1.2',
      prefixLength: 24,
      gateway: '192.168.1.1',
      nameServers: ['1.1.1.1', '8.8.8.8'],
      domain: 'example.com',
    },
  })
  const addresses = [{ address: '192.168.1.2', prefixLength: 24 }]
  assert.equal(up, [
    address('192.168.1.2', 24, '192.168.1.255'),
    UP,
    setRoutes({ addresses, gateway: '192.168.1.1' }),
    setNameServers({ domain: 'example.com', nameServers: ['1.1.1.1', '8.8.8.8'] }),
  ])
  assert.equal(down, [clearRoutes(), clearNameServers(), deletion('192.168.1.2', 24), DOWN])
  assert.equal(services, [])
  assert.is(connectivity, 'internet')
})

test('tech-A1: the plan of DHCP with a host name', () => {
  const config = { type: 'ethernet', ipv4: { method: 'dhcp' }, hostname: 'press-3' }
  assert.equal(plan(config), {
    ifname: 'eth0',
    type: 'ethernet',
    source: config,
    requires: ['eth0'],
    files: [],
    up: [UP],
    down: [DOWN],
    cleanup: [],
    services: [udhcpc('-x', 'hostname:press-3', '-s', '/lib/udhcpc-handler.sh')],
    restart: 'one-for-all',
    connectivity: 'internet',
    retryDelayMs: 30_000,
    upLimitMs: 5000,
    downLimitMs: 5000,
  })
})

test('tech-A2: the MAC address is set on the link while it is down, before anything else', () => {
  const { up, source } = plan({ macAddress: '02:00:5E:10:20:30' })
  assert.equal(up, [DOWN, setLink({ macAddress: '02:00:5E:10:20:30' }), UP])
  assert.is((source as { macAddress: string }).macAddress, '02:00:5E:10:20:30')
})

test('tech-A5: a static address without gateway and servers is judged as a LAN', () => {
  const ipv4 = { method: 'static', address: '10.9.8.7', prefixLength: 24 }
  const { up, connectivity } = plan({ ipv4 })
  const addresses = [{ address: '10.9.8.7', prefixLength: 24 }]
  assert.equal(up, [address('10.9.8.7', 24, '10.9.8.255'), UP, setRoutes({ addresses }), clearNameServers()])
  assert.is(connectivity, 'lan')
  const withGateway = plan({ ipv4: { ...ipv4, gateway: '10.9.8.1', nameServers: ['9.9.9.9'], domain: 'plant.lan' } })
  assert.is(withGateway.connectivity, 'internet')
  assert.equal(withGateway.up.slice(-2), [
    setRoutes({ addresses, gateway: '10.9.8.1' }),
    setNameServers({ domain: 'plant.lan', nameServers: ['9.9.9.9'] }),
  ])
})

test('disabled brings the link up and nothing more', () => {
  const { up, down, services, connectivity } = plan({ ipv4: { method: 'disabled' } })
  assert.equal([up, down, services, connectivity], [[UP], [DOWN], [], 'none'])
})

test('further addresses, routes and the metric go where they belong; addresses are deleted last one first', () => {
  const further = [
    { address: '192.0.2.3', prefixLength: 31 },
    { address: '198.51.100.1', prefixLength: 32 },
  ]
  const routes = [{ to: '203.0.113.0/24', via: '192.0.2.254', metric: 10 }]
  const ipv4 = { method: 'static', address: '192.0.2.2', prefixLength: 24, addresses: further, routes }
  const { up, down } = plan({ metric: 5, ipv4 })
  const addresses = [{ address: '192.0.2.2', prefixLength: 24 }, ...further]
  assert.equal(up.slice(0, 3), [
    address('192.0.2.2', 24, '192.0.2.255'),
    address('192.0.2.3', 31),
    address('198.51.100.1', 32),
  ])
  assert.equal(up[4], setRoutes({ addresses, routes, metric: 5 }))
  assert.equal(down.slice(2, 5), [deletion('198.51.100.1', 32), deletion('192.0.2.3', 31), deletion('192.0.2.2', 24)])
})

test('IPv6 is turned off and the MTU set before the link is up', () => {
  const { up } = plan({ ipv6: { method: 'disabled' }, mtu: 1400, ipv4: { method: 'disabled' } })
  const path = ['ipv6', 'conf', 'eth0', 'disable_ipv6']
  assert.equal(up, [kernel({ type: 'setSysctl', path, value: '1' }), setLink({ mtu: 1400 }), UP])
  assert.equal(plan({ ipv6: { method: 'auto' } }).up, [UP])
})

test('every DHCP setting reaches udhcpc, and the host name of the system where none is configured', () => {
  const ipv4 = { method: 'dhcp', dhcpRequestOptions: ['wpad', '43'], clientId: '01:aa:bb', vendorClass: 'acme' }
  const [service] = plan({ ipv4 }).services
  const args = service?.type === 'daemon' ? service.args.join(' ') : ''
  assert.match(args, '-x hostname:board')
  assert.match(args, '-x 0x3d:01aabb')
  assert.match(args, '-V acme')
  assert.match(args, '-O wpad -O 43')
})

test('equal configurations make equal plans', () => {
  const config = { ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24 } }
  assert.equal(plan(config), plan(structuredClone(config)))
})

test.run()
