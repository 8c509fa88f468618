/**
 * Writes dist/schema.json, the JSON Schema of the configuration file, from the schemas that validate it.
 * Runs after tsc: node scripts/write-schema.mjs
 */

import { writeFile } from 'node:fs/promises'
import { toJsonSchema } from '@valibot/to-json-schema'
import { applicationSchema } from '../dist/config/application-options.js'
import { configurationSchemas } from '../dist/technology/schemas.js'

const TARGET = new URL('../dist/schema.json', import.meta.url)

/** What users write is described, not the normal form; rules between fields have no words in JSON Schema. */
const OPTIONS = { typeMode: 'input', errorMode: 'ignore' }

/** The schema of one valibot schema, without the line that says which draft it is. */
function convert(schema) {
  const { $schema: _, ...rest } = toJsonSchema(schema, OPTIONS)
  return rest
}

/** An editor shows the keys of the technology whose type stands in the file; other types may be the user's own. */
function interfaceSchema() {
  const types = Object.keys(configurationSchemas)
  return {
    type: 'object',
    required: ['type'],
    properties: { type: { anyOf: [{ enum: types }, { type: 'string' }] } },
    allOf: types.map((type) => ({
      if: { properties: { type: { const: type } }, required: ['type'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema, nothing here is awaited
      then: { $ref: `#/definitions/${type}` },
    })),
  }
}

/** The JSON Schema of the configuration file. */
export function configurationJsonSchema() {
  const { properties, ...application } = convert(applicationSchema)
  const technologies = Object.entries(configurationSchemas).map(([type, schema]) => [type, convert(schema)])
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of vintage-net',
    ...application,
    properties: {
      $schema: { type: 'string', description: 'where editors find this schema' },
      config: { $ref: '#/definitions/interfaces' },
      controlGroup: { type: 'string', description: 'of the daemon: whose members may write to its control socket' },
      persistence: { enum: ['file', 'none'] },
      ...properties,
    },
    definitions: {
      interfaces: {
        description: 'configurations by interface name',
        type: 'object',
        propertyNames: { pattern: '^[^\\s/:%]{1,15}$' },
        additionalProperties: { $ref: '#/definitions/interface' },
      },
      interface: interfaceSchema(),
      ...Object.fromEntries(technologies),
    },
  }
}

await writeFile(TARGET, `${JSON.stringify(configurationJsonSchema(), null, 2)}\n`)
