/**
 * Writes dist/schema.json, the JSON Schema of the configuration file, from the schemas that validate it.
 * Runs after tsc: node scripts/write-schema.mjs
 */

import { writeFile } from 'node:fs/promises'
import { applicationSchema } from '../dist/config/application-options.js'
import { configurationSchemas } from '../dist/technology/schemas.js'
import { configurationJsonSchema, forEditors } from './json-schema.mjs'

const TARGET = new URL('../dist/schema.json', import.meta.url)

const schema = forEditors(configurationJsonSchema({ applicationSchema, configurationSchemas }))
await writeFile(TARGET, `${JSON.stringify(schema, null, 2)}\n`)
