/** The part beside pppd: ports, SIM card, silence, restarts. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { AtPort } from '../../../../lib/technology/mobile/at/port.js'
import { PRESENCE_COUNT, PRESENCE_MS } from '../../../../lib/technology/mobile/watch.js'
import { AT_PORT, ModemScene, PPP_PORT } from '../../../support/modem-scene.js'

const OK = '\r\nOK\r\n'

test('E24: a modem that is not there is waited for; pppd dials when it is', async () => {
  await using scene = new ModemScene()
  await scene.start()
  assert.is(scene.problem, `${PPP_PORT}: no such device: the modem is waited for`)
  await scene.clock.advance(60_000)
  assert.equal(scene.gate, [false])
  scene.plug()
  await scene.clock.advance(2_000)
  assert.is(scene.problem, undefined)
  assert.equal(scene.gate, [false, true])
  assert.is(scene.property('sim'), 'ready')
  assert.equal(scene.modem.commands, ['ATE0', 'AT+CMEE=1', 'AT+CPIN?'])
})

test('E24: a modem that is unplugged in the middle of an answer is told, and works again when it is back', async () => {
  await using scene = new ModemScene()
  scene.plug()
  await scene.start({ monitors: ['signal', 'cell'] })
  await scene.connection('internet')
  scene.modem.answer('AT+CSQ', '\r\n+CSQ: 2')
  await scene.clock.advance(60_000)
  scene.unplug()
  await scene.clock.advance(2_000)
  assert.match(scene.problem ?? '', 'no such device')
  assert.is(scene.gate.at(-1), false)
  assert.is(scene.property('signal_4bars'), 0)
  assert.is(scene.property('lac'), undefined)
  scene.modem.answer('AT+CSQ', `\r\n+CSQ: 25,99\r\n${OK}`)
  scene.plug()
  await scene.clock.advance(2_000)
  assert.is(scene.problem, undefined)
  assert.is(scene.gate.at(-1), true)
  assert.is(scene.property('signal_asu'), 25)
})

test('E24: an AT port that another program holds keeps nobody from dialling, and is tried again', async () => {
  await using scene = new ModemScene()
  scene.plug()
  scene.ports.setTaken(AT_PORT, true)
  await scene.start({ monitors: ['signal'] })
  assert.match(scene.problem ?? '', `${AT_PORT}: another program holds the device`)
  assert.equal(scene.gate, [true])
  await scene.clock.advance(120_000)
  scene.ports.setTaken(AT_PORT, false)
  await scene.clock.advance(30_000)
  assert.is(scene.problem, undefined)
  assert.equal(scene.gate, [true])
  assert.is(scene.property('sim'), 'ready')
})

test('an AT port that is not there, while the other one is, keeps nobody from dialling', async () => {
  await using scene = new ModemScene()
  scene.ports.plug(PPP_PORT)
  await scene.start()
  assert.match(scene.problem ?? '', `${AT_PORT}: there is no such device`)
  assert.equal(scene.gate, [true])
})

test('a modem without an AT port dials as soon as it is there, and no longer', async () => {
  await using scene = new ModemScene()
  scene.ports.plug(PPP_PORT)
  await scene.start({ atPort: undefined })
  assert.equal(scene.gate, [true])
  scene.ports.unplug(PPP_PORT)
  await scene.clock.advance(2_000)
  assert.equal(scene.gate, [true, false])
})

test('E22: without a SIM card nothing is dialled until there is one', async () => {
  await using scene = new ModemScene()
  scene.plug()
  scene.modem.answer('AT+CPIN?', '\r\n+CME ERROR: 10\r\n')
  await scene.start({ monitors: ['signal', 'cell', 'info'] })
  assert.is(scene.problem, 'there is no SIM card')
  assert.is(scene.property('sim'), 'missing')
  assert.equal(scene.gate, [false])
  await scene.clock.advance(30_000)
  assert.is(scene.asked('AT+CPIN?'), 4)
  assert.is(scene.asked('AT+CIMI'), 0)
  scene.modem.answer('AT+CPIN?', `\r\n+CPIN: READY\r\n${OK}`)
  scene.modem.tell('+CPIN: READY')
  await scene.clock.advance(0)
  assert.is(scene.problem, undefined)
  assert.equal(scene.gate, [false, true])
})

/** A card whose PIN is 4321, and what it answers. */
function lockedCard(scene: ModemScene, left = 3): { state: string; tries: number } {
  const card = { state: 'SIM PIN', tries: 0 }
  scene.modem.answer('AT+CPIN?', () => `\r\n+CPIN: ${card.state}\r\n${OK}`)
  scene.modem.answer('AT+CPINR="SIM PIN"', `\r\n+CPINR: SIM PIN,${left},3\r\n${OK}`)
  scene.modem.answer(/^AT\+CPIN="/, (command) => {
    card.tries += 1
    if (command !== 'AT+CPIN="4321"') return '\r\n+CME ERROR: 16\r\n'
    card.state = 'READY'
    return OK
  })
  return card
}

