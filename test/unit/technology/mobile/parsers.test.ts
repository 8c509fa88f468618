import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parseResponse } from '../../../../lib/technology/mobile/at/response.js'
import { NO_CELL, parseAccess, parseNetwork, parseRegistration } from '../../../../lib/technology/mobile/cell.js'
import { parseSignal, signalOf, UNKNOWN_SIGNAL } from '../../../../lib/technology/mobile/signal.js'
import { pinAttemptsLeft, simStateOf } from '../../../../lib/technology/mobile/sim.js'

test('E9: numbers, hexadecimal ones and texts of an answer', () => {
  const values = (line: string) => parseResponse(line)?.values
  assert.equal(values('+CREG: 2,1,"10DF","11CFE27",8'), [2, 1, '10DF', '11CFE27', 8])
  assert.equal(values('+X: 0x1F, -3 ,"a,b"'), [31, -3, 'a,b'])
  assert.equal(values('+QCCID: 8988211000000000001F'), ['8988211000000000001F'])
  assert.equal(values('+QNWINFO: No Service'), ['No Service', '', '', 0])
  for (const line of ['OK', '', '+X', '+X:1', '+x: 1', '+X: 1,word', '+X: "open', '+X: 1 2', '+X: ,1']) {
    assert.is(values(line), undefined, line)
  }
})

test('E9: a registration has a cell; without one there is none', () => {
  const told = parseRegistration('+CREG: 2,1,"10DF","11CFE27",8')
  assert.equal(told, { registration: 'home', lac: 4_319, cid: 18_677_287 })
  assert.equal(parseRegistration('+CREG: 5,"10DF","11CFE27",8'), { ...told, registration: 'roaming' })
  assert.equal(parseRegistration('+CREG: 2,3'), { ...NO_CELL, registration: 'denied' })
  assert.equal(parseRegistration('+CREG: 2'), { ...NO_CELL, registration: 'searching' })
  assert.equal(parseRegistration('+CREG: 2,1,"zz","1"'), { registration: 'home', lac: 0, cid: 1 })
  assert.equal(parseRegistration('+CREG: 2,1'), { registration: 'home', lac: undefined, cid: undefined })
  for (const line of ['+CREG: 2,9', '+CREG: x', '+CREG:', '+CSQ: 2,1', 'OK']) {
    assert.is(parseRegistration(line), undefined, line)
  }
  assert.equal(Object.keys(NO_CELL).sort(), [
    'access_technology',
    'band',
    'channel',
    'cid',
    'lac',
    'mcc',
    'mnc',
    'network',
  ])
})

test('E10: the network and the way to it', () => {
  assert.equal(parseNetwork('+QSPN: "Acme Mobile","Acme","",0,"20801"'), {
    network: 'Acme Mobile',
    mcc: 208,
    mnc: 1,
  })
  assert.equal(parseNetwork('+QSPN: "A","A","",0,"310410"'), { network: 'A', mcc: 310, mnc: 410 })
  assert.equal(parseNetwork('+QSPN: "A","A","",0,"1234"'), { network: 'A', mcc: 1_234, mnc: 0 })
  assert.is(parseNetwork('+QSPN: garbage'), undefined)
  assert.equal(parseAccess('+QNWINFO: "FDD LTE","20801","LTE BAND 20",6300'), {
    access_technology: 'FDD LTE',
    band: 'LTE BAND 20',
    channel: 6_300,
  })
  for (const line of ['+QNWINFO: garbage', '+QNWINFO:', '+QNWINFO: "x",1,2']) {
    assert.equal(parseAccess(line), { access_technology: 'UNKNOWN', band: '', channel: 0 })
  }
})

test('E11: signal strength in dBm and bars', () => {
  const all = (asu: number) => [signalOf(asu).dbm, signalOf(asu).bars]
  assert.equal(all(2), [-109, 1])
  assert.equal(all(9), [-95, 1])
  assert.equal(all(14), [-85, 2])
  assert.equal(all(19), [-75, 3])
  assert.equal(all(30), [-53, 4])
  assert.equal(all(31), [-53, 4])
  assert.equal(all(-4), [-113, 1])
  assert.equal(all(99), [-113, 0])
  assert.equal(parseSignal('+CSQ: 17,99'), { asu: 17, dbm: -79, bars: 3 })
  for (const line of ['+CSQ: x', '+CSQ:', '+CSQ: "17"', '']) assert.equal(parseSignal(line), UNKNOWN_SIGNAL, line)
})

test('E22: states of a SIM card, as modems tell them', () => {
  const ok = { type: 'ok', lines: [] } as const
  const error = (line: string) => simStateOf({ type: 'error', line }, undefined)
  assert.is(simStateOf(ok, '+CPIN: READY'), 'ready')
  assert.is(simStateOf(ok, '+CPIN: SIM PIN'), 'pin')
  assert.is(simStateOf(ok, '+CPIN: "SIM PUK"'), 'puk')
  assert.is(simStateOf(ok, '+CPIN: NOT INSERTED'), 'missing')
  assert.is(simStateOf(ok, '+CPIN: PH-NET PIN'), 'blocked')
  assert.is(simStateOf(ok, undefined), 'unknown')
  assert.equal(
    ['10', '11', '12', '13', '14', '3'].map((code) => error(`+CME ERROR: ${code}`)),
    ['missing', 'pin', 'puk', 'missing', 'busy', 'unknown'],
  )
  assert.is(error('+CME ERROR: SIM not inserted'), 'missing')
  assert.is(error('ERROR'), 'unknown')
  assert.is(simStateOf({ type: 'timeout' }, '+CPIN: READY'), 'unknown')
  assert.is(pinAttemptsLeft('+CPINR: SIM PIN,2,3'), 2)
  assert.is(pinAttemptsLeft('+CPINR: SIM PUK,10,10'), undefined)
})

test.run()
