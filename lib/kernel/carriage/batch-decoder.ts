/** A batch of records to events. Records of a command's dump are gathered and go with the command's reply. */

import type { KernelEvent } from '../messages.js'
import { compileDecoders, type RecordDecoder } from './decode-events.js'
import type { Inbox } from './inbox.js'
import { FLAG_OF_DUMP, HEAD_BYTES, type Schema } from './layout.js'

type Reply = Extract<KernelEvent, { type: 'reply' }>
type DumpBegin = { readonly type: 'dumpBegin'; readonly id: number }

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/** One engine's stream. */
export class BatchDecoder {
  readonly #decoders: readonly RecordDecoder[]
  /** Of the dump being read: whose it is, and its records so far. */
  #dumpId = 0
  #dumped: unknown[] | undefined

  constructor(schema: Schema) {
    this.#decoders = compileDecoders(schema)
  }

  /** The events in the first `bytes` of the inbox. */
  decode(inbox: Inbox, bytes: number): KernelEvent[] {
    const events: KernelEvent[] = []
    for (let record = 0; record < bytes; record += inbox.word(record)) {
      const tag = inbox.word(record + 4)
      const type = LITTLE_ENDIAN ? tag & 0xffff : tag >>> 16
      const flags = LITTLE_ENDIAN ? tag >>> 16 : tag & 0xffff
      const decoder = this.#decoders[type]
      if (decoder === undefined) throw new TypeError(`the engine sent an event of number ${type}`)
      if (flags === FLAG_OF_DUMP) this.#dumped?.push(decoder.noun(inbox, record + HEAD_BYTES, record))
      else this.#take(decoder.event(inbox, record + HEAD_BYTES, record, inbox.number(record + 8)), events)
    }
    return events
  }

  #take(event: unknown, events: KernelEvent[]): void {
    const { type } = event as KernelEvent | DumpBegin
    if (type === 'dumpBegin') {
      this.#dumpId = (event as DumpBegin).id
      this.#dumped = []
    } else if (type === 'reply' && this.#dumped !== undefined && (event as Reply).id === this.#dumpId) {
      const reply = event as Reply
      events.push(reply.error === undefined ? ({ ...reply, records: this.#dumped } as Reply) : reply)
      this.#dumped = undefined
    } else events.push(event as KernelEvent)
  }
}
