/** Schemas of what the control API answers, by the names that the OpenAPI document gives them. */

import type { JsonSchema } from './operation.js'

export const text: JsonSchema = { type: 'string' }
export const whole: JsonSchema = { type: 'integer' }
export const flag: JsonSchema = { type: 'boolean' }
export const anything: JsonSchema = {}

export function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items }
}

/** An object with these members and no others; those that `optional` names may be absent. */
export function object(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((key) => !optional.includes(key))
  return { type: 'object', properties, required, additionalProperties: false }
}

/** An object by names that are not known before. */
export function record(values: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties: values }
}

export function ref(name: keyof typeof SCHEMAS): JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

const family: JsonSchema = { enum: [4, 6] }
const wholeMs: JsonSchema = { type: 'number', description: 'milliseconds' }

/** A configuration as the schema of the package describes it. */
export const configuration: JsonSchema = {
  type: 'object',
  required: ['type'],
  properties: { type: text },
  description: 'the configuration of one interface: vintage-net/schema.json, #/definitions/interface',
}

export const SCHEMAS = {
  Error: object({
    error: object({ code: text, message: text, field: text, ifname: text, errno: whole, operation: text }, [
      'field',
      'ifname',
      'errno',
      'operation',
    ]),
  }),
  Status: object({ version: text, pid: whole, startedAtMs: wholeMs, allowRaw: flag, connection: text }),
  Property: object({ path: list(text), value: anything }),
  Configuration: object({ configuration: anything, persistence: text }, ['persistence']),
  Plan: { type: 'object', description: 'what is done for a configuration: files, steps, services; secrets masked' },
  Checkpoint: object({ id: text, interfaces: list(text), confirmByMs: wholeMs }),
  Route: object(
    {
      family,
      routeType: text,
      destination: text,
      gateway: text,
      ifname: text,
      source: text,
      metric: whole,
      table: whole,
      protocol: whole,
      reason: text,
    },
    ['gateway', 'ifname', 'source'],
  ),
  Link: object(
    {
      ifname: text,
      ifindex: whole,
      kind: text,
      macAddress: text,
      mtu: whole,
      up: flag,
      lowerUp: flag,
      operstate: text,
      addresses: list(object({ family, address: text, prefixLength: whole, peer: text }, ['peer'])),
      type: text,
      state: text,
      connection: text,
    },
    ['kind', 'macAddress', 'type', 'state', 'connection'],
  ),
  Ping: object({ address: text, outcome: text, ms: wholeMs, errno: whole }, ['errno']),
  Finding: object({ code: text, severity: { enum: ['info', 'warning', 'error'] }, message: text, remedy: text }),
} as const satisfies Readonly<Record<string, JsonSchema>>
