import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { leaseFileInterface, parseLeaseFile } from '../../../lib/dhcp/server-leases.js'
import { toUdhcpdEvent } from '../../../lib/dhcp/udhcpd-handler.js'

const hex = (text: string) =>
  Uint8Array.from(text.replaceAll(/\s/g, '').match(/../g) ?? [], (pair) => Number(`0x${pair}`))

/** What udhcpd of busybox 1.35 wrote. */
const WRITTEN = hex(`
  00000000 6b05f3a0
  0000001d c000022f 42afe585 9a64 6d79686f 73740000 00000000 00000000 00000000 0000
  000d2f00 c0000230 02000a00 0109 00000000 00000000 00000000 00000000 00000000 0000
`)
const FIRST = {
  leasetime: 29,
  expiresAtMs: (0x6b05_f3a0 + 29) * 1000,
  leaseNip: '192.0.2.47',
  leaseMac: '42:af:e5:85:9a:64',
  hostname: 'myhost',
}
const SECOND = {
  leasetime: 864_000,
  expiresAtMs: (0x6b05_f3a0 + 864_000) * 1000,
  leaseNip: '192.0.2.48',
  leaseMac: '02:00:0a:00:01:09',
  hostname: '',
}

test('the leases stand in the order of the file, MAC addresses in two lower-case digits an octet', () => {
  assert.equal(parseLeaseFile(WRITTEN), [FIRST, SECOND])
})

test('a file that is cut anywhere gives the records that are whole', () => {
  for (let length = 0; length <= WRITTEN.length; length += 1) {
    const whole = length < 44 ? [] : length < 80 ? [FIRST] : [FIRST, SECOND]
    assert.equal(parseLeaseFile(WRITTEN.subarray(0, length)), whole)
  }
})

test('host names hold no character that could do harm, and may fill their field', () => {
  const bytes = Uint8Array.from(WRITTEN)
  bytes.set([0x61, 0x1b, 0x20, 0xff, 0x0a, ...Array.from({ length: 15 }, () => 0x62)], 8 + 14)
  assert.is(parseLeaseFile(bytes)[0]?.hostname, `a????${'b'.repeat(15)}`)
})

test('times beyond any date are numbers all the same', () => {
  const bytes = Uint8Array.from(WRITTEN).fill(0xff, 0, 12)
  const [lease] = parseLeaseFile(bytes)
  assert.is(lease?.leasetime, 0xffff_ffff)
  assert.ok(Number.isSafeInteger(lease?.expiresAtMs))
})

test('L3: the name of a lease file names its interface, also one with dots, in any folder', () => {
  const environment = new Map<string, string>()
  const event = (...args: string[]) => toUdhcpdEvent({ args, environment })
  const leaseFile = '/tmp/vintage_net/udhcpd.wlan0.leases'
  assert.equal(event(leaseFile), { ifname: 'wlan0', leaseFile })
  assert.is(event('udhcpd.eth0.100.leases')?.ifname, 'eth0.100')
  assert.is(event('a/udhcpd.leases.leases')?.ifname, 'leases')
  for (const path of ['', 'udhcpd..leases/', 'udhcpd.leases', 'xudhcpd.eth0.leases', 'udhcpd.eth0.leases.bak']) {
    assert.is(leaseFileInterface(path), undefined)
  }
  assert.is(event(leaseFile, leaseFile), undefined)
  assert.is(event(), undefined)
})

test.run()
