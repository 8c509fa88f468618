import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../../lib/errors.js'
import { mobile, mobileTechnology } from '../../../../lib/technology/mobile/index.js'
import type { Modem } from '../../../../lib/technology/mobile/modem.js'
import type { MobileInput } from '../../../../lib/technology/mobile/schema.js'

const BASE = { type: 'mobile', modem: 'quectel-ec25', serviceProviders: [{ apn: 'm2m.example' }] } as const

function normalize(config: object, technology = mobile) {
  const warnings: string[] = []
  const onWarning = (field: string, text: string): void => void warnings.push(`${field}: ${text}`)
  const normal = technology.normalize({ ...BASE, ...config }, { onWarning })
  assert.equal(technology.normalize(normal), normal, 'normalizing twice changes nothing')
  return { normal, warnings }
}

/** What refuses the configuration. */
function refused(config: object, technology = mobile): { field: string | undefined; message: string } {
  try {
    technology.normalize({ ...BASE, ...config })
  } catch (thrown) {
    assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'), String(thrown))
    return { field: thrown.field, message: thrown.message }
  }
  throw new Error('it was not refused')
}

test('the ports and the speed of a modem are filled in, and those of the configuration stay', () => {
  assert.equal(normalize({}).normal, { ...BASE, pppTty: 'ttyUSB3', atTty: 'ttyUSB2', speed: 9_600 })
  const given = { pppTty: '/dev/serial/by-id/usb-Quectel_EC25-if03-port0', atTty: '/dev/ttyUSB7', speed: 115_200 }
  assert.equal(normalize(given).normal, {
    ...BASE,
    pppTty: 'serial/by-id/usb-Quectel_EC25-if03-port0',
    atTty: 'ttyUSB7',
    speed: 115_200,
  })
})

test('E5: without a provider, or with one that has no APN, there is an example of one', () => {
  const { serviceProviders: _, ...none } = BASE
  assert.throws(() => mobile.normalize(none), /serviceProviders.*apn: 'internet\.example'/)
  const empty = refused({ serviceProviders: [] })
  assert.is(empty.field, 'serviceProviders')
  assert.match(empty.message, "[{ apn: 'internet.example' }]")
  assert.is(refused({ serviceProviders: [{ name: 'x' }] }).field, 'serviceProviders.0.name')
  assert.is(refused({ serviceProviders: [{}] }).field, 'serviceProviders.0.apn')
})

test('E16: a value that could leave its place in the script is refused by its field', () => {
  for (const apn of ['a"b', 'a\nOK ATD1', "a'b", 'a b', 'a\\r', 'a^Mb', '', '.a', 'a.', 'x'.repeat(101), 'ä']) {
    assert.is(refused({ serviceProviders: [{ apn }] }).field, 'serviceProviders.0.apn', apn)
  }
  for (const pppTty of ['../mem', '/dev/../mem', '/etc/passwd', 'tty USB', 'ttyUSB0;reboot', '/dev/.x', '']) {
    assert.is(refused({ pppTty }).field, 'pppTty', pppTty)
  }
  assert.is(refused({ chatscriptAdditions: 'OK AT\0' }).field, 'chatscriptAdditions')
  for (const user of ['a\nb', 'a\0', '', 'x'.repeat(256)]) {
    assert.is(refused({ serviceProviders: [{ apn: 'a', user }] }).field, 'serviceProviders.0.user')
  }
  const { field, message } = refused({ pin: '12a4' })
  assert.is(field, 'pin')
  assert.not.match(message, '12a4')
})

test('other wrong values are refused by their field', () => {
  assert.is(refused({ speed: 299 }).field, 'speed')
  assert.is(refused({ metric: -1 }).field, 'metric')
  assert.is(refused({ atTty: 'ttyUSB3' }).field, 'atTty')
  assert.is(refused({ serviceProviders: [{ apn: 'a', auth: 'none' }] }).field, 'serviceProviders.0.auth')
  assert.is(refused({ apn: 'a' }).field, 'apn')
})