test('E22: a card is unlocked by the PIN of the configuration, before pppd dials', async () => {
  await using scene = new ModemScene()
  scene.plug()
  const card = lockedCard(scene)
  await scene.start({ pin: '4321' })
  assert.equal(card, { state: 'READY', tries: 1 })
  assert.equal(scene.gate, [true])
  assert.is(scene.property('sim'), 'ready')
  assert.is(scene.problem, undefined)
  assert.is(JSON.stringify(scene.logs).includes('4321'), false)
})

test('E22: a wrong PIN is sent once, whatever happens: behind the third one the card is blocked', async () => {
  await using scene = new ModemScene()
  scene.plug()
  const card = lockedCard(scene)
  await scene.start({ pin: '0000' })
  assert.is(scene.problem, 'the SIM card refused the PIN of the configuration')
  await scene.clock.advance(300_000)
  scene.modem.tell('RDY')
  scene.unplug()
  await scene.clock.advance(10_000)
  scene.plug()
  await scene.clock.advance(60_000)
  assert.is(card.tries, 1)
  assert.is(scene.gate.includes(true), false)
  assert.is(`${scene.problem} ${JSON.stringify(scene.logs)}`.includes('0000'), false)
})

test('E22: a PIN whose answer is lost is not sent again, neither by this part nor by the next one', async () => {
  await using scene = new ModemScene()
  scene.plug()
  lockedCard(scene)
  scene.modem.answer('AT+CPIN="0000"', null)
  await scene.start({ pin: '0000' })
  await scene.clock.advance(300_000)
  assert.is(scene.asked('AT+CPIN="0000"'), 1)
  assert.match(scene.problem ?? '', 'did not open by the PIN of the configuration, which is not sent again')
  assert.is(scene.gate.includes(true), false)
  await scene.restart({ pin: '0000' })
  await scene.clock.advance(60_000)
  assert.is(scene.asked('AT+CPIN="0000"'), 1)
})

test('E22: a wrong PIN is not sent again by the next part, where the modem does not tell how many attempts are left', async () => {
  await using scene = new ModemScene()
  scene.plug()
  const card = lockedCard(scene)
  scene.modem.answer('AT+CPINR="SIM PIN"', '\r\nERROR\r\n')
  await scene.start({ pin: '0000' })
  await scene.restart({ pin: '0000' })
  await scene.clock.advance(60_000)
  assert.is(card.tries, 1)
})

test('E22: a PIN that opened the card opens it again when the modem has started anew', async () => {
  await using scene = new ModemScene()
  scene.plug()
  const card = lockedCard(scene)
  await scene.start({ pin: '4321' })
  assert.equal(scene.note, null)
  card.state = 'SIM PIN'
  scene.modem.tell('RDY')
  await scene.clock.advance(1_000)
  assert.equal(card, { state: 'READY', tries: 2 })
  assert.is(scene.problem, undefined)
})

test('E22: a modem that does not answer the question for the attempts gets the PIN when it answers', async () => {
  await using scene = new ModemScene()
  scene.plug()
  const card = lockedCard(scene)
  scene.modem.answer('AT+CPINR="SIM PIN"', null)
  await scene.start({ pin: '4321' })
  await scene.clock.advance(30_000)
  assert.is(card.tries, 0)
  assert.is(scene.problem, 'the modem does not answer: the PIN is not sent yet')
  scene.modem.answer('AT+CPINR="SIM PIN"', '\r\nERROR\r\n')
  await scene.clock.advance(20_000)
  assert.equal(card, { state: 'READY', tries: 1 })
})

test('E22: few attempts that were told once are remembered when the modem tells them no more', async () => {
  await using scene = new ModemScene()
  scene.plug()
  const card = lockedCard(scene, 1)
  await scene.start({ pin: '4321' })
  scene.modem.answer('AT+CPINR="SIM PIN"', '\r\nERROR\r\n')
  await scene.clock.advance(60_000)
  assert.is(card.tries, 0)
})

test('one listener of each kind per port, however often the card is asked', async () => {
  await using scene = new ModemScene()
  scene.plug()
  lockedCard(scene, 1)
  const listen = AtPort.prototype.listen
  const prefixes: string[] = []
  AtPort.prototype.listen = function (prefix, listener) {
    prefixes.push(prefix)
    listen.call(this, prefix, listener)
  }
  try {
    await scene.start({ pin: '4321' })
    await scene.clock.advance(60_000)
  } finally {
    AtPort.prototype.listen = listen
  }
  assert.ok(scene.asked('AT+CPINR="SIM PIN"') > 3)
  assert.is(prefixes.filter((prefix) => prefix === '+CPINR:').length, 1)
})

test('E22: a card of which attempts are used up already is left to a person', async () => {
  await using scene = new ModemScene()
  scene.plug()
  const card = lockedCard(scene, 2)
  await scene.start({ pin: '4321' })
  assert.match(scene.problem ?? '', 'takes a PIN 2 times more only')
  await scene.clock.advance(60_000)
  assert.is(card.tries, 0)
})

