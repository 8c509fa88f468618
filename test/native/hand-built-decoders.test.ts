/** Links, addresses and routes are decoded by code of their own: it must make the same of a record as the field tables do. */

import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileDecoders, type RecordDecoder } from '../../lib/kernel/carriage/decode-events.js'
import { compileReader } from '../../lib/kernel/carriage/decode-fields.js'
import type { FieldLayout, Schema } from '../../lib/kernel/carriage/layout.js'
import { makeRecord } from './made-record.js'

const addonPath = fileURLToPath(new URL('../../build-cmake/Release/vintage_net.node', import.meta.url))
const { schema } = createRequire(import.meta.url)(addonPath) as { readonly schema: Schema }
const decoders = compileDecoders(schema)

const HAND_BUILT = ['link', 'address', 'addressGone', 'route', 'routeGone']
/** So many times each record, with other values: booleans, words, families and lengths come in turns. */
const SEEDS = 12
const AT_MS = 12.5

function decoderOf(type: string): RecordDecoder {
  const decoder = decoders[Object.keys(schema.events).indexOf(type)]
  if (decoder === undefined) throw new Error(`no event ${type}`)
  return decoder
}

/** What the field tables make of the record, what our own decoder makes of it, and what was written. */
function check(type: string, title: string, has: (field: FieldLayout) => boolean): void {
  const fields = schema.events[type] ?? []
  const decoder = decoderOf(type)
  const read = compileReader(fields)
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const { inbox, at, object } = makeRecord(fields, schema.bytes.events[type] ?? 0, { has, seed })
    const byTable: Record<string, unknown> = {}
    read(inbox, at, 0, byTable)
    assert.equal(byTable, object, `${type} ${title}: the field table's reader`)
    assert.equal(decoder.noun(inbox, at, 0), byTable, `${type} ${title}: as a noun`)
    assert.equal(decoder.event(inbox, at, 0, AT_MS), { type, atMs: AT_MS, ...byTable }, `${type} ${title}: as an event`)
  }
}

const optionalOf = (type: string): readonly string[] =>
  (schema.events[type] ?? []).filter(({ optional }) => optional).map(({ name }) => name)

for (const type of HAND_BUILT) {
  test(`${type}: with every optional field and with none, the table's reader and our own agree`, () => {
    assert.ok(optionalOf(type).length > 1)
    check(type, 'with everything', () => true)
    check(type, 'with nothing', () => false)
  })

  test(`${type}: with one optional field, and with all but one, they agree`, () => {
    const names = new Set(optionalOf(type))
    for (const name of names) {
      check(type, `with ${name}`, (field) => field.name === name || !names.has(field.name))
      check(type, `without ${name}`, (field) => field.name !== name)
    }
  })
}

test('every other event, decoded by its field table, is what was written', () => {
  for (const type of Object.keys(schema.events).filter((each) => !HAND_BUILT.includes(each))) {
    check(type, 'with everything', () => true)
    check(type, 'with nothing', () => false)
  }
})

test.run()
