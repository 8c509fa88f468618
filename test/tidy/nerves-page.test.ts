/** Every name of ours in docs/coming-from-nerves.md exists. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import * as library from '../../lib/index.js'
import { VintageNet } from '../../lib/index.js'
import { resolveOptions } from '../../lib/options.js'
import { configurationSchemas } from '../../lib/technology/schemas.js'
import { sourceFiles } from '../support/source-files.js'

const test = suite('nerves-page')

const textOf = (path: string): string => sourceFiles(new RegExp(`^${path}$`))[0]?.text ?? ''
const PAGE = textOf('docs/coming-from-nerves.md')

/** The text below a heading of that depth, up to the next one as high. */
function below(heading: string): string {
  const depth = heading.indexOf(' ')
  const [, text = ''] = PAGE.split(`\n${heading}\n`)
  return text.split(new RegExp(`\n#{1,${depth}} `))[0] ?? ''
}

/** Names in the second column. */
function ours(text: string): string[] {
  const rows = [...text.matchAll(/^\| .+? \| (`.+?`|—) \| .*\|$/gm)]
  return rows.flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
}

function isOption(name: string): boolean {
  try {
    resolveOptions({ [name]: Symbol('never right') })
    return true
  } catch (thrown) {
    return !/unknown option/.test(String(thrown))
  }
}

interface Schema {
  readonly entries?: Readonly<Record<string, Schema>>
  readonly item?: Schema
  readonly wrapped?: Schema
  readonly pipe?: readonly Schema[]
  readonly options?: readonly Schema[]
}

/** The schema at a path; `N` is any item of a list. */
function has(schema: Schema | undefined, [first, ...rest]: readonly string[]): boolean {
  if (schema === undefined) return false
  if (first === undefined) return true
  const inside = [schema.wrapped, ...(schema.pipe ?? []), ...(schema.options ?? [])].filter((one) => one !== schema)
  if (inside.some((one) => has(one, [first, ...rest]))) return true
  return has(first === 'N' ? schema.item : schema.entries?.[first], rest)
}

function isFunction(name: string): boolean {
  const [owner = '', member = ''] = name.split('.')
  if (owner === 'net') return member in VintageNet.prototype
  const space = (library as Readonly<Record<string, unknown>>)[owner]
  return typeof (space as Readonly<Record<string, unknown>> | undefined)?.[member] === 'function'
}

test('every option exists', () => {
  const names = ours(below('## Options'))
  assert.ok(names.length > 20)
  assert.equal(
    names.filter((name) => !isOption(name)),
    [],
  )
})

for (const type of ['ethernet', 'wifi', 'direct', 'mobile', 'qmi', 'wireguard', 'bridge', 'null'] as const) {
  test(`every key of ${type} exists`, () => {
    const keys = ours(below(`### \`${type}\``))
    assert.ok(keys.length > 0)
    const schema = configurationSchemas[type] as unknown as Schema
    assert.equal(
      keys.filter((key) => !has(schema, key.split('.'))),
      [],
    )
  })
}

test('every function exists', () => {
  const names = ours(below('## Functions'))
  assert.ok(names.length > 40)
  assert.equal(
    names.filter((name) => !isFunction(name)),
    [],
  )
})

test('every property is explained', () => {
  const names = ours(below('## Properties'))
  assert.ok(names.length > 50)
  const explained = new Set(
    [...textOf('docs/properties.md').matchAll(/^\| `([a-z0-9_/]+)` \|/gm)].map(([, name = '']) => name),
  )
  assert.equal(
    names.filter((name) => !explained.has(name)),
    [],
  )
})

test('rule: a name that does not exist is found', () => {
  assert.not.ok(isOption('tmpdir'))
  assert.not.ok(isFunction('net.waitUntilConfigured'))
  assert.not.ok(isFunction('wifi.prettyPrint'))
  assert.not.ok(has(configurationSchemas.wifi as unknown as Schema, ['wifi', 'networks', 'N', 'sssid']))
  assert.not.ok(has(configurationSchemas.ethernet as unknown as Schema, ['ipv4', 'gatewayy']))
  assert.equal(ours('| `a` | `b`, `c.d` | x |\n| `e` | — | `y` |\n'), ['b', 'c.d'])
})

test.run()
