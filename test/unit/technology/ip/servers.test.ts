import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../../lib/errors.js'
import { normalizeEthernet } from '../../../../lib/technology/ethernet/normalize.js'
import { planEthernet } from '../../../../lib/technology/ethernet/plan.js'

const CONTEXT = {
  tmpDir: '/t',
  udhcpcHandlerPath: '/h',
  handlersPath: '/hs',
  hostname: 'board',
  regulatoryDomain: '00',
}
const STATIC = { method: 'static', address: '192.0.2.1', prefixLength: 24 }

const ethernet = (rest: object) => normalizeEthernet({ type: 'ethernet', ...rest })
const dhcpd = (section: object) => ethernet({ dhcpd: section }).dhcpd
const served = (address: string, prefixLength: number, section: object = {}) => {
  const normalized = ethernet({ ipv4: { method: 'static', address, prefixLength }, dhcpd: section }).dhcpd
  return [normalized?.start, normalized?.end]
}

/** Expects an error of one field whose text holds `text`. */
const refused = (rest: object, field: string, text: RegExp | string): void => {
  let thrown: unknown
  try {
    ethernet(rest)
  } catch (error) {
    thrown = error
  }
  assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'), `accepted, or not ours: ${String(thrown)}`)
  assert.is((thrown as { field?: string }).field, field)
  assert.match((thrown as Error).message, text)
}
const refusedSection = (section: object, field: string, text: RegExp | string): void =>
  refused({ ipv4: STATIC, dhcpd: section }, `dhcpd.${field}`, text)

test('G1: an empty section gets the default pool', () => {
  assert.equal(dhcpd({}), { start: '192.168.0.20', end: '192.168.0.254' })
})

test('G2: netmask is another name of the option subnet', () => {
  const section = { start: '192.168.1.2', end: '192.168.1.100', options: { netmask: '255.255.255.0' } }
  assert.equal(dhcpd(section), { ...section, options: { subnet: '255.255.255.0' } })
  const both = { netmask: '255.255.0.0', subnet: '255.255.255.0' }
  assert.equal(dhcpd({ options: both })?.options, { subnet: '255.255.255.0' })
})

test('G3: one name server becomes a list', () => {
  assert.equal(dhcpd({ options: { dns: '192.168.1.1' } }), {
    start: '192.168.0.20',
    end: '192.168.0.254',
    options: { dns: ['192.168.1.1'] },
  })
  assert.equal(dhcpd({ options: { search: 'a.example', router: '192.168.1.1' } })?.options, {
    search: ['a.example'],
    router: ['192.168.1.1'],
  })
})

const FULL = {
  start: '192.168.1.2',
  end: '192.168.1.100',
  maxLeases: 98,
  declineTime: 100,
  conflictTime: 200,
  offerTime: 300,
  minLease: 60,
  autoTime: 60,
  staticLeases: [['00:60:08:11:CE:4E', '192.168.1.55']],
  options: {
    dns: ['192.168.1.1', '1.1.1.1'],
    mtu: 9216,
    serverid: '192.168.1.1',
    hostname: 'marshmallow',
    8: '01020304',
  },
}

test('a path or a name that udhcpd would read cut off is refused; a blank is kept', () => {
  const config = ethernet({ ipv4: STATIC, dhcpd: {} })
  const fieldOf = (ifname: string, context: object): unknown => {
    try {
      planEthernet(ifname, config, { ...CONTEXT, ...context })
      return undefined
    } catch (thrown) {
      assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'), String(thrown))
      assert.match(thrown.message, '#')
      return thrown.field
    }
  }
  assert.is(fieldOf('eth0', { tmpDir: '/run/a#b' }), 'tmpDir')
  assert.is(fieldOf('eth#0', {}), 'ifname')
  assert.is(fieldOf('eth0', { udhcpcHandlerPath: '/opt/c#/handler.sh' }), 'dhcpd')
  assert.is(fieldOf('eth0', { tmpDir: '/run/a b' }), undefined)
  const [conf] = planEthernet('eth0', config, { ...CONTEXT, tmpDir: '/run/a b' }).files
  assert.match(conf?.content ?? '', '\nlease_file /run/a b/udhcpd.eth0.leases\n')
  const without = ethernet({ ipv4: STATIC })
  assert.ok(planEthernet('eth0', without, { ...CONTEXT, tmpDir: '/run/a#b' }))
})

test('G4: a full section keeps all its values, and its normal form is stable', () => {
  assert.equal(dhcpd(FULL), FULL)
  const config = ethernet({ ipv4: { ...STATIC, address: '192.168.1.1' }, dhcpd: FULL })
  assert.equal(config.dhcpd, FULL)
  assert.equal(normalizeEthernet(config), config)
})

const RECORDS = [
  ['sample.com', '192.168.1.4'],
  ['another.com', '192.168.1.5'],
]
const ON_168 = { method: 'static', address: '192.168.1.1', prefixLength: 24 }

