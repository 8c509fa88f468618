/** Modems as they are: silent, rebooting, unplugged in mid-dialogue, answering others; cards that want something. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../../lib/errors.js'
import { DEVICE, QmiScene } from '../../../support/qmi-scene.js'
import { ABSENT_CARD, card, hex, READY_CARD } from '../../../support/scripted-qmi-modem.js'

const [PIN_REQUIRED, PUK_REQUIRED] = [2, 3]
const CALL_FAILED = 0x0e
/** PIN as the card has it while it asks for it. */
const ENABLED = 1

async function refusal(scene: QmiScene): Promise<unknown> {
  await scene.raise()
  const starting = scene.starting().catch((thrown: unknown) => thrown)
  await scene.after(20_000)
  return await starting
}

test('F16: an answer that nobody waits for is a warning, and the next question is answered', async () => {
  await using scene = new QmiScene()
  await scene.start()
  scene.modem.say(hex('01 13 00 80 03 05 02 09 09 20 00 07 00 02 04 00 01 00 0e 00'))
  scene.modem.say(hex('01 13 00 80 03 05 02 09 09 20 00 07 00 02 04 00 00 00 00 00'))
  await scene.settle()
  assert.ok(scene.warned(/nobody waits for: nas, transaction 2313/))
  assert.equal(scene.failures, [])
  await scene.after(30_000)
  assert.is(scene.get('signal_dbm'), -74)
})

test('F16: a question that is not answered ends after 5 s, and is asked again', async () => {
  await using scene = new QmiScene()
  scene.modem.on('dms', 0x22, () => null)
  await scene.start()
  await scene.after(4_999)
  assert.is(scene.modem.of('dms', 0x22).length, 1)
  await scene.after(5_001)
  assert.is(scene.modem.of('dms', 0x22).length, 2)
  assert.equal(scene.failures, [], 'the modem answers others')
})

test('an answer for another client, or with another number, is not ours', async () => {
  for (const at of [5, 7]) {
    await using scene = new QmiScene()
    await scene.start()
    const { modem } = scene
    modem.on('nas', 0x20, () => [[0x11, hex('01 00 32 08')]])
    const isSignal = (bytes: Uint8Array): boolean => bytes[4] === 3 && bytes[9] === 0x20
    modem.distort = (bytes) => [
      isSignal(bytes) ? bytes.map((byte, index) => (index === at ? byte ^ 0x40 : byte)) : bytes,
    ]
    await scene.after(30_000)
    assert.is(scene.get('signal_dbm'), undefined, `byte ${at}`)
    modem.distort = (bytes) => [bytes]
    await scene.after(30_000)
    assert.is(scene.get('signal_dbm'), -50)
  }
})

test('answers in halves, gathered in one read, and noise before them are understood', async () => {
  await using halves = new QmiScene()
  halves.modem.distort = (bytes) => [bytes.subarray(0, 7), bytes.subarray(7)]
  await halves.start()
  assert.is(halves.connection, 'internet')

  await using noisy = new QmiScene()
  noisy.modem.distort = (bytes) => [hex('ff 00 01'), bytes]
  await noisy.start()
  assert.is(noisy.connection, 'internet')
  assert.ok(noisy.warned(/are no message/))

  await using cut = new QmiScene()
  await cut.start()
  cut.modem.say(hex('01 ff 00 80 03'))
  await cut.after(30_000)
  assert.is(cut.get('signal_dbm'), -74, 'the half that never ended is given up')
})

test('malformed answers are refusals, malformed indications warnings', async () => {
  await using scene = new QmiScene()
  scene.modem.on('uim', 0x2f, () => [[0x10, hex('00 00')]])
  await scene.start()
  scene.modem.indicate('nas', 0x24, [[0x01, hex('01')]])
  scene.modem.indicate('wds', 0x22, [])
  scene.modem.indicate('uim', 0x32, [[0x10, hex('01')]])
  await scene.settle()
  assert.ok(scene.warned(/"get card status" is malformed/))
  assert.ok(scene.warned(/malformed indication/))
  scene.modem.on('uim', 0x2f, () => [[0x10, READY_CARD]])
  await scene.after(5_000)
  assert.is(scene.connection, 'internet')
})

test('a device that is not there, or in use, is an error that names it', async () => {
  await using scene = new QmiScene()
  const absent = await refusal(scene)
  assert.ok(isNetworkError(absent, 'ERR_KERNEL_REFUSED') && absent.message.includes(DEVICE), String(absent))
  scene.plug()
  await using _other = await scene.kernel.openDevice(DEVICE, { message: () => undefined, end: () => undefined })
  const busy = await refusal(scene)
  assert.ok(isNetworkError(busy, 'ERR_KERNEL_REFUSED'), String(busy))
  assert.is(busy.errno, 16)
})

test('a modem that is silent from the start is an error; after the third its power is switched', async () => {
  await using scene = new QmiScene()
  scene.managed = true
  scene.modem.silent = true
  scene.plug()
  for (const resets of [0, 0, 1]) {
    assert.ok(isNetworkError(await refusal(scene), 'ERR_TIMEOUT'))
    assert.is(scene.resets, resets)
  }
  scene.modem.silent = false
  await scene.start()
  assert.is(scene.connection, 'internet')
})

test('a modem that falls silent is found out, and the part begins anew', async () => {
  await using scene = new QmiScene()
  await scene.start()
  scene.modem.silent = true
  await scene.after(60_000)
  assert.is(scene.failures.length, 1)
  assert.match(String(scene.failures[0]?.reason), /does not answer/)
})

