import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'

const test = suite('fake datagrams')

const PEER = '/run/peer'

async function errnoOf(work: Promise<unknown>): Promise<number | undefined> {
  try {
    await work
  } catch (thrown) {
    return isNetworkError(thrown) ? thrown.errno : undefined
  }
  return 0
}

interface Heard {
  readonly messages: string[]
  ended: boolean
}

function listening(): { heard: Heard; message(bytes: Uint8Array): void; end(): void } {
  const heard: Heard = { messages: [], ended: false }
  const end = (): void => {
    heard.ended = true
  }
  return { heard, message: (bytes) => void heard.messages.push(new TextDecoder().decode(bytes)), end }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

test('a program behind a name gets each datagram and may answer', async () => {
  await using kernel = new FakeKernel()
  const asked: string[] = []
  kernel.lab.serveDatagrams(PEER, (datagram, from) => {
    asked.push(`${from.name} ${new TextDecoder().decode(datagram)}`)
    from.send(bytes('pong'))
    from.send(new Uint8Array())
  })
  const { heard, ...listener } = listening()
  const endpoint = await kernel.openDatagram({ local: '/run/us', peer: PEER }, listener)
  await endpoint.send(bytes('ping'))
  assert.equal(asked, ['/run/us ping'])
  assert.equal(heard.messages, ['pong', ''])
})

test('nobody there, a name in use, too long: refused as by the engine', async () => {
  await using kernel = new FakeKernel()
  const { heard: _, ...listener } = listening()
  assert.is(await errnoOf(kernel.openDatagram({ local: '/run/us', peer: PEER }, listener)), 2)
  assert.is(await errnoOf(kernel.openDatagram({ local: '/run/us', peer: '@peer' }, listener)), 111)
  kernel.lab.serveDatagrams(PEER, () => undefined)
  const endpoint = await kernel.openDatagram({ local: '/run/us', peer: PEER }, listener)
  assert.is(await errnoOf(kernel.openDatagram({ local: '/run/us', peer: PEER }, listener)), 98)
  assert.is(await errnoOf(endpoint.send(new Uint8Array(65_537))), 90)
  await endpoint.close()
  assert.is(await errnoOf(endpoint.send(bytes('x'))), 9)
  const again = await kernel.openDatagram({ local: '/run/us', peer: PEER }, listener)
  await again.close()
})

test('a program that is gone is noticed when something is sent, also where another has taken its name', async () => {
  await using kernel = new FakeKernel()
  const served = kernel.lab.serveDatagrams(PEER, () => undefined)
  const { heard, ...listener } = listening()
  const endpoint = await kernel.openDatagram({ local: '/run/us', peer: PEER }, listener)
  served.unsubscribe()
  kernel.lab.serveDatagrams(PEER, () => undefined)
  assert.is(heard.ended, false)
  assert.is(await errnoOf(endpoint.send(bytes('x'))), 111)
  await new Promise((resolve) => setImmediate(resolve))
  assert.is(heard.ended, true)
})

test('an answer after the end reaches nobody', async () => {
  await using kernel = new FakeKernel()
  let answer: () => boolean = () => true
  kernel.lab.serveDatagrams(PEER, (_, from) => {
    answer = () => from.send(bytes('late'))
  })
  const { heard, ...listener } = listening()
  const endpoint = await kernel.openDatagram({ local: '/run/us', peer: PEER }, listener)
  await endpoint.send(bytes('x'))
  await endpoint.close()
  assert.is(answer(), false)
  assert.equal(heard.messages, [])
})

test('a device has one opener at a time, who is told when it is unplugged', async () => {
  await using kernel = new FakeKernel()
  const plugged = kernel.lab.serveDevice('/dev/modem', (message, from) => void from.send(message))
  const { heard, ...listener } = listening()
  const first = await kernel.openDevice('/dev/modem', listener)
  assert.is(await errnoOf(kernel.openDevice('/dev/modem', listener)), 16)
  await first.send(bytes('x'))
  assert.equal(heard.messages, ['x'])
  await first.close()
  const second = await kernel.openDevice('/dev/modem', listener)
  plugged.unsubscribe()
  await new Promise((resolve) => setImmediate(resolve))
  assert.is(heard.ended, true)
  assert.is(await errnoOf(second.send(bytes('x'))), 9)
})

test.run()
