/** A name server on the loopback link that answers as badly as a test wants, by UDP and TCP. */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** Makes the answer to a question; undefined: there is none. */
export type Script = (question: Buffer, transport: 'udp' | 'tcp') => Buffer | undefined

/** Bits of the second word of a DNS message (RFC 1035 4.1.1). */
const RESPONSE = 0x8180
const TRUNCATED = 0x0200
const HEADER_BYTES = 12
const TTL_SECONDS = 300

export interface ScriptedNameServer extends AsyncDisposable {
  /** `ADDRESS:PORT`, as c-ares reads it. */
  readonly server: string
}

export async function scriptedNameServer(script: Script): Promise<ScriptedNameServer> {
  const tcp = createServer((socket) => {
    socket.on('error', () => socket.destroy()) // the client may leave at any time
    socket.on('data', (data) => {
      const answer = script(data.subarray(2), 'tcp')
      if (answer === undefined) return
      const length = Buffer.alloc(2)
      length.writeUInt16BE(answer.length)
      socket.write(Buffer.concat([length, answer]))
    })
  })
  await once(tcp.listen({ host: '127.0.0.1', port: 0 }), 'listening')
  const { port } = tcp.address() as AddressInfo
  const udp = createSocket('udp4', (question, { port: from, address }) => {
    const answer = script(question, 'udp')
    if (answer !== undefined) udp.send(answer, from, address)
  })
  await once(udp.bind(port, '127.0.0.1'), 'listening')
  return {
    server: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      udp.close()
      tcp.close()
      await once(tcp, 'close')
    },
  }
}

/** The question's header and question, with these flags and records behind them; additional records are left out. */
export function answerTo(question: Buffer, records: readonly Buffer[], flags = 0): Buffer {
  // The name, its final zero, type and class.
  const end = question.indexOf(0, HEADER_BYTES) + 5
  const answer = Buffer.concat([question.subarray(0, end), ...records])
  answer.writeUInt16BE(RESPONSE | flags, 2)
  answer.writeUInt16BE(records.length, 6)
  answer.writeUInt16BE(0, 10)
  return answer
}

export function truncated(question: Buffer): Buffer {
  return answerTo(question, [], TRUNCATED)
}

/** An A record of the name that was asked for. */
export function addressRecord(address: string, ttlSeconds: number = TTL_SECONDS): Buffer {
  const record = Buffer.from([0xc0, HEADER_BYTES, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)])
  record.writeUInt32BE(ttlSeconds, 6)
  return record
}
