// `npm run docs` writes the page anew.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { VintageNet } from '../../../lib/vintage-net.js'
import { forEditors, type JsonSchema } from '../../../scripts/json-schema.mjs'
import { configurationReference, SCHEMA } from '../../support/pages/configuration-reference.js'
import { checkPage } from '../../support/pages/generated-page.js'
import { LEAST } from '../../support/pages/least-configurations.js'
import { optionComments } from '../../support/pages/option-comments.js'
import { sourceFiles } from '../../support/source-files.js'

const test = suite('docs/configuration-reference')

/** Every key of a schema with its node, by path; conditions of JSON Schema are no keys. */
function keysOf(node: unknown, path = ''): readonly (readonly [path: string, node: JsonSchema])[] {
  if (typeof node !== 'object' || node === null) return []
  const own = Object.entries((node as JsonSchema).properties ?? {}).map(
    ([key, member]) => [`${path}.${key}`, member] as const,
  )
  const inner = Object.entries(node).filter(([key]) => key !== 'if')
  return [...own, ...inner.flatMap(([key, value]) => keysOf(value, `${path}/${key}`))]
}

function untitled(schema: JsonSchema): readonly string[] {
  return keysOf(schema).flatMap(([path, { title }]) => (title === undefined || title.trim() === '' ? [path] : []))
}

test('docs/configuration-reference.md is what the schemas say', () =>
  checkPage('docs/configuration-reference.md', configurationReference))

test('every key of every technology and every option has a title', () => {
  assert.ok(keysOf(SCHEMA).length > 400)
  assert.equal(untitled(SCHEMA), [])
})

test('every option that is no plain data has a comment', () => {
  const [file] = sourceFiles(/^lib\/options\.ts$/)
  const options = optionComments(file?.text ?? '')
  assert.ok(options.length > 10)
  assert.equal(
    options.filter(({ comment }) => comment === ''),
    [],
  )
})

test('in the schema for editors every key has a description, with the shape where there is one', () => {
  const keys = keysOf(forEditors(SCHEMA))
  assert.equal(
    keys.filter(([, { description }]) => description === undefined).map(([path]) => path),
    [],
  )
  const [, mtu] = keys.find(([path]) => path === '/definitions/ethernet.mtu') ?? []
  assert.is(mtu?.description, "longest packet of the link in bytes; absent: the driver's (an integer from 68 to 65535)")
})

test('the least configurations are of every technology, and valid', () => {
  const { interfaces: _interfaces, interface: _interface, ...types } = SCHEMA.definitions ?? {}
  assert.equal(Object.keys(LEAST).sort(), Object.keys(types).sort())
  for (const [type, all] of Object.entries(LEAST)) {
    for (const least of all) VintageNet.check({ config: { wwan0: { type, ...least } } })
  }
})

test('rule: a key without a title is found', () => {
  const schema = {
    properties: { a: { title: 'x', properties: { b: {} } } },
    definitions: { c: { properties: { d: { title: ' ' } } } },
  }
  assert.equal(untitled(schema), ['/properties/a.b', '/definitions/c.d'])
})

test.run()
