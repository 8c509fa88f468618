import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { udhcpcArgs, udhcpcReader, withRequestedAddress } from '../../../lib/dhcp/client.js'
import type { UdhcpcReport } from '../../../lib/dhcp/udhcpc-handler.js'
import { udhcpcEvent } from '../../../lib/testing/scripted-daemon.js'

const base = { ifname: 'eth0', hostname: 'unit_test', handlerPath: '/handler' }
const baseArgs = ['-f', '-i', 'eth0', '-x', 'hostname:unit_test', '-s', '/handler']

test('F6: arguments of a plain DHCP client', () => {
  assert.equal(udhcpcArgs(base), baseArgs)
})

test('requested options follow in order', () => {
  assert.equal(udhcpcArgs({ ...base, requestOptions: ['wpad', 'sipsrv'] }), [...baseArgs, '-O', 'wpad', '-O', 'sipsrv'])
})

test('identifier, vendor class and address stand between', () => {
  const options = { ...base, vendorClass: 'press', requestedAddress: '192.0.2.7', requestOptions: ['wpad'] }
  assert.equal(udhcpcArgs({ ...options, clientId: '01:02:00:00:00:00:0A' }), [
    ...baseArgs,
    ...['-x', '0x3d:0102000000000A', '-V', 'press', '-r', '192.0.2.7', '-O', 'wpad'],
  ])
})

test('a client identifier that is no hex is sent as text of type 0', () => {
  assert.equal(udhcpcArgs({ ...base, clientId: 'press-é' }).slice(7), ['-x', '0x3d:0070726573732dc3a9'])
})

test('the address to ask for replaces an earlier one', () => {
  const once = withRequestedAddress([...baseArgs, '-O', 'wpad'], '192.0.2.7')
  assert.equal(once, [...baseArgs, '-O', 'wpad', '-r', '192.0.2.7'])
  assert.equal(withRequestedAddress(once, '192.0.2.8'), [...baseArgs, '-O', 'wpad', '-r', '192.0.2.8'])
})

test('a reader reports the events of its interface and logs the rest', () => {
  const reports: UdhcpcReport[] = []
  const warnings: string[] = []
  const nothing = () => undefined
  const logger = {
    debug: nothing,
    info: nothing,
    error: nothing,
    warn: (_: object, text: string) => warnings.push(text),
  }
  const read = udhcpcReader({ ifname: 'eth0', logger, onReport: (report) => reports.push(report) })
  read(udhcpcEvent('bound', { interface: 'eth0', ip: '192.0.2.7', PATH: '/bin' }))
  read(udhcpcEvent('bound', { interface: 'eth1', ip: '192.0.2.8' }))
  read(udhcpcEvent('bound', { ip: '192.0.2.8' }))
  read(udhcpcEvent('other', { interface: 'eth0' }))
  read(new Uint8Array(1))
  read(udhcpcEvent('leasefail', { interface: 'eth0' }))
  assert.equal(reports, [
    { name: 'bound', event: { ifname: 'eth0', options: { ip: '192.0.2.7' } } },
    { name: 'leasefail', event: { ifname: 'eth0', options: {} } },
  ])
  assert.is(warnings.length, 4)
})

test.run()
