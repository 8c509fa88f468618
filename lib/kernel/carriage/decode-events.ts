/** One record to one event, or to one noun of a dump. Addresses and routes come in storms: they are built in one piece. */

import type { Address, Route, RouteType } from '../messages.js'
import { compileReader, compileSparseReader, type ReadFields } from './decode-fields.js'
import type { Inbox } from './inbox.js'
import type { FieldLayout, Schema } from './layout.js'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
type AddressEvent = Mutable<Address> & { type: 'address' | 'addressGone'; atMs: number }
type RouteEvent = Mutable<Route> & { type: 'route' | 'routeGone'; atMs: number }

/** `at`: the fixed part; `record`: the record's begin. */
export interface RecordDecoder {
  event(inbox: Inbox, at: number, record: number, atMs: number): unknown
  noun(inbox: Inbox, at: number, record: number): unknown
}

/** Decoders by the numbers of the events. @throws TypeError where the schema lacks a field that we build by hand. */
export function compileDecoders(schema: Schema): readonly RecordDecoder[] {
  return Object.entries(schema.events).map(([type, fields]) => {
    if (type === 'address' || type === 'addressGone') return addressDecoder(type, fields)
    if (type === 'route' || type === 'routeGone') return routeDecoder(type, fields)
    return tableDecoder(type, compileReader(fields))
  })
}

function tableDecoder(type: string, read: ReadFields): RecordDecoder {
  return {
    event: (inbox, at, record, atMs) => {
      const event: Record<string, unknown> = { type, atMs }
      read(inbox, at, record, event)
      return event
    },
    noun: (inbox, at, record) => {
      const noun: Record<string, unknown> = {}
      read(inbox, at, record, noun)
      return noun
    },
  }
}

/** Looks up fields, and remembers which are asked for: what nobody asks for would be lost without a word. */
class Places {
  readonly #fields: Map<string, FieldLayout>
  readonly #message: string

  constructor(message: string, fields: readonly FieldLayout[]) {
    this.#message = message
    this.#fields = new Map(fields.map((field) => [field.name, field]))
  }

  take(name: string): FieldLayout {
    const field = this.#fields.get(name)
    if (field === undefined) throw new TypeError(`the addon's ${this.#message} has no ${name}`)
    this.#fields.delete(name)
    return field
  }

  /** What is left. */
  rest(): readonly FieldLayout[] {
    return [...this.#fields.values()]
  }
}

function addressDecoder(type: 'address' | 'addressGone', fields: readonly FieldLayout[]): RecordDecoder {
  const places = new Places(type, fields)
  const offset = (name: string): number => places.take(name).offset
  const [ifindex, family, address, prefixLength] = ['ifindex', 'family', 'address', 'prefixLength'].map(offset) as Four
  const [scope, protocol] = [offset('scope'), offset('protocol')]
  const [permanent, noPrefixRoute] = [places.take('permanent').valueBit, places.take('noPrefixRoute').valueBit]
  const label = places.take('label')
  const readRest = compileSparseReader(places.rest())

  const finish = (into: Mutable<Address>, inbox: Inbox, at: number, record: number): void => {
    if (inbox.bit(at, label.presenceBit)) into.label = inbox.text(at + label.offset, record)
    readRest(inbox, at, record, into as unknown as Record<string, unknown>)
  }
  return {
    event: (inbox, at, record, atMs) => {
      const event: AddressEvent = {
        type,
        atMs,
        ifindex: inbox.word(at + ifindex),
        family: inbox.word(at + family) as 4 | 6,
        address: inbox.ip(at + address),
        prefixLength: inbox.word(at + prefixLength),
        scope: inbox.word(at + scope),
        permanent: inbox.bit(at, permanent),
        noPrefixRoute: inbox.bit(at, noPrefixRoute),
        protocol: inbox.word(at + protocol),
      }
      finish(event, inbox, at, record)
      return event
    },
    noun: (inbox, at, record) => {
      const noun: Mutable<Address> = {
        ifindex: inbox.word(at + ifindex),
        family: inbox.word(at + family) as 4 | 6,
        address: inbox.ip(at + address),
        prefixLength: inbox.word(at + prefixLength),
        scope: inbox.word(at + scope),
        permanent: inbox.bit(at, permanent),
        noPrefixRoute: inbox.bit(at, noPrefixRoute),
        protocol: inbox.word(at + protocol),
      }
      finish(noun, inbox, at, record)
      return noun
    },
  }
}

type Four = [number, number, number, number]

function routeDecoder(type: 'route' | 'routeGone', fields: readonly FieldLayout[]): RecordDecoder {
  const places = new Places(type, fields)
  const offset = (name: string): number => places.take(name).offset
  const [family, destination, metric, table] = ['family', 'destination', 'metric', 'table'].map(offset) as Four
  const [protocol, scope] = [offset('protocol'), offset('scope')]
  const routeType = places.take('routeType')
  const types = (routeType.words ?? []) as readonly RouteType[]
  const [gateway, ifindex] = [places.take('gateway'), places.take('ifindex')]
  const source = places.take('source')
  const readRest = compileSparseReader(places.rest())

  const typeOf = (inbox: Inbox, at: number): RouteType => types[inbox.word(at + routeType.offset)] ?? 'unspec'
  const finish = (into: Mutable<Route>, inbox: Inbox, at: number, record: number): void => {
    if (inbox.bit(at, gateway.presenceBit)) into.gateway = inbox.ip(at + gateway.offset)
    if (inbox.bit(at, ifindex.presenceBit)) into.ifindex = inbox.word(at + ifindex.offset)
    if (inbox.bit(at, source.presenceBit)) into.source = inbox.ip(at + source.offset)
    readRest(inbox, at, record, into as unknown as Record<string, unknown>)
  }
  return {
    event: (inbox, at, record, atMs) => {
      const event: RouteEvent = {
        type,
        atMs,
        family: inbox.word(at + family) as 4 | 6,
        routeType: typeOf(inbox, at),
        destination: inbox.destination(at + destination),
        metric: inbox.word(at + metric),
        table: inbox.word(at + table),
        protocol: inbox.word(at + protocol),
        scope: inbox.word(at + scope),
      }
      finish(event, inbox, at, record)
      return event
    },
    noun: (inbox, at, record) => {
      const noun: Mutable<Route> = {
        family: inbox.word(at + family) as 4 | 6,
        routeType: typeOf(inbox, at),
        destination: inbox.destination(at + destination),
        metric: inbox.word(at + metric),
        table: inbox.word(at + table),
        protocol: inbox.word(at + protocol),
        scope: inbox.word(at + scope),
      }
      finish(noun, inbox, at, record)
      return noun
    },
  }
}
