/** Serial ports of this machine, on a pseudo-terminal. */

import { Worker } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SerialPortListener } from '../../../lib/serial/serial-ports.js'
import { systemSerialPorts } from '../../../lib/serial/system-serial-ports.js'
import { eventually } from '../../support/eventually.js'
import { Pty } from '../../support/pty.js'
import { rejection } from '../../support/rejection.js'

const test = suite('serial ports')

function ears() {
  const heard: string[] = []
  const ends: string[] = []
  const listener: SerialPortListener = {
    data: (chunk) => void heard.push(Buffer.from(chunk).toString('latin1')),
    closed: (reason) => void ends.push(reason),
  }
  return { heard, ends, listener }
}

const octets = (text: string): Uint8Array => Buffer.from(text, 'latin1')

test('octets go both ways as they are, also those that terminals treat specially', async () => {
  const written: number[] = []
  await using pty = await Pty.open((chunk) => void written.push(...chunk))
  const { heard, ends, listener } = ears()
  const port = await systemSerialPorts.open({ path: pty.path, baudRate: 115_200 }, listener)
  const all = Uint8Array.from({ length: 256 }, (_, octet) => octet)
  await port.write(all)
  await eventually('all were written', () => written.length === 256)
  assert.equal(written, [...all])
  pty.say(String.fromCharCode(...all))
  await eventually('all were read', () => heard.join('').length === 256)
  assert.is(heard.join(''), String.fromCharCode(...all))
  await port.close()
  await port.close()
  assert.equal(ends, [])
  assert.is((await rejection(port.write(octets('x')))).code, 'ERR_NO_SUCH_DEVICE')
})

test('a device that goes is told once, in the middle of whatever was being said', async () => {
  await using pty = await Pty.open(() => undefined)
  const { heard, ends, listener } = ears()
  const port = await systemSerialPorts.open({ path: pty.path, baudRate: 9_600 }, listener)
  pty.say('+CSQ: 1')
  await eventually('half a line came', () => heard.join('') === '+CSQ: 1')
  await pty.hangUp()
  await eventually('its end is told', () => ends.length === 1)
  assert.equal(ends, [`${pty.path}: the device is gone`])
  assert.is((await rejection(port.write(octets('AT\r')))).code, 'ERR_NO_SUCH_DEVICE')
  await port.close()
  assert.equal(ends.length, 1)
})

test('a port that somebody holds is busy, and free again when it is closed', async () => {
  await using pty = await Pty.open(() => undefined)
  const { listener } = ears()
  const request = { path: pty.path, baudRate: 115_200 }
  const first = await systemSerialPorts.open(request, listener)
  assert.is((await rejection(systemSerialPorts.open(request, listener))).code, 'ERR_BUSY')
  await first.close()
  const second = await systemSerialPorts.open(request, listener)
  await second.close()
})

test('what is no serial port is refused by its path', async () => {
  const { listener } = ears()
  const open = (path: string) => rejection(systemSerialPorts.open({ path, baudRate: 115_200 }, listener))
  const missing = await open('/dev/ttyNOWHERE7')
  assert.is(missing.code, 'ERR_NO_SUCH_DEVICE')
  assert.match(missing.message, '/dev/ttyNOWHERE7')
  assert.is((await open('/etc/hostname')).code, 'ERR_NO_SUCH_DEVICE')
  assert.is((await open('/dev/null')).code, 'ERR_UNSUPPORTED')
  assert.is(await systemSerialPorts.exists('/dev/null'), true)
  assert.is(await systemSerialPorts.exists('/dev/ttyNOWHERE7'), false)
})

test('a list of ports is one of devices that are there', async () => {
  for (const { path, usbId } of await systemSerialPorts.list()) {
    assert.ok(await systemSerialPorts.exists(path), path)
    assert.match(usbId ?? '0000:0000', /^[0-9a-f]{4}:[0-9a-f]{4}$/)
  }
})

test('in a worker no port is opened: the package waits on the loop of the main thread', async () => {
  const worker = new Worker(new URL('../../support/serial-worker.mjs', import.meta.url))
  const said = await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  await worker.terminate()
  assert.is(said, 'ERR_UNSUPPORTED')
})

test.run()
