/** The engine's field tables against lib/kernel/messages.ts: the vocabulary is kept by hand on both sides. */

import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ENGINE_ABI } from '../../lib/kernel/engine-binding.js'

interface NativeValue {
  readonly type: string
  readonly words?: readonly string[]
  readonly of?: NativeValue
  readonly fields?: readonly NativeField[]
}

interface NativeField extends NativeValue {
  readonly name: string
  readonly optional: boolean
}

type Tables = Readonly<Record<string, readonly NativeField[]>>

interface Addon {
  readonly abi: number
  readonly schema: { readonly nouns: Tables; readonly commands: Tables; readonly events: Tables }
}

const addonPath = fileURLToPath(new URL('../../build-cmake/Release/vintage_net.node', import.meta.url))
const kernelFile = (name: string): string => fileURLToPath(new URL(`../../lib/kernel/${name}`, import.meta.url))
const messagesPath = kernelFile('messages.ts')
const genericPaths = [kernelFile('wireless.ts'), kernelFile('wireguard.ts')]
const { schema, abi } = createRequire(import.meta.url)(addonPath) as Addon

const program = ts.createProgram([messagesPath, ...genericPaths], {
  strict: true,
  exactOptionalPropertyTypes: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  types: [],
})
const checker = program.getTypeChecker()

/** Commands whose ifname the kernel seam resolves to an index before they cross; a route may have neither. */
const verbs = (noun: string): string[] => ['add', 'replace', 'delete'].map((verb) => verb + noun)
const generic = ['deleteWirelessInterface', 'setMeshParameters', 'setPowerSave', 'setWireguardDevice']
const namesLink = new Set(['setLink', 'deleteLink', ...generic, ...verbs('Address'), ...verbs('Neighbour')])
const mayNameLink = new Set([...verbs('Route'), ...verbs('Nexthop')])
/** Fields of commands that take a name as well; hops always have their link's index when they cross. */
const linkFields = new Set(['master', 'parent', 'bond.activeSlave', 'bond.primary'])

/** What is text here; the engine keeps addresses as bytes. */
const textTypes = new Set(['text', 'ip', 'prefix', 'destination', 'mac'])
const numberTypes = new Set(['u8', 'u16', 'u32', 'i32', 'u53', 'f64'])

function exported(name: string): ts.Type {
  const found = [messagesPath, ...genericPaths]
    .flatMap((path) => program.getSourceFile(path) ?? [])
    .flatMap((source) => checker.getSymbolAtLocation(source) ?? [])
    .flatMap((module) => checker.getExportsOfModule(module))
    .find((each) => each.name === name)
  assert.ok(found, `${name} is exported`)
  const symbol = found as ts.Symbol
  return checker.getDeclaredTypeOfSymbol(
    (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol),
  )
}

function members(type: ts.Type): readonly ts.Type[] {
  return type.isUnion() ? type.types : [type]
}

function withoutUndefined(type: ts.Type): readonly ts.Type[] {
  return members(type).filter((each) => (each.flags & ts.TypeFlags.Undefined) === 0)
}

function propertyType(type: ts.Type, name: string): ts.Type | undefined {
  const symbol = type.getProperty(name)
  return symbol && checker.getTypeOfSymbol(symbol)
}

/** Every message of a union by its `type` word; one member may carry several words. */
function byWord(union: ts.Type): Map<string, ts.Type> {
  const messages = new Map<string, ts.Type>()
  for (const message of members(union)) {
    const word = propertyType(message, 'type')
    for (const each of word ? members(word) : []) if (each.isStringLiteral()) messages.set(each.value, message)
  }
  return messages
}

/** Why the engine's value does not stand for the TypeScript type; undefined where it does. `message` is where we are. */
function difference(type: readonly ts.Type[], native: NativeValue, message: string): string | undefined {
  const text = type.map((each) => checker.typeToString(each)).join(' | ')
  const told = (good: boolean): string | undefined => (good ? undefined : `${native.type} in the engine, ${text} here`)
  const [first] = type
  if (first === undefined) return told(false)
  if (type.every((each) => each.isStringLiteral())) {
    const words = type.map((each) => (each.isStringLiteral() ? each.value : '')).sort()
    if (native.type !== 'word') return told(false)
    const ours = [...(native.words ?? [])].sort()
    return ours.join() === words.join() ? undefined : `words ${ours.join(' ')} in the engine, ${words.join(' ')} here`
  }
  if (type.every((each) => each.isNumberLiteral())) return told(native.type === 'family' && text === '4 | 6')
  if (type.every((each) => (each.flags & ts.TypeFlags.BooleanLike) !== 0)) return told(native.type === 'bool')
  // Commands within a command are records within a record.
  if (native.type === 'commands') return told(checker.isArrayType(first))
  if (type.length > 1) return told(false)
  if ((first.flags & ts.TypeFlags.Number) !== 0) return told(numberTypes.has(native.type))
  if ((first.flags & ts.TypeFlags.String) !== 0) return told(textTypes.has(native.type))
  if (first.symbol?.name === 'Uint8Array') return told(native.type === 'octets')
  if (checker.isArrayType(first)) {
    const [element] = checker.getTypeArguments(first as ts.TypeReference)
    return native.of && element ? difference(withoutUndefined(element), native.of, message) : told(false)
  }
  return native.fields ? fieldDifferences(first, native.fields, message).join('; ') || undefined : told(false)
}

