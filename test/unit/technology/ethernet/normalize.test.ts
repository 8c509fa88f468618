import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../../lib/errors.js'
import { normalizeEthernet } from '../../../../lib/technology/ethernet/normalize.js'

const ethernet = (rest: object) => normalizeEthernet({ type: 'ethernet', ...rest })
const ipv4 = (config: object) => ethernet({ ipv4: config }).ipv4

/** Expects an error of one field whose text holds `text`. */
const refused = (config: unknown, field: string, text: RegExp | string = field): void => {
  let thrown: unknown
  try {
    normalizeEthernet(config)
  } catch (error) {
    thrown = error
  }
  assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'), `accepted, or not ours: ${String(thrown)}`)
  assert.is((thrown as { field?: string }).field, field)
  assert.match((thrown as Error).message, text)
}
const refusedIpv4 = (config: object, field: string, text?: RegExp | string): void => {
  refused({ type: 'ethernet', ipv4: config }, `ipv4.${field}`, text ?? field)
}

const STATIC = { method: 'static', address: '192.0.2.2', prefixLength: 24 }

test('F1: without a method the error names the three methods', () => {
  refusedIpv4({}, 'method', "one of 'dhcp', 'static', 'disabled'")
  refusedIpv4({ method: 'bootp' }, 'method', '"bootp"')
  refused({ type: 'ethernet', ipv4: 'dhcp' }, 'ipv4', /'dhcp', 'static', 'disabled'.*"dhcp"/)
})

test('F2: disabled stays as it is', () => assert.equal(ipv4({ method: 'disabled' }), { method: 'disabled' }))

test('F3: without ipv4 an interface uses DHCP', () => {
  assert.equal(ethernet({}), { type: 'ethernet', ipv4: { method: 'dhcp' } })
  assert.equal(ipv4({ method: 'dhcp' }), { method: 'dhcp' })
})

test('F4: a static configuration keeps its values in canonical form', () => {
  const config = {
    method: 'static',
    address: '192.168.1.2',
    prefixLength: 24,
    gateway: '192.168.1.1',
    nameServers: ['1.1.1.1', '8.8.8.8'],
    domain: 'example.com',
  }
  assert.equal(ipv4(config), config)
  assert.equal(ipv4({ ...config, nameServers: '2001:DB8::1' }), { ...config, nameServers: ['2001:db8::1'] })
})

test('F5: the DHCP options to request keep their order', () => {
  const config = { method: 'dhcp', dhcpRequestOptions: ['wpad', 'sipsrv', '43'] }
  assert.equal(ipv4(config), config)
})

test('keys that belong to another method do not apply and go', () => {
  assert.equal(ipv4({ method: 'dhcp', address: '192.0.2.2', gateway: 'nonsense' }), { method: 'dhcp' })
  assert.equal(ipv4({ ...STATIC, ignoreDns: true }), STATIC)
})

test('a netmask becomes a prefix length; the prefix length wins where both are given', () => {
  const { prefixLength: _, ...rest } = STATIC
  assert.equal(ipv4({ ...rest, netmask: '255.255.255.0' }), STATIC)
  assert.equal(ipv4({ ...STATIC, netmask: '255.0.0.0' }), STATIC)
  refusedIpv4(rest, 'prefixLength', 'or `netmask`')
  refusedIpv4({ ...rest, netmask: '255.0.255.0' }, 'netmask', '"255.0.255.0"')
  refusedIpv4({ ...rest, netmask: 24 }, 'netmask', 'got 24')
})

