/** AT commands over a real tty: a scripted modem on a pseudo-terminal. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../../../lib/base/clock.js'
import { systemSerialPorts } from '../../../../lib/serial/system-serial-ports.js'
import { AtPort } from '../../../../lib/technology/mobile/at/port.js'
import { ScriptedModem } from '../../../../lib/testing/scripted-modem.js'
import { eventually } from '../../../support/eventually.js'
import { type LogLine, recordingLogger } from '../../../support/fake-instance.js'
import { Pty } from '../../../support/pty.js'

const test = suite('AT port on a tty')

class Line implements AsyncDisposable {
  readonly pty: Pty
  readonly modem: ScriptedModem
  readonly port: AtPort
  readonly logs: LogLine[]
  readonly ends: string[]

  static async open(): Promise<Line> {
    let modem: ScriptedModem | undefined
    const pty = await Pty.open((octets) => modem?.received(octets))
    modem = new ScriptedModem((text) => pty.say(text))
    const logs: LogLine[] = []
    const ends: string[] = []
    const context = {
      clock: systemClock,
      logger: recordingLogger(logs),
      serialPorts: systemSerialPorts,
      ifname: 'ppp0',
    }
    const onClosed = (reason: string): void => void ends.push(reason)
    const port = await AtPort.open(context, { path: pty.path, speed: 115_200, onClosed })
    return new Line({ pty, modem, port, logs, ends })
  }

  private constructor(parts: Pick<Line, 'pty' | 'modem' | 'port' | 'logs' | 'ends'>) {
    this.pty = parts.pty
    this.modem = parts.modem
    this.port = parts.port
    this.logs = parts.logs
    this.ends = parts.ends
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.port.close()
    await this.pty.hangUp()
  }
}

test('commands are answered in order, whatever else is said', async () => {
  await using line = await Line.open()
  line.modem.echo(true)
  line.modem.answer('ATI', '~}#!\u0000\u00ff\r\nRING\r\nQuectel\r\nEC25\r\n\r\nOK\r\n')
  const heard: string[] = []
  line.port.listen('+CSQ:', (text) => heard.push(text))
  const replies = await Promise.all([line.port.send('ATI'), line.port.send('AT+CSQ'), line.port.send('AT+NONE')])
  const [first, ...others] = replies
  assert.equal(first?.type === 'ok' && first.lines.slice(-3), ['RING', 'Quectel', 'EC25'])
  assert.equal(others, [
    { type: 'ok', lines: [] },
    { type: 'error', line: 'ERROR' },
  ])
  assert.equal(heard, ['+CSQ: 17,99'])
})

test('E21: an answer that comes after its time reaches nobody', async () => {
  await using line = await Line.open()
  line.modem.answer('AT+CIMI', null)
  const late = line.port.send('AT+CIMI', { timeoutMs: 100 })
  const next = line.port.send('AT+QCCID', { timeoutMs: 5_000 })
  assert.equal(await late, { type: 'timeout' })
  line.pty.say('\r\n999999999999999\r\n\r\nOK\r\n')
  assert.equal(await next, { type: 'ok', lines: [] })
})

test('half a line is dropped after half a second', async () => {
  await using line = await Line.open()
  line.pty.say('+CSQ: 1')
  await eventually('it is told', () => line.logs.some(({ message }) => message.includes('dropping junk')))
  assert.equal(await line.port.send('AT+CIMI'), { type: 'ok', lines: ['001010123456789'] })
})

test('a modem that hangs up in the middle of an answer ends every command', async () => {
  await using line = await Line.open()
  line.modem.answer('AT+CSQ', '\r\n+CSQ: 1')
  const waiting = [line.port.send('AT+CSQ'), line.port.send('AT+CIMI')]
  await eventually('it is asked', () => line.modem.commands.length > 0)
  await line.pty.hangUp()
  assert.equal(await Promise.all(waiting), [{ type: 'closed' }, { type: 'closed' }])
  assert.equal(line.ends.length, 1)
  assert.equal(await line.port.send('AT'), { type: 'closed' })
})

test.run()
