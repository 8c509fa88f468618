import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DatagramEndpoint } from '../../../lib/kernel/kernel.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'
import { ScriptedSupplicant } from '../../../lib/testing/scripted-supplicant.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'

const test = suite('scripted supplicant')

const PATH = '/run/wpa/wlan0'

class Caller implements AsyncDisposable {
  readonly clock = new SimulatedClock()
  readonly kernel = new FakeKernel({ clock: this.clock })
  readonly supplicant = new ScriptedSupplicant({ kernel: this.kernel, clock: this.clock, path: PATH })
  readonly heard: string[] = []
  #endpoint: DatagramEndpoint | undefined

  async open(): Promise<this> {
    const message = (bytes: Uint8Array): void => void this.heard.push(new TextDecoder().decode(bytes))
    this.#endpoint = await this.kernel.openDatagram({ local: '/run/us', peer: PATH }, { message, end: () => undefined })
    return this
  }

  async send(...commands: string[]): Promise<void> {
    for (const command of commands) await this.#endpoint?.send(new TextEncoder().encode(command))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kernel.close()
  }
}

test('answers of its own, and those of a test, the latest rule first', async () => {
  await using caller = await new Caller().open()
  caller.supplicant.answer('GET country', '00\n')
  caller.supplicant.answer(/^GET/, (command) => `${command}?\n`)
  caller.supplicant.answer('STATUS', null)
  await caller.send('PING', 'STATUS', 'GET country', 'NONSENSE')
  assert.equal(caller.heard, ['PONG\n', 'GET country?\n', 'UNKNOWN COMMAND\n'])
  assert.equal(caller.supplicant.commands, ['PING', 'STATUS', 'GET country', 'NONSENSE'])
})

test('events reach who has attached, and nobody else', async () => {
  await using caller = await new Caller().open()
  caller.supplicant.event('A')
  await caller.send('ATTACH')
  caller.supplicant.event('B')
  await caller.send('DETACH')
  caller.supplicant.event('C')
  await caller.clock.advance(0)
  assert.equal(caller.heard, ['OK\n', '<3>B', 'OK\n'])
})

test('frozen it says nothing, and answers everything when it goes on', async () => {
  await using caller = await new Caller().open()
  await caller.send('ATTACH')
  caller.supplicant.freeze()
  caller.supplicant.event('A')
  await caller.send('PING', 'STATUS')
  assert.equal(caller.heard, ['OK\n'])
  caller.supplicant.thaw()
  await caller.clock.advance(0)
  assert.equal(caller.heard, ['OK\n', 'PONG\n', 'wpa_state=DISCONNECTED\n'])
})

test('a late answer comes late', async () => {
  await using caller = await new Caller().open()
  caller.supplicant.answerLate('STATUS', 'late\n', 500)
  await caller.send('ATTACH', 'STATUS', 'PING')
  await caller.clock.advance(500)
  assert.equal(caller.heard, ['OK\n', 'PONG\n', 'late\n'])
})

test('a recording: events at their times, answers in order, the last one from then on', async () => {
  await using caller = await new Caller().open()
  await caller.send('ATTACH')
  caller.supplicant.play([
    { direction: 'sent', atMs: 0, text: 'STATUS' },
    { direction: 'received', atMs: 50, text: '<3>A' },
    { direction: 'received', atMs: 60, text: 'first\n' },
    { direction: 'sent', atMs: 70, text: 'STATUS' },
    { direction: 'received', atMs: 80, text: 'second\n' },
  ])
  await caller.send('STATUS', 'STATUS', 'STATUS')
  await caller.clock.advance(49)
  assert.equal(caller.heard.slice(1), ['first\n', 'second\n', 'second\n'])
  await caller.clock.advance(1)
  assert.is(caller.heard.at(-1), '<3>A')
})

test('networks by number, by address and by range', async () => {
  await using caller = await new Caller().open()
  caller.supplicant.networks(['id=3\nbssid=02:00:00:00:00:01\n', 'id=4\nbssid=02:00:00:00:00:02\n'])
  await caller.send('BSS 1', 'BSS 2', 'BSS 02:00:00:00:00:01', 'BSS RANGE=4- MASK=0x1', 'BSS RANGE=ALL MASK=0x1')
  const [one = '', two = ''] = ['id=3\nbssid=02:00:00:00:00:01\n', 'id=4\nbssid=02:00:00:00:00:02\n']
  assert.equal(caller.heard, [two, '', one, `${two}####\n`, `${one}====\n${two}####\n`])
})

test.run()
