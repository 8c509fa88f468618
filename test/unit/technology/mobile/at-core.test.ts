import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type AtEffect,
  type AtInput,
  type AtRequest,
  type AtState,
  DEFAULT_ERRORS,
  INITIAL_AT,
  QUIET_MS,
  RESYNC_COUNT,
  RESYNC_MS,
  reduceAt,
} from '../../../../lib/technology/mobile/at/core.js'
import { AtLines } from '../../../../lib/technology/mobile/at/lines.js'

/** A conversation: what came of each input. */
class Talk {
  state: AtState = INITIAL_AT
  #id = 0

  feed(input: AtInput): readonly AtEffect[] {
    const step = reduceAt(this.state, input)
    this.state = step.state
    return step.effects
  }

  send(command: string, given: Partial<AtRequest> = {}): readonly AtEffect[] {
    this.#id += 1
    const request = { id: this.#id, command, success: 'OK', errors: DEFAULT_ERRORS, timeoutMs: 1_000, ...given }
    return this.feed({ type: 'send', request })
  }

  lines(...lines: string[]): readonly AtEffect[] {
    return lines.flatMap((line) => this.feed({ type: 'line', line }))
  }

  timeout(): readonly AtEffect[] {
    return this.feed({ type: 'timer', timer: this.state.timer })
  }
}

const write = (command: string): AtEffect => ({ type: 'write', command })
const ok = (id: number, ...lines: string[]): AtEffect => ({ type: 'reply', id, reply: { type: 'ok', lines } })
const stop: AtEffect = { type: 'stopTimer' }

test('E7: listeners hear a line first, which is no part of the answer then; all of one prefix do', () => {
  const talk = new Talk()
  talk.feed({ type: 'listen', listener: { id: 71, prefix: '+CSQ' } })
  talk.feed({ type: 'listen', listener: { id: 72, prefix: '+CSQ' } })
  talk.feed({ type: 'listen', listener: { id: 73, prefix: '+CREG' } })
  assert.equal(talk.send('AT+CSQ'), [write('AT+CSQ'), { type: 'startTimer', timer: 1, delayMs: 1_000 }])
  assert.equal(talk.lines('+CSQ: 17,99', 'OK'), [
    { type: 'notify', id: 72, line: '+CSQ: 17,99' },
    { type: 'notify', id: 71, line: '+CSQ: 17,99' },
    stop,
    ok(1),
  ])
  talk.feed({ type: 'unlisten', id: 72 })
  assert.equal(talk.lines('+CSQ: 3,99'), [{ type: 'notify', id: 71, line: '+CSQ: 3,99' }])
})

test('E7: a command with another end than OK ends with that alone', () => {
  const talk = new Talk()
  talk.send('ATD*99#', { success: 'CONNECT' })
  assert.equal(talk.lines('OK', 'CONNECT'), [stop, ok(1, 'OK')])
})

test('one command at a time, in order; lines in order, without echo and blank ones', () => {
  const talk = new Talk()
  talk.send('ATI')
  assert.equal(talk.send('AT+CIMI'), [])
  assert.equal(talk.lines('ATI', 'Quectel', '', 'EC25', 'OK'), [
    stop,
    ok(1, 'Quectel', 'EC25'),
    write('AT+CIMI'),
    { type: 'startTimer', timer: 2, delayMs: 1_000 },
  ])
  assert.equal(talk.lines('001010123456789', 'OK'), [stop, ok(2, '001010123456789')])
})

test('E8: an error ends a command, extended ones too; what came before it is in no other answer', () => {
  for (const line of ['NO CARRIER', 'ERROR', '+CME ERROR: 10', '+CMS ERROR: 500']) {
    const talk = new Talk()
    talk.send('ATD')
    talk.send('AT')
    const [first, reply] = talk.lines('half an answer', line)
    assert.equal(first, stop)
    assert.equal(reply, { type: 'reply', id: 1, reply: { type: 'error', line } })
    assert.equal(talk.lines('OK'), [stop, ok(2)])
  }
})

test('what waits for no answer is answered at once, and the next one is sent', () => {
  const talk = new Talk()
  assert.equal(talk.send('+++', { timeoutMs: 0 }), [write('+++'), ok(1)])
  assert.equal(talk.send('ATH', { success: '' }), [write('ATH'), ok(2)])
  assert.equal(talk.send('AT').at(0), write('AT'))
})

test('E21: behind a command without an answer nothing is sent until the line is clean: what comes late reaches nobody', () => {
  const talk = new Talk()
  talk.send('AT+CIMI')
  assert.equal(talk.timeout(), [
    { type: 'reply', id: 1, reply: { type: 'timeout' } },
    write('AT'),
    { type: 'startTimer', timer: 2, delayMs: RESYNC_MS },
  ])
  assert.equal(talk.send('AT+CPIN?'), [])
  assert.equal(talk.lines('001010123456789'), [])
  assert.equal(talk.lines('OK'), [{ type: 'startTimer', timer: 3, delayMs: QUIET_MS }])
  assert.equal(talk.lines('OK'), [{ type: 'startTimer', timer: 4, delayMs: QUIET_MS }])
  assert.equal(talk.feed({ type: 'timer', timer: 3 }), [], 'an older timer is void')
  assert.equal(talk.timeout(), [write('AT+CPIN?'), { type: 'startTimer', timer: 5, delayMs: 1_000 }])
  assert.equal(talk.lines('OK'), [stop, ok(2)])
})

test('E21: while a modem stays silent it hears bare ATs alone; what waits is given up, what comes later asks again', () => {
  const talk = new Talk()
  const timeout = (id: number): AtEffect => ({ type: 'reply', id, reply: { type: 'timeout' } })
  talk.send('AT+CSQ')
  talk.send('AT+CREG?')
  assert.equal(talk.timeout().slice(0, 2), [timeout(1), write('AT')])
  for (let count = 2; count <= RESYNC_COUNT; count += 1) assert.equal(talk.timeout().at(0), write('AT'))
  assert.equal(talk.timeout(), [timeout(2)])
  assert.equal(talk.timeout(), [])
  assert.equal(talk.send('AT+CPIN?').at(0), write('AT'))
  // Late, of the first one.
  assert.equal(talk.lines('+CSQ: 1,99', 'OK', 'OK').at(0), { type: 'startTimer', timer: 6, delayMs: QUIET_MS })
  assert.equal(talk.timeout().at(0), write('AT+CPIN?'))
  assert.equal(talk.lines('OK'), [stop, ok(3)])
})

test('E21: a silent modem that speaks while nobody asks is heard from then on', () => {
  const talk = new Talk()
  talk.send('AT+CSQ')
  for (let count = 0; count <= RESYNC_COUNT; count += 1) talk.timeout()
  talk.lines('OK')
  talk.timeout()
  assert.equal(talk.send('AT+CREG?').at(0), write('AT+CREG?'))
})

test('with the port everything that waits is at an end', () => {
  const talk = new Talk()
  talk.send('A')
  talk.send('B')
  const closed = (id: number): AtEffect => ({ type: 'reply', id, reply: { type: 'closed' } })
  assert.equal(talk.feed({ type: 'closed' }), [stop, closed(1), closed(2)])
  assert.equal(talk.timeout(), [])
})

test('lines end in CR, LF or both, wherever the octets are cut; what has no end is kept short', () => {
  const text = '\r\nOK\r\nRING\rA\nb c \r\n'
  for (let size = 1; size < text.length; size += 1) {
    const lines = new AtLines()
    const heard: string[] = []
    for (let at = 0; at < text.length; at += size) {
      heard.push(...lines.push(Buffer.from(text.slice(at, at + size), 'latin1')))
    }
    assert.equal(heard, ['OK', 'RING', 'A', 'b c'], `${size}`)
    assert.is(lines.pending, false)
  }
  const lines = new AtLines()
  for (let i = 0; i < 100; i += 1) assert.equal(lines.push(Buffer.alloc(1_000, 0x7e)), [])
  assert.ok(lines.pending)
  assert.is(lines.drop().length, 1_024)
  assert.is(lines.pending, false)
})

test('whatever is said, nothing throws, and every command is answered in the end', () => {
  let seed = 7
  const dice = (sides: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
    return (seed >> 8) % sides
  }
  const WORDS = ['OK', 'ERROR', '+CME ERROR: 3', '+CSQ: 1,2', 'AT', '', '~}#!', 'NO CARRIER', '+', 'x'.repeat(50)]
  for (let round = 0; round < 200; round += 1) {
    const talk = new Talk()
    const answered = new Set<number>()
    let sent = 0
    const note = (effects: readonly AtEffect[]): void => {
      for (const effect of effects) {
        if (effect.type !== 'reply') continue
        assert.is(answered.has(effect.id), false, 'answered once')
        answered.add(effect.id)
      }
    }
    for (let step = 0; step < 50; step += 1) {
      const what = dice(4)
      if (what === 0) {
        sent += 1
        note(talk.send('AT', { timeoutMs: dice(3) * 100 }))
      } else if (what === 1) note(talk.timeout())
      else note(talk.lines(WORDS[dice(WORDS.length)] ?? ''))
    }
    note(talk.feed({ type: 'closed' }))
    assert.is(answered.size, sent)
  }
})

test.run()
