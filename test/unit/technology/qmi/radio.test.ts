/** A radio that does not come on. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { QmiScene } from '../../../support/qmi-scene.js'
import { hex, SEARCHING, SERVED } from '../../../support/scripted-qmi-modem.js'

const [CALL_FAILED, NOT_READY] = [0x0e, 0x34]

test('a radio that does not come on again is tried three times, told, and tried from time to time', async () => {
  await using scene = new QmiScene()
  const { modem } = scene
  modem.on('wds', 0x20, () => CALL_FAILED)
  modem.on('dms', 0x2e, ({ tlvs }) => {
    if (tlvs.u8(0x01) === 0) return NOT_READY
    modem.mode = 3
    modem.serve(SEARCHING)
    return []
  })
  await scene.start()
  await scene.after(60_000)
  const onlines = (): number => modem.of('dms', 0x2e).filter(({ tlvs }) => tlvs.u8(0x01) === 0).length
  const told = 'the modem does not switch its radio on'
  await scene.after(4_000)
  assert.is(onlines(), 2)
  assert.is.not(scene.problem, told)
  await scene.after(2_000)
  assert.is(onlines(), 3)
  assert.is(scene.problem, told)
  modem.on('dms', 0x2e, () => {
    modem.mode = 0
    return []
  })
  await scene.after(29_000)
  assert.is(scene.problem, told)
  await scene.after(1_000)
  assert.is(modem.mode, 0)
  assert.is.not(scene.problem, told)
  assert.is(scene.get('operating_mode'), 'online')
})

test('a radio that is set online at the third attempt needs no reason', async () => {
  await using scene = new QmiScene()
  const { modem } = scene
  modem.on('wds', 0x20, () => CALL_FAILED)
  await scene.start()
  await scene.after(60_000)
  assert.is(modem.mode, 3)
  let refusals = 2
  modem.on('dms', 0x2e, () => {
    refusals -= 1
    return refusals < 0 ? [] : NOT_READY
  })
  modem.on('wds', 0x20, () => [[0x01, hex('01 00 00 00')]])
  await scene.after(4_000)
  assert.is(scene.connection, 'disconnected', 'nothing begins while the radio is off')
  await scene.after(2_000)
  assert.is(scene.connection, 'internet')
  assert.is(scene.problem, undefined)
})

test('a switch that keeps the radio off is told until it is moved, whatever the modem answers', async () => {
  for (const refuses of [true, false]) {
    await using scene = new QmiScene()
    const { modem } = scene
    modem.serving = SEARCHING
    let [mode, locked] = [1, true]
    modem.on('dms', 0x2d, () => [
      [0x01, Uint8Array.of(mode)],
      [0x11, Uint8Array.of(Number(locked))],
    ])
    modem.on('dms', 0x2e, () => {
      if (!locked) mode = 0
      return locked && refuses ? NOT_READY : []
    })
    await scene.start()
    assert.is(scene.problem, 'a switch of the hardware keeps the radio off')
    assert.is(scene.get('operating_mode'), 'low_power')
    locked = false
    await scene.after(30_000)
    assert.is(scene.problem, undefined)
    assert.is(scene.get('operating_mode'), 'online')
  }
})

test('a radio that cannot be set online is told, until a session begins all the same', async () => {
  await using scene = new QmiScene()
  const { modem } = scene
  modem.serving = SEARCHING
  modem.mode = 1
  modem.on('dms', 0x2e, () => NOT_READY)
  await scene.start()
  assert.is(scene.problem, 'the modem does not switch its radio on')
  await scene.after(30_000)
  assert.is(modem.of('dms', 0x2e).length, 2)
  modem.serve(SERVED)
  await scene.settle()
  assert.is(scene.connection, 'internet')
  assert.is(scene.problem, undefined)
  await scene.after(60_000)
  assert.is(modem.of('dms', 0x2e).length, 2)
})

test.run()