test('the error of a field names it, its value and what was expected', () => {
  refusedIpv4({ ...STATIC, prefixLength: 33 }, 'prefixLength', /ipv4\.prefixLength: .*1 to 32, got 33/)
  refusedIpv4({ ...STATIC, prefixLength: '24' }, 'prefixLength', 'got "24"')
  refusedIpv4({ ...STATIC, address: '192.0.2' }, 'address', 'got "192.0.2"')
  refusedIpv4({ ...STATIC, address: null }, 'address', 'got null')
  refusedIpv4({ method: 'static', prefixLength: 24 }, 'address', /IPv4 address.*missing/)
  refusedIpv4({ ...STATIC, nameServers: ['192.0.2.1', 'x'] }, 'nameServers.1', '"x"')
  refusedIpv4({ ...STATIC, nameServers: 7 }, 'nameServers', 'a list of them')
  refusedIpv4({ ...STATIC, domain: 'a b' }, 'domain')
  refusedIpv4({ method: 'dhcp', dhcpRequestOptions: 'wpad' }, 'dhcpRequestOptions')
  refusedIpv4({ method: 'dhcp', dhcpRequestOptions: ['-x'] }, 'dhcpRequestOptions.0')
  refusedIpv4({ method: 'dhcp', dhcpRequestOptions: [43] }, 'dhcpRequestOptions.0')
  refusedIpv4({ method: 'dhcp', clientId: '' }, 'clientId')
  refusedIpv4({ method: 'dhcp', ignoreDns: 'yes' }, 'ignoreDns')
})

test('an address that no host can have is refused', () => {
  for (const address of ['0.0.0.0', '224.0.0.1', '239.255.255.255', '255.255.255.255', 'fe80::1']) {
    refusedIpv4({ ...STATIC, address }, 'address')
  }
})

test('a gateway lies in one of the subnets and is another host', () => {
  const far = { ...STATIC, gateway: '198.51.100.1' }
  refusedIpv4(far, 'gateway', /192\.0\.2\.0\/24.*"198\.51\.100\.1"/)
  refusedIpv4({ ...STATIC, gateway: '192.0.2.2' }, 'gateway', 'another host')
  refusedIpv4({ ...STATIC, gateway: '192.0.2.255' }, 'gateway')
  const addresses = [{ address: '198.51.100.2', prefixLength: 24 }]
  assert.equal(ipv4({ ...far, addresses }), { ...far, addresses })
  const alone = { ...far, prefixLength: 32 }
  assert.equal(ipv4(alone), alone)
  const pair = { ...STATIC, prefixLength: 31, gateway: '192.0.2.3' }
  assert.equal(ipv4(pair), pair)
})

test('further addresses differ from each other', () => {
  const same = { address: '192.0.2.2', prefixLength: 32 }
  refusedIpv4({ ...STATIC, addresses: [same] }, 'addresses.0.address', 'not listed before')
  refusedIpv4({ ...STATIC, addresses: [{ address: '192.0.2.3' }] }, 'addresses.0.prefixLength')
  refusedIpv4({ ...STATIC, addresses: [{ address: '192.0.2.3', prefix: 24 }] }, 'addresses.0.prefix', 'prefixLength')
})

test('routes need a subnet without host bits and a hop that can be reached', () => {
  const routes = [{ to: '203.0.113.0/24', via: '192.0.2.254', metric: 10 }, { to: '198.51.100.0/24' }]
  assert.equal(ipv4({ ...STATIC, routes }), { ...STATIC, routes })
  for (const to of ['203.0.113.7/24', '203.0.113.0', '0.0.0.0/0', 'default', '2001:db8::/32']) {
    refusedIpv4({ ...STATIC, routes: [{ to }] }, 'routes.0.to', to)
  }
  refusedIpv4({ ...STATIC, routes: [{ to: '203.0.113.0/24', via: '203.0.113.1' }] }, 'routes.0.via')
  refusedIpv4({ ...STATIC, routes: [{ to: '203.0.113.0/24', metric: -1 }] }, 'routes.0.metric')
})

test('an unknown key at any level is an error that suggests the nearest', () => {
  refused({ type: 'ethernet', ipv5: {} }, 'ipv5', 'did you mean "ipv4"?')
  refused({ type: 'ethernet', 'mac-address': 'x' }, 'mac-address', 'did you mean "macAddress"?')
  refusedIpv4({ ...STATIC, prefixLenght: 24 }, 'prefixLenght', 'did you mean "prefixLength"?')
  refused({ type: 'ethernet', ipv6: { mode: 'auto', method: 'auto' } }, 'ipv6.mode')
  for (const key of ['constructor', 'toString', 'hasOwnProperty'])
    refused({ type: 'ethernet', [key]: 1 }, key, 'unknown key')
  refused(JSON.parse('{"type":"ethernet","__proto__":{}}'), '__proto__')
})

