import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ERROR_CODES } from '../../lib/errors.js'
import { MOBILE_PROPERTIES } from '../../lib/technology/mobile/forget.js'
import { mobileSchema } from '../../lib/technology/mobile/schema.js'
import { QMI_PROPERTIES } from '../../lib/technology/qmi/properties.js'
import { qmiSchema, serviceProvider } from '../../lib/technology/qmi/schema.js'
import { networkSchema } from '../../lib/technology/wifi/network-schema.js'
import { wifiSectionSchema } from '../../lib/technology/wifi/schema.js'
import { wireguardSchema } from '../../lib/technology/wireguard/schema.js'
import { FINDING_CODES } from '../../lib/verification/findings.js'
import { sourceFiles, sourcePaths } from '../support/source-files.js'

const test = suite('docs')

/** Every property that the library publishes so far; the names are part of the public contract. */
const PROPERTIES = [
  'available_interfaces',
  'name_servers',
  'type',
  'config',
  'state',
  'reason',
  'persistence',
  'power',
  'repairs',
  'restarts',
  'checkpoint',
  'checkpoints',
  'recovery',
  'present',
  'hw_path',
  'connection',
  'lower_up',
  'mac_address',
  'addresses',
  'dhcp_options',
  'dhcpd/leases',
  'bond/active_port',
  'wifi/access_points',
  'wifi/current_ap',
  'wifi/clients',
  'wifi/peers',
  'wifi/event',
  'wifi/reason',
  'wifi/regulatory_domain',
  'wifi/role',
  'wifi/signal',
  'wifi/wps_credentials',
  'eap_status',
  ...MOBILE_PROPERTIES.map((path) => path.join('/')),
  ...QMI_PROPERTIES.map((name) => `mobile/${name}`),
]

function textOf(path: string): string {
  const [file] = sourceFiles(new RegExp(`^${path}$`))
  assert.ok(file, `${path} does not exist`)
  return file.text
}

/** Codes that have a section with at least one line of text. */
function documentedCodes(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^### (ERR_\w+)\n\n[^#\s]/gm)].map(([, code = '']) => code)
}

function findingsWithSeverity(): string[] {
  return Object.entries(FINDING_CODES).map(([code, severity]) => `${code} ${severity}`)
}

/** Names of properties that head a table row with a value and what ends it. */
function documentedProperties(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^\| `([a-z0-9_/]+)` \| \S.* \| \S.* \|$/gm)].map(([, name = '']) => name)
}

test('docs/errors.md explains every error code, each once, and no other', () => {
  assert.equal([...documentedCodes(textOf('docs/errors.md'))].sort(), Object.keys(ERROR_CODES).sort())
})

test('docs/verify.md explains every finding with its severity, each once, and no other', () => {
  const rows = [...textOf('docs/verify.md').matchAll(/^\| `([A-Z_]+)` \| (\w+) \| \S.* \| \S.* \|$/gm)]
  assert.equal(rows.map(([, code, severity]) => `${code} ${severity}`).sort(), findingsWithSeverity().sort())
})

test('docs/what-users-ask.md answers fifteen wishes, by tests and pages that exist', () => {
  const text = textOf('docs/what-users-ask.md')
  assert.equal(
    [...text.matchAll(/^(\d+)\. \*\*/gm)].map(([, number]) => Number(number)),
    Array.from({ length: 15 }, (_, at) => at + 1),
  )
  const all = sourcePaths()
  const named = [...text.matchAll(/`(test\/[\w./-]+)`/g)].map(([, path = '']) => path)
  assert.ok(named.length > 10)
  assert.equal(
    named.filter((path) => !all.some((one) => one === path || (path.endsWith('/') && one.startsWith(path)))),
    [],
  )
})

test('docs/technologies/wifi.md explains every key of a configuration', () => {
  const words = new Set([...textOf('docs/technologies/wifi.md').matchAll(/`([A-Za-z0-9]+)`/g)].map(([, word]) => word))
  const { networks: _networks, ...section } = wifiSectionSchema.entries
  const fallback = section.fallback.wrapped.entries
  const keys = [section, networkSchema.entries, fallback].flatMap((entries) => Object.keys(entries))
  assert.ok(keys.length > 60)
  // wepKey1 and wepKey2 stand between wepKey0 and wepKey3.
  assert.equal(
    keys.filter((key) => !words.has(key) && !/^wepKey[12]$/.test(key)),
    [],
  )
})

test('docs/technologies/wireguard.md explains every key of a configuration', () => {
  const rows = [...textOf('docs/technologies/wireguard.md').matchAll(/^\| (`[A-Za-z0-9]+`(?:, `[A-Za-z0-9]+`)*) \|/gm)]
  const words = new Set(rows.flatMap(([, keys = '']) => keys.split(', ').map((key) => key.slice(1, -1))))
  const { entries } = wireguardSchema
  const keys = [entries, entries.peers.pipe[0].item.entries].flatMap((entry) => Object.keys(entry))
  assert.ok(keys.length > 15)
  assert.equal(
    keys.filter((key) => key !== 'type' && !words.has(key)),
    [],
  )
})

test('docs/technologies/mobile.md explains every key of a configuration', () => {
  const keys = new Set(
    [...textOf('docs/technologies/mobile.md').matchAll(/^\| ((?:`[\w.]+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([\w.]+)`/g)].map(([, key]) => key),
    ),
  )
  const { type: _type, ...entries } = mobileSchema.entries
  const provider = Object.keys(entries.serviceProviders.pipe[0].item.entries)
  const all = [...Object.keys(entries), ...provider.map((key) => `serviceProviders.N.${key}`)]
  assert.ok(all.length > 15)
  assert.equal(
    all.filter((key) => !keys.has(key)),
    [],
  )
})

test('docs/technologies/qmi.md explains every key of a configuration', () => {
  const rows = [...textOf('docs/technologies/qmi.md').matchAll(/^\| (`[A-Za-z0-9]+`(?:, `[A-Za-z0-9]+`)*) \|/gm)]
  const words = new Set(rows.flatMap(([, keys = '']) => keys.split(', ').map((key) => key.slice(1, -1))))
  const keys = [qmiSchema.entries, serviceProvider.entries].flatMap((entries) => Object.keys(entries))
  assert.equal(
    keys.filter((key) => key !== 'type' && !words.has(key)),
    [],
  )
})

test('docs/properties.md explains every property', () => {
  const documented = new Set(documentedProperties(textOf('docs/properties.md')))
  assert.equal(
    PROPERTIES.filter((name) => !documented.has(name)),
    [],
  )
})

test('every property path written out in lib/ is explained', () => {
  const documented = new Set(documentedProperties(textOf('docs/properties.md')))
  const written = sourceFiles(/^lib\/.*\.ts$/).flatMap(({ path, text }) =>
    [...text.matchAll(/\['interface', [\w.$'*-]+, '([a-z_]+)'/g)].map(([, name = '']) => ({ path, name })),
  )
  assert.ok(written.length > 0)
  assert.equal(
    written.filter(({ name }) => ![...documented].some((known) => known === name || known.startsWith(`${name}/`))),
    [],
  )
})

test('rule: a code without a section or with an empty one is found', () => {
  assert.equal(documentedCodes('### ERR_A\n\nWhy.\n\n### ERR_B\n\n### ERR_C\n\nWhy.\n'), ['ERR_A', 'ERR_C'])
})

test('rule: a property without a value or an end is found', () => {
  assert.equal(documentedProperties('| `a` | x | y |\n| `b` | | y |\ntext `c`\n'), ['a'])
})

test.run()
