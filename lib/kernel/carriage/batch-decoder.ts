/** A batch of records to events. Records of a command's dump are gathered and go with the command's reply. */

import type { KernelEvent } from '../messages.js'
import { compileDecoders, type RecordDecoder } from './decode-events.js'
import type { Inbox } from './inbox.js'
import { FLAG_OF_DUMP, HEAD_BYTES, type Schema } from './layout.js'

type Reply = Extract<KernelEvent, { type: 'reply' }>
type DumpBegin = { readonly type: 'dumpBegin'; readonly id: number }

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/** Objects of a piece are garbage before the next is made: the fewer are alive at once, the less the collector copies. */
const PIECE_EVENTS = 256

/** One engine's stream. */
export class BatchDecoder {
  readonly #decoders: readonly RecordDecoder[]
  /** What commands have asked for, as far as it has come, by the command's id. */
  readonly #dumps = new Map<number, unknown[]>()
  /** The one of them that a record came for last: records of one dump follow each other. */
  #dumpId = 0
  #dumped: unknown[] | undefined

  constructor(schema: Schema) {
    this.#decoders = compileDecoders(schema)
  }

  /** Hands over the events in the first `bytes` of the inbox, at most `PIECE_EVENTS` at a time. */
  decode(inbox: Inbox, bytes: number, take: (events: readonly KernelEvent[]) => void): void {
    let events: KernelEvent[] = []
    for (let record = 0; record < bytes; record += inbox.word(record)) {
      const tag = inbox.word(record + 4)
      const type = LITTLE_ENDIAN ? tag & 0xffff : tag >>> 16
      const flags = LITTLE_ENDIAN ? tag >>> 16 : tag & 0xffff
      const decoder = this.#decoders[type]
      if (decoder === undefined) throw new TypeError(`the engine sent an event of number ${type}`)
      const number = inbox.number(record + 8)
      if (flags === FLAG_OF_DUMP) {
        if (number !== this.#dumpId) {
          this.#dumpId = number
          this.#dumped = this.#dumps.get(number)
        }
        this.#dumped?.push(decoder.noun(inbox, record + HEAD_BYTES, record))
      } else this.#take(decoder.event(inbox, record + HEAD_BYTES, record, number), events)
      if (events.length < PIECE_EVENTS) continue
      take(events)
      events = []
    }
    if (events.length > 0) take(events)
  }

  #take(event: unknown, events: KernelEvent[]): void {
    const { type } = event as KernelEvent | DumpBegin
    if (type === 'dumpBegin') {
      this.#dumps.set((event as DumpBegin).id, [])
      this.#dumpId = 0
    } else if (type === 'reply' && this.#dumps.size > 0) {
      const reply = event as Reply
      const records = this.#dumps.get(reply.id)
      this.#dumps.delete(reply.id)
      this.#dumpId = 0
      this.#dumped = undefined
      const answered = records === undefined || reply.error !== undefined
      events.push(answered ? reply : ({ ...reply, records } as Reply))
    } else events.push(event as KernelEvent)
  }
}