test('E22: no PIN, a PUK, another lock: each is told', async () => {
  const told = async (line: string): Promise<string | undefined> => {
    await using scene = new ModemScene()
    scene.plug()
    scene.modem.answer('AT+CPIN?', `\r\n${line}\r\n${OK}`)
    await scene.start()
    assert.equal(scene.gate, [false])
    return scene.problem
  }
  assert.match((await told('+CPIN: SIM PIN')) ?? '', 'wants a PIN')
  assert.match((await told('+CPIN: SIM PUK')) ?? '', 'wants its PUK')
  assert.match((await told('+CPIN: PH-NET PIN')) ?? '', 'a lock that a PIN does not open')
})

test('E25: a modem that says nothing is told; pppd may try, and all is well when it speaks again', async () => {
  await using scene = new ModemScene()
  scene.plug()
  scene.modem.silence(true)
  await scene.start({ monitors: ['cell'] })
  await scene.clock.advance(60_000)
  assert.match(scene.problem ?? '', 'does not answer')
  assert.equal(scene.gate, [true])
  assert.is(scene.property('sim'), 'unknown')
  scene.modem.silence(false)
  await scene.clock.advance(40_000)
  assert.is(scene.problem, undefined)
  assert.is(scene.property('sim'), 'ready')
  assert.is(scene.property('registration'), 'home')
})

test('E25: a modem that starts anew is set up anew', async () => {
  await using scene = new ModemScene()
  scene.plug()
  await scene.start()
  scene.modem.commands.length = 0
  scene.modem.tell('RDY')
  await scene.clock.advance(0)
  assert.equal(scene.modem.commands, ['ATE0', 'AT+CMEE=1', 'AT+CPIN?'])
  assert.equal(scene.gate, [true])
})

test('E26: garbage, echoes and half lines harm no answer', async () => {
  await using scene = new ModemScene()
  scene.plug()
  scene.modem.echo(true)
  scene.modem.answer('AT+CSQ', `\u007e\u00ff}#\u0000\r\nRING\r\n+CSQ: 12,99\r\n+XYZ: ?\r\n${OK}`)
  await scene.start({ monitors: ['signal', 'info'] })
  await scene.connection('internet')
  await scene.clock.advance(5_000)
  assert.is(scene.property('signal_asu'), 12)
  assert.is(scene.property('imsi'), '001010123456789')
  scene.modem.raw('+CSQ: 99')
  await scene.clock.advance(500)
  assert.ok(scene.logs.some(({ level, message }) => level === 'warn' && message.includes('dropping junk')))
  await scene.clock.advance(60_000)
  assert.is(scene.property('signal_asu'), 12)
  assert.is(scene.problem, undefined)
})

test("E27: answers that belong to another program are nobody else's", async () => {
  await using scene = new ModemScene()
  scene.plug()
  await scene.start({ monitors: ['info'] })
  // The other one takes our answer away, and its own comes to us when ours is long over.
  scene.modem.answer('AT+CIMI', null)
  await scene.clock.advance(500)
  await scene.clock.advance(5_000)
  scene.modem.raw(`\r\n999999999999999\r\n${OK}`)
  await scene.clock.advance(10_000)
  assert.is(scene.property('imsi'), 'Unknown')
  assert.is(scene.property('iccid'), '8988211000000000001F')
})

test('E28: the end of the part closes the port and asks nothing more', async () => {
  await using scene = new ModemScene()
  scene.plug()
  await scene.start({ monitors: ['signal', 'cell', 'info'] })
  await scene.connection('internet')
  await scene.clock.advance(1_000)
  await scene.stop()
  assert.is(scene.ports.isOpen(AT_PORT), false)
  const asked = scene.modem.commands.length
  await scene.connection('disconnected')
  await scene.clock.advance(120_000)
  assert.is(scene.modem.commands.length, asked)
  assert.is(scene.clock.pendingTimers, 0)
})

test('a modem that was found by its device is given up when that goes', async () => {
  await using scene = new ModemScene()
  scene.plug()
  await scene.start({ found: true })
  assert.equal(scene.taken, [])
  scene.unplug()
  await scene.clock.advance(PRESENCE_MS)
  assert.equal(scene.taken, [], 'it may only start anew')
  assert.is(scene.problem, `${PPP_PORT}: no such device: the modem is waited for`)
  assert.is(scene.gate.at(-1), false)
  await scene.clock.advance(PRESENCE_COUNT * PRESENCE_MS)
  assert.equal(scene.taken, [undefined])
})

test('E22: what is known of the PIN goes along when a modem that was found is given up', async () => {
  await using scene = new ModemScene()
  scene.plug()
  lockedCard(scene)
  await scene.start({ found: true, pin: '0000' })
  scene.unplug()
  await scene.clock.advance((PRESENCE_COUNT + 1) * PRESENCE_MS)
  assert.equal(scene.taken, [undefined])
  assert.equal(scene.note, { pinSent: true })
})

test.run()