test('E17: an unknown modem is refused with the nearest known one; one without a usual port wants it', () => {
  const unknown = refused({ modem: 'quectel-ec52' })
  assert.is(unknown.field, 'modem')
  assert.match(unknown.message, 'did you mean "quectel-ec25"?')
  assert.is(refused({ modem: 'EC25' }).field, 'modem')
  assert.is(refused({ modem: 'generic' }).field, 'pppTty')
  const { normal } = normalize({ modem: 'generic', pppTty: 'ttyAMA0' })
  assert.equal(normal, { ...BASE, modem: 'generic', pppTty: 'ttyAMA0', speed: 115_200 })
})

test('E4: lines of the user are trimmed, and none are nothing', () => {
  const { normal } = normalize({ chatscriptAdditions: '\n  OK AT+COPS=0\n\n' })
  assert.is(normal.chatscriptAdditions, 'OK AT+COPS=0')
  assert.is(normalize({ chatscriptAdditions: ' \n' }).normal.chatscriptAdditions, undefined)
  assert.is(normalize({ chatscriptAdditions: 'OK A\r\nOK B\r\n' }).normal.chatscriptAdditions, 'OK A\nOK B')
})

test('E3: kinds of network that a BG96 does not know are left out, and one must be left', () => {
  const bg96 = (scan?: string[]) => normalize({ modem: 'quectel-bg96', ...(scan === undefined ? {} : { scan }) })
  assert.equal(bg96().normal.scan, ['lte-cat-m1', 'lte-cat-nb1', 'gsm'])
  const some = bg96(['gsm', 'wimax', 'gsm'])
  assert.equal(some.normal.scan, ['gsm'])
  assert.equal(some.warnings, ['scan: "wimax" is no kind of network: left out'])
  assert.is(refused({ modem: 'quectel-bg96', scan: ['wimax'] }).field, 'scan')
  assert.is(refused({ modem: 'quectel-bg96', scan: [] }).field, 'scan')
  assert.is(normalize({ scan: ['gsm'] }).normal.scan, undefined)
})

test('E18: a TOBY-L2 wants a provider for each kind of network', () => {
  const providers = [
    { apn: 'lte.example', usage: 'eps-bearer' },
    { apn: 'm2m.example', usage: 'pdp' },
  ]
  assert.is(normalize({ modem: 'ublox-toby-l2', serviceProviders: providers }).normal.pppTty, 'ttyACM2')
  for (const some of [providers.slice(0, 1), providers.slice(1), [{ apn: 'a' }]]) {
    const { field, message } = refused({ modem: 'ublox-toby-l2', serviceProviders: some })
    assert.is(field, 'serviceProviders')
    assert.match(message, "usage: 'eps-bearer'")
  }
})

test('a Huawei E3372 goes wrong with lines of the user: they are left out, with a warning', () => {
  const { normal, warnings } = normalize({ modem: 'huawei-e3372', chatscriptAdditions: 'OK AT+COPS=0' })
  assert.is(normal.chatscriptAdditions, undefined)
  assert.match(warnings.join(), 'chatscriptAdditions')
})

test('an automatic modem has no ports of its own', () => {
  const { normal, warnings } = normalize({ modem: 'automatic', pppTty: 'ttyUSB9', metric: 7 })
  assert.equal(normal, { ...BASE, modem: 'automatic', metric: 7 })
  assert.match(warnings.join(), 'pppTty')
})

test('E19: a modem of the user is one like the others, and may take the place of a built-in one', () => {
  const own: Modem = {
    name: 'acme-9000',
    pppTty: 'ttyACM0',
    speed: 115_200,
    monitors: [],
    normalize: (config) => ({ ...config, modemOptions: { slot: 1, ...config.modemOptions } }),
  }
  const technology = mobileTechnology([own, { name: 'quectel-ec25', pppTty: 'ttyX', speed: 600, monitors: [] }])
  const { normal } = normalize({ modem: 'acme-9000' }, technology)
  assert.equal(normal, {
    ...BASE,
    modem: 'acme-9000',
    pppTty: 'ttyACM0',
    speed: 115_200,
    modemOptions: { slot: 1 },
  })
  assert.is(normalize({}, technology).normal.pppTty, 'ttyX')
  assert.is(refused({ modem: 'acme-9000' }).field, 'modem')
})

test('what a user may write is a type', () => {
  const config: MobileInput = { type: 'mobile', modem: 'automatic', serviceProviders: [{ apn: 'example' }] }
  assert.ok(mobile.normalize(config))
})

test.run()
