/**
 * One record to one event, or to one noun of a dump. Addresses and routes come in storms, and a failover waits for a link:
 * they are built in one piece.
 */

import type { Address, Link, Route, RouteType } from '../messages.js'
import { compileReader, compileSparseReader, type ReadFields } from './decode-fields.js'
import type { Inbox } from './inbox.js'
import type { FieldLayout, Schema } from './layout.js'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
type AddressEvent = Mutable<Address> & { type: 'address' | 'addressGone'; atMs: number }
type LinkEvent = Mutable<Link> & { type: 'link'; atMs: number }
type RouteEvent = Mutable<Route> & { type: 'route' | 'routeGone'; atMs: number }

/** `at`: the fixed part; `record`: the record's begin. */
export interface RecordDecoder {
  event(inbox: Inbox, at: number, record: number, atMs: number): unknown
  noun(inbox: Inbox, at: number, record: number): unknown
}

/** Decoders by the numbers of the events. @throws TypeError where the schema lacks a field that we build by hand. */
export function compileDecoders(schema: Schema): readonly RecordDecoder[] {
  return Object.entries(schema.events).map(([type, fields]) => {
    if (type === 'link') return linkDecoder(fields)
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

/** Attributes of kinds and of ports are objects, which most links lack. */
function linkDecoder(fields: readonly FieldLayout[]): RecordDecoder {
  const places = new Places('link', fields)
  const offset = (name: string): number => places.take(name).offset
  const [ifindexAt, ifnameAt, mtuAt, operstated] = [
    offset('ifindex'),
    offset('ifname'),
    offset('mtu'),
    places.take('operstate'),
  ]
  const states = (operstated.words ?? []) as readonly Link['operstate'][]
  const [upBit, lowerUpBit] = [places.take('up').valueBit, places.take('lowerUp').valueBit]
  const [kinded, addressed] = [places.take('kind'), places.take('macAddress')]
  const rest = places.rest()
  const readNumbers = compileSparseReader(rest.filter(({ type }) => type !== 'object'))
  const objects = rest.filter(({ type }) => type === 'object').map((field) => ({ field, read: compileReader([field]) }))

  const finish = (into: Mutable<Link>, inbox: Inbox, at: number, record: number): void => {
    if (inbox.bit(at, kinded.presenceBit)) into.kind = inbox.text(at + kinded.offset, record)
    if (inbox.bit(at, addressed.presenceBit)) into.macAddress = inbox.mac(at + addressed.offset)
    const others = into as unknown as Record<string, unknown>
    readNumbers(inbox, at, record, others)
    for (const { field, read } of objects) if (inbox.word(at + field.offset) !== 0) read(inbox, at, record, others)
  }
  const text = (inbox: Inbox, at: number, record: number): string => inbox.text(at + ifnameAt, record)
  return {
    noun: (inbox, at, record) => {
      const ifindex = inbox.word(at + ifindexAt)
      const [up, lowerUp] = [inbox.bit(at, upBit), inbox.bit(at, lowerUpBit)]
      const operstate = states[inbox.word(at + operstated.offset)] ?? 'unknown'
      const link = { ifindex, ifname: text(inbox, at, record), mtu: inbox.word(at + mtuAt), up, lowerUp, operstate }
      finish(link, inbox, at, record)
      return link
    },
    event: (inbox, at, record, atMs) => {
      const ifindex = inbox.word(at + ifindexAt)
      const ifname = text(inbox, at, record)
      const mtu = inbox.word(at + mtuAt)
      const up = inbox.bit(at, upBit)
      const lowerUp = inbox.bit(at, lowerUpBit)
      const operstate = states[inbox.word(at + operstated.offset)] ?? 'unknown'
      const link: LinkEvent = { type: 'link', atMs, ifindex, ifname, mtu, up, lowerUp, operstate }
      finish(link, inbox, at, record)
      return link
    },
  }
}

/**
 * Optional fields that almost every record has stand in the literals, in two variants: a property that joins an object later
 * costs an allocation of its own.
 */
function addressDecoder(type: 'address' | 'addressGone', fields: readonly FieldLayout[]): RecordDecoder {
  const places = new Places(type, fields)
  const offset = (name: string): number => places.take(name).offset
  const [ifindexAt, familyAt, addressAt, prefixLengthAt] = ['ifindex', 'family', 'address', 'prefixLength'].map(
    offset,
  ) as Four
  const [scopeAt, protocolAt] = [offset('scope'), offset('protocol')]
  const [permanentBit, noPrefixRouteBit] = [places.take('permanent').valueBit, places.take('noPrefixRoute').valueBit]
  const labelled = places.take('label')
  const readRest = compileSparseReader(places.rest())
  const rest = (into: object, inbox: Inbox, at: number, record: number): void =>
    readRest(inbox, at, record, into as Record<string, unknown>)

  const build = (inbox: Inbox, at: number, record: number): Mutable<Address> => {
    const ifindex = inbox.word(at + ifindexAt)
    const family = inbox.word(at + familyAt) as 4 | 6
    const address = inbox.ip(at + addressAt)
    const prefixLength = inbox.word(at + prefixLengthAt)
    const scope = inbox.word(at + scopeAt)
    const permanent = inbox.bit(at, permanentBit)
    const noPrefixRoute = inbox.bit(at, noPrefixRouteBit)
    const protocol = inbox.word(at + protocolAt)
    if (!inbox.bit(at, labelled.presenceBit)) {
      return { ifindex, family, address, prefixLength, scope, permanent, noPrefixRoute, protocol }
    }
    const label = inbox.text(at + labelled.offset, record)
    return { ifindex, family, address, prefixLength, scope, label, permanent, noPrefixRoute, protocol }
  }
  return {
    noun: (inbox, at, record) => {
      const noun = build(inbox, at, record)
      rest(noun, inbox, at, record)
      return noun
    },
    event: (inbox, at, record, atMs) => {
      const ifindex = inbox.word(at + ifindexAt)
      const family = inbox.word(at + familyAt) as 4 | 6
      const address = inbox.ip(at + addressAt)
      const prefixLength = inbox.word(at + prefixLengthAt)
      const scope = inbox.word(at + scopeAt)
      const permanent = inbox.bit(at, permanentBit)
      const noPrefixRoute = inbox.bit(at, noPrefixRouteBit)
      const protocol = inbox.word(at + protocolAt)
      let event: AddressEvent
      if (inbox.bit(at, labelled.presenceBit)) {
        const label = inbox.text(at + labelled.offset, record)
        event = { type, atMs, ifindex, family, address, prefixLength, scope, label, permanent, noPrefixRoute, protocol }
      } else event = { type, atMs, ifindex, family, address, prefixLength, scope, permanent, noPrefixRoute, protocol }
      rest(event, inbox, at, record)
      return event
    },
  }
}

type Four = [number, number, number, number]

/** As addressDecoder: by a gateway and a link, by a link alone, or otherwise. */
function routeDecoder(type: 'route' | 'routeGone', fields: readonly FieldLayout[]): RecordDecoder {
  const places = new Places(type, fields)
  const offset = (name: string): number => places.take(name).offset
  const [familyAt, destinationAt, metricAt, tableAt] = ['family', 'destination', 'metric', 'table'].map(offset) as Four
  const [protocolAt, scopeAt] = [offset('protocol'), offset('scope')]
  const typed = places.take('routeType')
  const types = (typed.words ?? []) as readonly RouteType[]
  const [via, by, from] = [places.take('gateway'), places.take('ifindex'), places.take('source')]
  const readRest = compileSparseReader(places.rest())
  const finish = (into: Mutable<Route>, inbox: Inbox, at: number, record: number): Mutable<Route> => {
    if (into.gateway === undefined && inbox.bit(at, via.presenceBit)) into.gateway = inbox.ip(at + via.offset)
    if (inbox.bit(at, from.presenceBit)) into.source = inbox.ip(at + from.offset)
    readRest(inbox, at, record, into as unknown as Record<string, unknown>)
    return into
  }

  const noun = (inbox: Inbox, at: number, record: number): Mutable<Route> => {
    const family = inbox.word(at + familyAt) as 4 | 6
    const routeType = types[inbox.word(at + typed.offset)] ?? 'unspec'
    const destination = inbox.destination(at + destinationAt)
    const metric = inbox.word(at + metricAt)
    const table = inbox.word(at + tableAt)
    const protocol = inbox.word(at + protocolAt)
    const scope = inbox.word(at + scopeAt)
    if (!inbox.bit(at, by.presenceBit)) {
      return finish({ family, routeType, destination, metric, table, protocol, scope }, inbox, at, record)
    }
    const ifindex = inbox.word(at + by.offset)
    if (!inbox.bit(at, via.presenceBit)) {
      return finish({ family, routeType, destination, ifindex, metric, table, protocol, scope }, inbox, at, record)
    }
    const gateway = inbox.ip(at + via.offset)
    const whole = { family, routeType, destination, gateway, ifindex, metric, table, protocol, scope }
    return finish(whole, inbox, at, record)
  }
  const event = (inbox: Inbox, at: number, record: number, atMs: number): RouteEvent => {
    const family = inbox.word(at + familyAt) as 4 | 6
    const routeType = types[inbox.word(at + typed.offset)] ?? 'unspec'
    const destination = inbox.destination(at + destinationAt)
    const metric = inbox.word(at + metricAt)
    const table = inbox.word(at + tableAt)
    const protocol = inbox.word(at + protocolAt)
    const scope = inbox.word(at + scopeAt)
    let event: RouteEvent
    if (!inbox.bit(at, by.presenceBit)) {
      event = { type, atMs, family, routeType, destination, metric, table, protocol, scope }
    } else {
      const ifindex = inbox.word(at + by.offset)
      if (inbox.bit(at, via.presenceBit)) {
        const gateway = inbox.ip(at + via.offset)
        event = { type, atMs, family, routeType, destination, gateway, ifindex, metric, table, protocol, scope }
      } else event = { type, atMs, family, routeType, destination, ifindex, metric, table, protocol, scope }
    }
    finish(event, inbox, at, record)
    return event
  }
  return { noun, event }
}