test('G5: records of a DNS server are kept in order, on a static address', () => {
  assert.equal(ethernet({ ipv4: ON_168, dnsd: { records: RECORDS } }).dnsd, { records: RECORDS })
  assert.equal(ethernet({ ipv4: ON_168, dnsd: {} }).dnsd, { records: [] })
  assert.equal(ethernet({ ipv4: ON_168, dnsd: { port: 5353, ttl: 0, records: [['*', '192.168.1.1']] } }).dnsd, {
    port: 5353,
    ttl: 0,
    records: [['*', '192.168.1.1']],
  })
})

test('G6: without a static address the DNS server is dropped', () => {
  for (const method of ['dhcp', 'disabled']) {
    assert.equal(ethernet({ ipv4: { method }, dnsd: { records: RECORDS } }), { type: 'ethernet', ipv4: { method } })
  }
})

test('tech-A7: an option that is unknown, or has a wrong value, is refused with a hint at numeric codes', () => {
  const hint = /numeric codes .*can be used for unknown options/
  refusedSection({ options: { colour: 'red' } }, 'options.colour', hint)
  refusedSection({ options: { mtu: 'big' } }, 'options.mtu', hint)
  refusedSection({ options: { dns: ['192.0.2.1', 'x'] } }, 'options.dns.1', hint)
  refusedSection({ options: { subnet: '255.0.255.0' } }, 'options.subnet', hint)
  refusedSection({ options: { serverid: ['192.0.2.1'] } }, 'options.serverid', hint)
  refusedSection({ options: { hostname: 'a b' } }, 'options.hostname', hint)
  refusedSection({ options: { 42: ['192.0.2.1'] } }, 'options.42', hint)
  refusedSection({ options: { 42: 'a\nb' } }, 'options.42', hint)
  refusedSection({ options: { 255: '00' } }, 'options.255', hint)
  refusedSection({ options: { 0: '00' } }, 'options.0', hint)
  refusedSection({ foo: 1 }, 'foo', 'unknown key')
})

test('a pool that the configuration does not name lies in the subnet of the interface', () => {
  assert.equal(served('192.168.0.1', 24), ['192.168.0.20', '192.168.0.254'])
  assert.equal(served('192.0.2.1', 24), ['192.0.2.20', '192.0.2.254'])
  assert.equal(served('172.20.0.1', 16), ['172.20.0.20', '172.20.0.254'])
  assert.equal(served('192.0.2.129', 25), ['192.0.2.148', '192.0.2.254'])
  assert.equal(served('192.0.2.1', 28), ['192.0.2.1', '192.0.2.14'])
  assert.equal(served('192.0.2.1', 30), ['192.0.2.1', '192.0.2.2'])
})

test('half a pool is completed so that it is one', () => {
  assert.equal(served('192.0.2.1', 24, { start: '192.0.2.100' }), ['192.0.2.100', '192.0.2.254'])
  assert.equal(served('192.0.2.1', 24, { end: '192.0.2.10' }), ['192.0.2.1', '192.0.2.10'])
  assert.equal(served('172.20.0.1', 16, { start: '172.20.7.1' }), ['172.20.7.1', '172.20.255.254'])
})

test('a pool outside the subnet, the wrong way round, or without room is refused', () => {
  refusedSection({ start: '198.51.100.20' }, 'start', /192\.0\.2\.0\/24.*198\.51\.100\.20/)
  refusedSection({ end: '192.0.2.255' }, 'end', '192.0.2.0/24')
  refusedSection({ start: '192.0.2.30', end: '192.0.2.20' }, 'end', 'not below')
  refusedSection({ start: '192.0.2.1', end: '192.0.2.1' }, 'start', "the interface's own")
  refused({ ipv4: { ...STATIC, prefixLength: 32 }, dhcpd: {} }, 'dhcpd.start', "the interface's own")
  refused({ dhcpd: { start: '198.51.100.1', end: '192.0.2.1' } }, 'dhcpd.end', 'not below')
})

test('numbers, addresses and static leases are checked', () => {
  refusedSection({ start: '192.0.2' }, 'start', 'IPv4')
  for (const key of ['declineTime', 'conflictTime', 'offerTime', 'minLease', 'autoTime', 'maxLeases']) {
    refusedSection({ [key]: -1 }, key, 'an integer')
    refusedSection({ [key]: 1.5 }, key, 'an integer')
  }
  const mac = '02:00:00:00:00:09'
  refusedSection({ staticLeases: [['x', '192.0.2.9']] }, 'staticLeases.0.0', 'MAC')
  refusedSection({ staticLeases: [[mac]] }, 'staticLeases.0.1', 'IPv4')
  refusedSection({ staticLeases: [[mac, '198.51.100.9']] }, 'staticLeases.0.1', '192.0.2.0/24')
  refusedSection({ staticLeases: [[mac, '192.0.2.1']] }, 'staticLeases.0.1', 'other than 192.0.2.1')
  const twice = [
    [mac, '192.0.2.9'],
    [mac.toUpperCase(), '192.0.2.10'],
  ]
  refusedSection({ staticLeases: twice }, 'staticLeases.1.0', 'not listed before')
  const same = [
    [mac, '192.0.2.9'],
    ['02:00:00:00:00:0a', '192.0.2.9'],
  ]
  refusedSection({ staticLeases: same }, 'staticLeases.1.1', 'not listed before')
  refused({ ipv4: STATIC, dnsd: { records: [['a b', '192.0.2.1']] } }, 'dnsd.records.0.0', 'a host name')
  refused({ ipv4: STATIC, dnsd: { records: [['a', '::1']] } }, 'dnsd.records.0.1', 'IPv4')
  refused({ ipv4: STATIC, dnsd: { port: 0 } }, 'dnsd.port', 'an integer')
})

