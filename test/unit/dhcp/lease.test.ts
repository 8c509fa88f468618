import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { leaseAddress, parseDhcpOptions } from '../../../lib/dhcp/lease.js'

function parse(environment: Record<string, string>) {
  return parseDhcpOptions(new Map(Object.entries(environment)))
}

test('L1: a lease of a home router', () => {
  const environment = {
    dns: '192.168.1.149 1.1.1.1 9.9.9.9',
    domain: 'localdomain',
    interface: 'eth0',
    ip: '192.168.1.245',
    lease: '86400',
    mask: '24',
    ntpsrv: '192.168.1.149',
    opt53: '05',
    router: '192.168.1.1',
    serverid: '192.168.1.1',
    subnet: '255.255.255.0',
  }
  assert.equal(parse(environment), {
    dns: ['192.168.1.149', '1.1.1.1', '9.9.9.9'],
    domain: 'localdomain',
    ip: '192.168.1.245',
    lease: 86_400,
    mask: 24,
    ntpsrv: ['192.168.1.149'],
    router: ['192.168.1.1'],
    serverid: '192.168.1.1',
    subnet: '255.255.255.0',
  })
})

test('options that udhcpc names by number have names', () => {
  assert.equal(parse({ opt58: '00000e10', opt59: '00001C20', opt77: 'class', opt50: 'c0000207', opt57: '0240' }), {
    renewal_time: 3_600,
    rebind_time: 7_200,
    userclass: 'class',
  })
})

test('a value that makes no sense costs only itself', () => {
  const environment = {
    ip: '192.0.2.300',
    siaddr: '192.0.2.01',
    dns: '192.0.2.1 nonsense',
    router: '',
    lease: '86400s',
    mtu: '-1',
    ipttl: '4294967296',
    mask: '33',
    opt58: 'xyz',
    opt59: '123456789',
    domain: 'example.com',
  }
  assert.equal(parse(environment), { domain: 'example.com' })
})

test('a text cannot smuggle in lines or control characters', () => {
  const hostile = { domain: 'example.com\nnameserver 203.0.113.1', search: 'a\tb', hostname: '\x7f', wpad: '' }
  assert.equal(parse(hostile), {})
})

test('texts may hold blanks and bytes above 127', () => {
  assert.equal(parse({ search: 'example.com example.net', rootpath: '\xe9' }), {
    search: 'example.com example.net',
    rootpath: '\xe9',
  })
})

test('unknown variables are left out', () => {
  assert.equal(
    parse({ PATH: '/bin', PWD: '/', __proto__x: '1', constructor: 'x', renewal_time: '0e10', userclass: 'x' }),
    {},
  )
})

test('the address of a lease has the prefix length of its mask', () => {
  assert.equal(leaseAddress({ ip: '192.0.2.7', mask: 25 }), { address: '192.0.2.7', prefixLength: 25 })
  assert.equal(leaseAddress({ ip: '192.0.2.7', mask: 32 }), { address: '192.0.2.7', prefixLength: 32 })
})

test('L4: broadcast and subnet of the lease are used', () => {
  const options = { ip: '192.168.1.2', broadcast: '192.168.1.255', subnet: '255.255.255.0' }
  assert.equal(leaseAddress(options), { address: '192.168.1.2', prefixLength: 24, broadcast: '192.168.1.255' })
})

test('a mask of 0 or with holes is no mask', () => {
  assert.is(leaseAddress({ ip: '192.0.2.7', mask: 0, subnet: '255.255.255.128' })?.prefixLength, 25)
  assert.is(leaseAddress({ ip: '192.0.2.7', mask: 0, subnet: '255.0.255.0' })?.prefixLength, 24)
  assert.is(leaseAddress({ ip: '192.0.2.7', subnet: '0.0.0.0' })?.prefixLength, 24)
})

test('without a mask the class of the address decides', () => {
  const prefixOf = (ip: string) => leaseAddress({ ip })?.prefixLength
  assert.equal(['10.0.0.1', '127.255.0.1', '128.0.0.1', '191.1.1.1', '192.0.2.1', '223.1.1.1'].map(prefixOf), [
    8,
    undefined,
    16,
    16,
    24,
    24,
  ])
})

test('an address that no interface can have is no lease', () => {
  for (const ip of ['0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255']) assert.is(leaseAddress({ ip }), undefined)
  assert.is(leaseAddress({ mask: 24 }), undefined)
})

test('a prefix of 31 or 32 bits has no broadcast address', () => {
  const lease = { ip: '192.0.2.6', broadcast: '192.0.2.7' }
  assert.is(leaseAddress({ ...lease, mask: 31 })?.broadcast, undefined)
  assert.is(leaseAddress({ ...lease, mask: 32 })?.broadcast, undefined)
  assert.is(leaseAddress({ ...lease, mask: 30 })?.broadcast, '192.0.2.7')
  assert.is(leaseAddress({ ...lease, mask: 24, broadcast: '0.0.0.0' })?.broadcast, undefined)
})

test.run()