test('a modem that is unplugged in mid-dialogue is told at once; nothing of it stays', async () => {
  await using scene = new QmiScene()
  await scene.start()
  scene.modem.on('nas', 0x20, () => {
    scene.unplug()
    return null
  })
  await scene.after(30_000)
  assert.equal(scene.failures, [{ reason: 'the modem is gone from its control channel', service: undefined }])
  await scene.end()
  assert.equal(scene.addresses, [])
  assert.is(scene.routes, undefined)
})

test('a modem that reboots tells it, and its client ids are not used again', async () => {
  await using scene = new QmiScene()
  await scene.start()
  scene.modem.indicate('ctl', 0x27, [])
  await scene.settle()
  assert.equal(scene.failures, [{ reason: 'the modem has begun anew', service: undefined }])
  await scene.end()
  assert.equal(scene.modem.of('ctl', 0x23), [], 'what the modem has forgotten is not given back')
  await scene.start()
  assert.is(scene.connection, 'internet')
})

test('a modem whose client ids are used up says so', async () => {
  await using scene = new QmiScene()
  scene.modem.on('ctl', 0x22, () => 0x05)
  await scene.start()
  assert.ok(scene.warned(/client_ids_exhausted/))
  assert.is(scene.connection, 'disconnected')
})

test('without a card nothing is tried; one that is put in is used, one that is taken out ends the session', async () => {
  await using scene = new QmiScene()
  scene.modem.card = ABSENT_CARD
  await scene.start()
  assert.is(scene.get('sim'), 'missing')
  assert.is(scene.problem, 'there is no SIM card')
  scene.modem.insert(READY_CARD)
  await scene.settle()
  assert.is(scene.connection, 'internet')
  assert.is(scene.problem, undefined)
  scene.modem.insert(ABSENT_CARD)
  await scene.settle()
  assert.is(scene.connection, 'disconnected')
  assert.equal(scene.addresses, [])
  assert.is(scene.get('iccid'), undefined)
})

test('a PIN is entered once where it is known; a refused one is never tried again', async () => {
  await using known = new QmiScene()
  known.modem.card = card(PIN_REQUIRED, 3, ENABLED)
  await known.start({ pin: '1234' })
  assert.is(known.connection, 'internet')
  assert.not.match(JSON.stringify(known.logs), /1234/)

  await using wrong = new QmiScene()
  wrong.modem.card = card(PIN_REQUIRED, 3, ENABLED)
  wrong.modem.on('uim', 0x26, () => 0x0c)
  await wrong.start({ pin: '1234' })
  await wrong.after(60_000)
  assert.is(wrong.modem.of('uim', 0x26).length, 1)
  assert.is(wrong.problem, 'the SIM card refused the PIN')
  assert.is(wrong.get('pin_retries'), 3)

  await using slow = new QmiScene()
  slow.modem.card = card(PIN_REQUIRED, 3, ENABLED)
  slow.modem.on('uim', 0x26, () => [])
  await slow.start({ pin: '1234' })
  await slow.after(10_000)
  assert.is(slow.modem.of('uim', 0x26).length, 1, 'a card that needs a moment is not told twice')

  await using last = new QmiScene()
  last.modem.card = card(PIN_REQUIRED, 1, ENABLED)
  await last.start({ pin: '1234' })
  assert.equal(last.modem.of('uim', 0x26), [])
  assert.match(String(last.problem), /one attempt left/)

  await using unknown = new QmiScene()
  unknown.modem.card = card(PIN_REQUIRED, 3, ENABLED)
  await unknown.start()
  assert.is(unknown.get('sim'), 'pin')
  assert.is(unknown.problem, 'the SIM card asks for its PIN')
})

test('a card that asks for its PUK is left to somebody who has it', async () => {
  await using scene = new QmiScene()
  scene.modem.card = card(PUK_REQUIRED, 0)
  await scene.start({ pin: '1234' })
  await scene.after(60_000)
  assert.is(scene.get('sim'), 'puk')
  assert.match(String(scene.problem), /PUK/)
  assert.equal(scene.modem.of('uim', 0x26), [])
})

test('the ladder: the radio off and on after the third failure, the power after the sixth', async () => {
  await using scene = new QmiScene()
  scene.managed = true
  scene.modem.on('wds', 0x20, () => CALL_FAILED)
  await scene.start()
  await scene.after(60_000)
  const modes = (): (number | undefined)[] => scene.modem.of('dms', 0x2e).map(({ tlvs }) => tlvs.u8(0x01))
  assert.equal(modes(), [3])
  await scene.after(2_000)
  assert.equal(modes(), [3, 0])
  await scene.after(60_000)
  assert.is(scene.resets, 1)
  assert.is((scene.note as { failures: number }).failures, 6, 'the part that begins anew goes on from there')
})

test('the ladder without a power manager: the radio again', async () => {
  await using scene = new QmiScene()
  scene.modem.on('wds', 0x20, () => CALL_FAILED)
  await scene.start()
  await scene.after(180_000)
  assert.is(scene.modem.of('dms', 0x2e).length, 4)
  assert.is(scene.modem.mode, 0)
})

test('a part that ends while the radio is off, or while a session is being started, leaves neither', async () => {
  await using radio = new QmiScene()
  radio.modem.on('wds', 0x20, () => CALL_FAILED)
  await radio.start()
  await radio.after(60_000)
  assert.is(radio.modem.mode, 3)
  await radio.end()
  assert.is(radio.modem.mode, 0)

  await using starting = new QmiScene()
  starting.modem.on('wds', 0x20, () => null)
  await starting.start()
  await starting.end()
  assert.equal([...starting.modem.clients], [])
  assert.equal(starting.addresses, [])
})

test.run()