test('in a saved configuration an unknown option is left out and named', () => {
  const unknown: string[] = []
  const config = { type: 'ethernet', dhcpd: { options: { colour: 'red', 42: '00', mtu: 1400 } } }
  const { dhcpd: section } = normalizeEthernet(config, { onUnknownKey: (field) => unknown.push(field) })
  assert.equal(section?.options, { 42: '00', mtu: 1400 })
  assert.equal(unknown, ['dhcpd.options.colour'])
})

test('tech-A6: the file and the daemon of a DHCP server', () => {
  const config = ethernet({
    ipv4: { method: 'static', address: '172.20.0.1', prefixLength: 16 },
    dhcpd: {
      start: '172.20.0.50',
      end: '172.20.0.60',
      maxLeases: 11,
      staticLeases: [['aa:bb:cc:00:11:22', '172.20.0.5']],
      options: { netmask: '255.255.0.0', mtu: 1400, 42: '172.20.0.1', dns: '172.20.0.1' },
    },
  })
  const plan = planEthernet('eth0', config, CONTEXT)
  const lines = [
    'interface eth0',
    'pidfile /t/udhcpd.eth0.pid',
    'lease_file /t/udhcpd.eth0.leases',
    'notify_file /h',
    '',
    'end 172.20.0.60',
    'max_leases 11',
    'opt 42 172.20.0.1',
    'opt dns 172.20.0.1',
    'opt mtu 1400',
    'opt subnet 255.255.0.0',
    'start 172.20.0.50',
    'static_lease aa:bb:cc:00:11:22 172.20.0.5',
    '',
    '',
  ]
  assert.equal(plan.files, [{ path: '/t/udhcpd.conf.eth0', content: lines.join('\n'), mode: 0o600, secret: false }])
  assert.equal(plan.cleanup, ['/t/udhcpd.eth0.pid'])
  assert.equal(plan.services, [
    {
      type: 'daemon',
      name: 'udhcpd',
      program: 'udhcpd',
      args: ['-f', '/t/udhcpd.conf.eth0'],
      events: 'udhcpd',
      leaseFile: '/t/udhcpd.eth0.leases',
    },
  ])
  assert.is(plan.restart, 'one-for-one')
})

test('every setting of udhcpd stands in its place, options by code before those by name', () => {
  const config = ethernet({
    ipv4: ON_168,
    dhcpd: { ...FULL, options: { ...FULL.options, 121: '18c0', lease: 600, 43: 'ff' } },
  })
  const [file] = planEthernet('eth0', config, CONTEXT).files
  const lines = [
    'auto_time 60',
    'conflict_time 200',
    'decline_time 100',
    'end 192.168.1.100',
    'max_leases 98',
    'min_lease 60',
    'offer_time 300',
    'opt 8 01020304',
    'opt 43 ff',
    'opt 121 18c0',
    'opt dns 192.168.1.1 1.1.1.1',
    'opt hostname marshmallow',
    'opt lease 600',
    'opt mtu 9216',
    'opt serverid 192.168.1.1',
    'start 192.168.1.2',
    'static_lease 00:60:08:11:CE:4E 192.168.1.55',
  ]
  assert.equal(file?.content.split('\n').slice(5, -2), lines)
})

test('a DNS server stands behind the DHCP server, its file before that one', () => {
  const dnsd = { records: RECORDS, port: 5353, ttl: 30 }
  const plan = planEthernet('eth0', ethernet({ ipv4: ON_168, dhcpd: {}, dnsd }), CONTEXT)
  assert.equal(
    plan.files.map(({ path }) => path),
    ['/t/dnsd.conf.eth0', '/t/udhcpd.conf.eth0'],
  )
  assert.is(plan.files[0]?.content, 'sample.com 192.168.1.4\nanother.com 192.168.1.5\n')
  const args = ['-t', '30', '-p', '5353', '-c', '/t/dnsd.conf.eth0', '-i', '192.168.1.1']
  assert.equal(plan.services[1], { type: 'daemon', name: 'dnsd', program: 'dnsd', args })
  const plain = planEthernet('eth0', ethernet({ ipv4: ON_168, dnsd: {} }), CONTEXT)
  assert.equal(plain.services, [
    { type: 'daemon', name: 'dnsd', program: 'dnsd', args: ['-c', '/t/dnsd.conf.eth0', '-i', '192.168.1.1'] },
  ])
})

test.run()