const isHopOfCommand = (message: string): boolean => /^\w+Route\.nexthops$/.test(message)

function fieldDifferences(
  type: ts.Type,
  fields: readonly NativeField[],
  message: string,
  skip: readonly string[] = [],
): string[] {
  const differences: string[] = []
  const native = new Map(fields.map((field) => [field.name, field]))
  for (const property of checker.getPropertiesOfType(type)) {
    const name = property.name
    if (skip.includes(name) || (name === 'ifname' && isHopOfCommand(message))) continue
    const field = native.get(name)
    native.delete(name)
    if (field === undefined) {
      differences.push(`${message}.${name} is missing in the engine`)
      continue
    }
    const given = withoutUndefined(checker.getTypeOfSymbol(property))
    const path = `${message}.${name}`
    const inCommand = path.slice(path.indexOf('.') + 1)
    const resolved = linkFields.has(inCommand)
      ? given.filter((each) => (each.flags & ts.TypeFlags.String) === 0)
      : given
    const why = difference(resolved, field, path)
    if (why !== undefined) differences.push(`${path}: ${why}`)
    const mustName = name === 'ifindex' && (namesLink.has(message) || isHopOfCommand(message))
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0 && !mustName
    if (optional !== field.optional)
      differences.push(`${message}.${name} is ${optional ? 'optional' : 'required'} here only`)
  }
  for (const name of native.keys()) differences.push(`${message}.${name} is missing in messages.ts`)
  return differences
}

test('the nouns have the same fields on both sides', () => {
  const nouns = { link: 'Link', address: 'Address', route: 'Route', rule: 'Rule' }
  const others = { neighbour: 'Neighbour', nexthop: 'NexthopObject', ndOption: 'NdOption' }
  const radios = { wiphy: 'Wiphy', wirelessInterface: 'WirelessInterface', bss: 'Bss', station: 'Station' }
  const wider = { regulatoryDomain: 'RegulatoryDomain', wireguardDevice: 'WireguardDevice' }
  const all = { ...nouns, ...others, ...radios, ...wider }
  assert.equal(Object.keys(all).sort(), Object.keys(schema.nouns).sort())
  for (const [word, name] of Object.entries(all)) {
    assert.equal(fieldDifferences(exported(name), schema.nouns[word] ?? [], word, ['type']), [])
  }
})

test('the commands have the same words and the same fields on both sides', () => {
  const commands = byWord(exported('EngineCommand'))
  assert.equal([...commands.keys()].sort(), Object.keys(schema.commands).sort())
  for (const [word, type] of commands) {
    const resolved = namesLink.has(word) || mayNameLink.has(word) ? ['ifname'] : []
    assert.equal(fieldDifferences(type, schema.commands[word] ?? [], word, ['type', ...resolved]), [])
  }
})

test('the events have the same words and the same fields on both sides', () => {
  const events = byWord(exported('KernelEvent'))
  // The carriage keeps dumpBegin for itself, and puts the records of a dump into its reply.
  const listed = [
    'tcpSocket',
    'wiphy',
    'wirelessInterface',
    'bss',
    'wirelessStation',
    'regulatoryDomain',
    'wireguardDevice',
  ]
  assert.equal([...events.keys(), 'dumpBegin', ...listed].sort(), Object.keys(schema.events).sort())
  for (const [word, type] of events) {
    assert.equal(fieldDifferences(type, schema.events[word] ?? [], word, ['type', 'atMs', 'records']), [])
    assert.equal(checker.typeToString(propertyType(type, 'atMs') as ts.Type), 'number', `${word}.atMs`)
  }
})

test('the comparison tells of a field that one side lacks', () => {
  const [first, ...others] = schema.nouns['link'] ?? []
  assert.equal(fieldDifferences(exported('Link'), others, 'link'), [`link.${first?.name} is missing in the engine`])
  const extra = { name: 'extra', type: 'u8', optional: false }
  const fields = [...(schema.nouns['rule'] ?? []), extra]
  assert.equal(fieldDifferences(exported('Rule'), fields, 'rule'), ['rule.extra is missing in messages.ts'])
})

test('the addon says which interface it has', () => {
  assert.is(abi, ENGINE_ABI)
})

test.run()
