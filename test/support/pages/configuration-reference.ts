/** docs/configuration-reference.md, from the JSON Schema and from what normalizing adds. */

import { applicationSchema } from '../../../lib/config/application-options.js'
import { resolveOptions } from '../../../lib/options.js'
import { TechnologyRegistry } from '../../../lib/technology/registry.js'
import { configurationSchemas } from '../../../lib/technology/schemas.js'
import { configurationJsonSchema, type JsonSchema } from '../../../scripts/json-schema.mjs'
import { sourceFiles } from '../source-files.js'
import { table } from './generated-page.js'
import { LEAST, valueAt } from './least-configurations.js'
import { optionComments } from './option-comments.js'
import { type KeyRow, keyRows, type SharedPart, textOf } from './schema-rows.js'

export const SCHEMA = configurationJsonSchema({ applicationSchema, configurationSchemas })

const HEAD = ['key', 'value', 'default', 'what it is for']
const registry = new TechnologyRegistry()

/** The schema of a type, or of what is below it. @throws Error where there is none */
function nodeAt(type: string, ...keys: readonly string[]): JsonSchema {
  let node = SCHEMA.definitions?.[type]
  for (const key of keys) node = key === 'N' ? (node?.items as JsonSchema | undefined) : node?.properties?.[key]
  if (node === undefined) throw new Error(`the schema has no ${[type, ...keys].join('.')}`)
  return node
}

const NETWORK = nodeAt('wifi', 'wifi', 'networks', 'N')
const SHARED: readonly SharedPart[] = [
  { title: 'ipv4', node: nodeAt('ethernet', 'ipv4') },
  { title: 'ipv6', node: nodeAt('ethernet', 'ipv6') },
  { title: 'dhcpd', node: nodeAt('ethernet', 'dhcpd') },
  { title: 'dnsd', node: nodeAt('ethernet', 'dnsd') },
  { title: 'a network of wifi', node: NETWORK },
]

/** What normalizing adds to the least configurations of a type in a place. */
function addedBy(type: string, path: string): unknown {
  for (const least of LEAST[type] ?? []) {
    if (valueAt(least, path) !== undefined) continue
    const added = valueAt(registry.resolve({ type, ...least }).config, path)
    if (added !== undefined) return added
  }
  return undefined
}

function shown(value: unknown): string {
  return value === undefined ? 'none' : `\`${JSON.stringify(value).replaceAll(',"', ', "').replaceAll('":', '": ')}\``
}

/** What a title says of an absent key, and the rest of it. */
function splitTitle(title: string): { purpose: string; absent: string | undefined } {
  const [purpose = '', absent] = title.split('; absent: ')
  return { purpose, absent }
}

function rowsOf(rows: readonly KeyRow[], added: (path: string) => unknown): string {
  const cells = rows.map(({ path, shape, required, ...row }) => {
    const { purpose, absent } = splitTitle(row.purpose)
    const value = row.default ?? added(path)
    const otherwise = value === undefined ? (absent ?? 'none') : shown(value)
    return [`\`${path}\``, shape, required ? 'required' : otherwise, purpose]
  })
  return table(HEAD, cells)
}

/** The old keys of one network in the section `wifi` are told of in one line of the page. */
function withoutOldKeys(type: string, rows: readonly KeyRow[]): readonly KeyRow[] {
  if (type !== 'wifi') return rows
  const section = nodeAt('wifi', 'wifi')
  const isOld = (key: string): boolean => {
    const [own, old] = [section.properties?.[key], NETWORK.properties?.[key]]
    return own !== undefined && old !== undefined && textOf(own) === textOf(old)
  }
  return rows.filter(({ path }) => {
    const [first, key = ''] = path.split('.')
    return first !== 'wifi' || !isOld(key)
  })
}

function technologySection(type: string): string {
  const rows = withoutOldKeys(type, keyRows(nodeAt(type), SHARED))
  const page = type === 'null' ? '' : `[Page](technologies/${type}.md).`
  const old = type === 'wifi' ? ' The keys of [a network](#a-network-of-wifi) may also stand in `wifi` itself.' : ''
  return [`## ${type}`, ...(page + old === '' ? [] : [page + old]), rowsOf(rows, (path) => addedBy(type, path))].join(
    '\n\n',
  )
}

function sharedSection({ title, node }: SharedPart): string {
  const [type, prefix] = node === NETWORK ? ['wifi', 'wifi.networks.N.'] : ['ethernet', `${title}.`]
  const begin = node === NETWORK ? '' : prefix
  const tables = (node.oneOf ?? [node]).map((choice) =>
    rowsOf(keyRows(choice, [], begin), (path) =>
      // Which method it is stands in the table.
      path === 'ipv4.method' ? undefined : addedBy(type, begin === '' ? prefix + path : path),
    ),
  )
  return [`## ${title}`, ...tables].join('\n\n')
}

/** Options that are no plain data stand in the types alone, with a comment each. */
function partRows(): string {
  const [file] = sourceFiles(/^lib\/options\.ts$/)
  const resolved = resolveOptions() as unknown as Record<string, unknown>
  const options = optionComments(file?.text ?? '').filter(({ name }) => SCHEMA.properties?.[name] === undefined)
  const defaultOf = (value: unknown): string => {
    if (value === undefined) return 'built in'
    const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
    const isData = isPlain && Object.values(value as object).every((one) => typeof one !== 'function')
    if (value instanceof Map) return '`{}`'
    return isData && Object.keys(value as object).length === 0 ? shown(value) : 'built in'
  }
  return table(
    ['option', 'type', 'default', 'what it is for'],
    options.map(({ name, type, comment }) => [`\`${name}\``, `\`${type}\``, defaultOf(resolved[name]), comment]),
  )
}

const INTRODUCTION = `# Configuration, key by key

Made from the schemas that check a configuration (\`npm run docs\`); the same texts stand in \`vintage-net/schema.json\`, where editors find them. Rules between
keys, and what a change costs, are told in [configuration](configuration.md).

- A path has dots; \`N\` is a place in a list, \`NAME\` a name of the user's.
- Default: in code, what the normal form has where the key is absent; in words, what holds then; \`none\`: nothing is set.
- A key that is absent may also be \`undefined\`. A wrong value is an \`ERR_INVALID_CONFIG\` whose \`field\` is the path.`

/** The whole page. */
export function configurationReference(): string {
  const types = Object.keys(configurationSchemas).sort()
  const { config, ...root } = SCHEMA.properties ?? {}
  const plain = { properties: { config: { ...config, description: 'an object' }, ...root } } as JsonSchema
  return `${[
    INTRODUCTION,
    `Technologies: ${types.map((type) => `[${type}](#${type})`).join(' · ')}. Shared: ${SHARED.map(({ title }) => `[${title}](#${title.replaceAll(' ', '-')})`).join(' · ')}.`,
    '## The instance',
    'Plain data, in a file and in a program:',
    rowsOf(keyRows(plain, []), () => undefined),
    'In a program alone:',
    partRows(),
    ...types.map(technologySection),
    ...SHARED.map(sharedSection),
  ].join('\n\n')}\n`
}
