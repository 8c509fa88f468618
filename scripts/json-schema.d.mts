/** A node of a JSON Schema, of the keywords that ours uses. */
export interface JsonSchema {
  readonly title?: string
  readonly description?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema | readonly JsonSchema[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly definitions?: Readonly<Record<string, JsonSchema>>
}

export interface Schemas {
  readonly applicationSchema: unknown
  readonly configurationSchemas: Readonly<Record<string, unknown>>
}

export function configurationJsonSchema(schemas: Schemas): JsonSchema
export function forEditors(schema: JsonSchema): JsonSchema
