/** The OpenAPI document of the control API, made from the table of its operations. Pure. */

import type { JsonSchema, Operation } from './operation.js'
import { ref, SCHEMAS } from './schemas.js'

const JSON_TYPE = 'application/json'

/** OpenAPI 3.1; without the operation that serves it, which has no schema for itself. */
export function openApiDocument(operations: readonly Operation[], version: string): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {}
  for (const operation of operations) {
    paths[operation.path] ??= {}
    Object.assign(paths[operation.path] ?? {}, { [operation.method]: operationObject(operation) })
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'vintage-net control API',
      version,
      description: 'Whoever may write to it administers the network of this machine.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://localhost', description: 'over the unix socket <tmpDir>/control.sock' }],
    security: [{}, { token: [] }],
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'on TCP only' } },
    },
  }
}

function operationObject({ id, summary, path, query = {}, body, answer }: Operation): JsonSchema {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const inQuery = Object.entries(query).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }))
  const parameters = [...inPath, ...inQuery]
  return {
    operationId: id,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { content: { [JSON_TYPE]: { schema: body } } } }),
    responses: {
      200: { description: 'done', content: content(answer) },
      default: { description: 'not done, and why', content: { [JSON_TYPE]: { schema: ref('Error') } } },
    },
  }
}

function content(answer: JsonSchema | string): JsonSchema {
  if (typeof answer === 'string') return { [answer]: { schema: { type: 'string' } } }
  return { [JSON_TYPE]: { schema: answer } }
}
