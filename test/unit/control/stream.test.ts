/** A stream of changes whose reader falls behind: what waits is bounded. */

import { createServer } from 'node:http'
import { connect } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { streamChanges } from '../../../lib/control/change-stream.js'
import { PropertyTable } from '../../../lib/properties/property-table.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'
import { eventually } from '../../support/eventually.js'
import { type LogLine, recordingLogger } from '../../support/fake-instance.js'

/** Far beyond what sockets, the stream and the table's queue hold together. */
const CHANGE_COUNT = 12_000

test('a reader that falls behind is told that it missed something, and the connection ends', async () => {
  const lines: LogLine[] = []
  const logger = recordingLogger(lines)
  const table = new PropertyTable({ clock: new SimulatedClock(), logger })
  const server = createServer((_request, response) => void streamChanges({ net: table, pattern: [], response, logger }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const reader = connect(port, '127.0.0.1')
  let heard = ''
  reader.setEncoding('utf8').on('data', (text: string) => {
    heard = (heard + text).slice(-4_096)
  })
  reader.on('error', () => undefined)
  reader.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await eventually('it hears the snapshot', () => heard.includes('event: snapshot'))
  reader.pause()
  const filler = 'x'.repeat(2_048)
  for (let count = 0; count < CHANGE_COUNT; count += 1) table.put(['n'], `${count}${filler}`)
  await eventually('the table has told', () => (table.get(['n']) as string).startsWith(String(CHANGE_COUNT - 1)))
  await new Promise((resolve) => setTimeout(resolve, 50))
  reader.resume()
  await eventually('it is dropped', () => lines.some(({ message }) => message.includes('was dropped')))
  await eventually('it hears why', () => heard.includes('event: dropped') && heard.includes('ERR_OVERFLOW'))
  assert.match(lines.find(({ message }) => message.includes('was dropped'))?.message ?? '', 'items behind')
  reader.destroy()
  await new Promise((resolve) => server.close(resolve))
  table.close()
})

test('a stream that breaks ends, and nobody is left waiting', async () => {
  const broken = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('broken')) }) }
  const net = { changes: () => broken, getByPrefix: () => [] }
  const failed: unknown[] = []
  const server = createServer((_request, response) => {
    streamChanges({ net, pattern: [], response, logger: recordingLogger([]) }).catch((thrown) => failed.push(thrown))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const text = await (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5_000) })).text()
  assert.match(text, /^event: snapshot/)
  assert.is(failed.length, 1)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test.run()