test('the value of an unknown key is not shown', () => {
  try {
    normalizeEthernet({ type: 'ethernet', pks: 'hush-hush' })
    assert.unreachable()
  } catch (thrown) {
    assert.not.match(String(thrown), 'hush')
  }
})

test('tech-A4: texts that are no MAC address are refused', () => {
  for (const macAddress of [
    '02:00:5E:10:20',
    '02-00-5E-10-20-30',
    42,
    '02:00:5E:10:20:3Z',
    '02:00:5e:10:20:30 ',
    '2:0:5e:10:20:30',
  ]) {
    refused({ type: 'ethernet', macAddress }, 'macAddress', 'MAC address')
  }
})

test('group and all-zero MAC addresses are refused', () => {
  for (const macAddress of ['01:00:5e:00:00:01', 'ff:ff:ff:ff:ff:ff', '00:00:00:00:00:00']) {
    refused({ type: 'ethernet', macAddress }, 'macAddress', 'unicast')
  }
})

test('tech-A2: a MAC address keeps its letter case', () => {
  assert.is(ethernet({ macAddress: '02:00:5E:10:20:30' }).macAddress, '02:00:5E:10:20:30')
})

test('mtu, metric, hostname and ipv6 are kept within their ranges', () => {
  const config = { mtu: 1400, metric: 5, hostname: 'gateway-7', ipv6: { method: 'auto' } }
  const { type: _, ipv4: __, ...kept } = ethernet(config)
  assert.equal(kept, config)
  for (const mtu of [67, 65_536, 1400.5, '1400']) refused({ type: 'ethernet', mtu }, 'mtu', '68 to 65535')
  for (const metric of [-1, 32_768]) refused({ type: 'ethernet', metric }, 'metric', '0 to 32767')
  for (const hostname of ['', '-a', 'a-', 'a..b', 'a b', 'ü', 'a\n', 'x'.repeat(64), 42]) {
    refused({ type: 'ethernet', hostname }, 'hostname', 'host name')
  }
  refused({ type: 'ethernet', ipv6: { method: 'static' } }, 'ipv6.method', "'auto' or 'disabled'")
  refused({ type: 'ethernet', ipv6: {} }, 'ipv6.method', /'auto' or 'disabled'.*missing/)
})

test('an undefined member is absent', () => {
  assert.equal(ethernet({ mtu: undefined, ipv4: undefined }), { type: 'ethernet', ipv4: { method: 'dhcp' } })
})

test('normalizing is idempotent and leaves its input alone', () => {
  const config = Object.freeze({
    type: 'ethernet',
    ipv4: Object.freeze({ method: 'static', address: '192.0.2.2', netmask: '255.255.255.0', nameServers: '192.0.2.1' }),
  })
  const once = normalizeEthernet(config)
  assert.equal(normalizeEthernet(once), once)
  assert.equal(JSON.parse(JSON.stringify(once)), once)
})

test('unknown keys of a saved configuration are ignored and named', () => {
  const unknown: string[] = []
  const saved = {
    type: 'ethernet',
    colour: 'red',
    ipv4: { ...STATIC, future: 1, addresses: [{ address: '192.0.2.9', prefixLength: 24, tag: 'x' }] },
  }
  const config = normalizeEthernet(saved, { onUnknownKey: (field) => unknown.push(field) })
  assert.equal(unknown.sort(), ['colour', 'ipv4.addresses.0.tag', 'ipv4.future'])
  assert.equal(config, {
    type: 'ethernet',
    ipv4: { ...STATIC, addresses: [{ address: '192.0.2.9', prefixLength: 24 }] },
  })
})

test.run()
