// The JSON Schema of the configuration file, from the schemas that validate it.

import { toJsonSchema } from '@valibot/to-json-schema'

/** What users write is described, not the normal form; rules between fields have no words in JSON Schema. */
const OPTIONS = { typeMode: 'input', errorMode: 'ignore' }

/** The schema of one valibot schema, without the line that says which draft it is. */
function convert(schema) {
  const { $schema: _, ...rest } = toJsonSchema(schema, OPTIONS)
  return rest
}

/** An editor shows the keys of the technology whose type stands in the file; other types may be the user's own. */
function interfaceSchema(types) {
  return {
    type: 'object',
    required: ['type'],
    properties: {
      type: { anyOf: [{ enum: types }, { type: 'string' }], title: 'the technology, which has the other keys' },
    },
    allOf: types.map((type) => ({
      if: { properties: { type: { const: type } }, required: ['type'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema, nothing here is awaited
      then: { $ref: `#/definitions/${type}` },
    })),
  }
}

/** Every key has a `title`, what it is for, and most a `description`, their shape. */
export function configurationJsonSchema({ applicationSchema, configurationSchemas }) {
  const { properties, ...application } = convert(applicationSchema)
  const technologies = Object.entries(configurationSchemas).map(([type, schema]) => [type, convert(schema)])
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of vintage-net',
    ...application,
    properties: {
      $schema: { type: 'string', title: 'where editors find this schema; in a file only' },
      config: {
        $ref: '#/definitions/interfaces',
        title: 'configurations by interface name, used where nothing is saved',
      },
      controlGroup: {
        type: 'string',
        title:
          'whose members may write to the control socket of the daemon; in its file only; absent: the group `vintage-net`, where there is one',
        description: 'the name of a group',
      },
      persistence: {
        enum: ['file', 'none'],
        title: 'whether configurations are saved; a program may give an object that does it',
        default: 'file',
      },
      ...properties,
    },
    definitions: {
      interfaces: {
        description: 'an object of configurations by interface name',
        type: 'object',
        propertyNames: { pattern: '^[^\\s/:%]{1,15}$' },
        additionalProperties: { $ref: '#/definitions/interface' },
      },
      interface: interfaceSchema(Object.keys(configurationSchemas)),
      ...Object.fromEntries(technologies),
    },
  }
}

/** The same for editors, many of which show descriptions alone: each has both texts. */
export function forEditors(schema) {
  return { ...withDescriptions(schema), title: schema.title }
}

function withDescriptions(node) {
  if (Array.isArray(node)) return node.map(withDescriptions)
  if (typeof node !== 'object' || node === null) return node
  const { title, ...rest } = node
  const inner = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, withDescriptions(value)]))
  // A key called title is an object and no text.
  if (typeof title !== 'string') return title === undefined ? inner : { ...inner, title: withDescriptions(title) }
  const shape = typeof rest.description === 'string' ? ` (${rest.description})` : ''
  return { ...inner, description: `${title}${shape}` }
}
