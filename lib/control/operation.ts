/** What an operation of the control API is: one row makes the route and its part of the OpenAPI document. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '../base/logger.js'
import type { Finding, VintageNet } from '../index.js'
import type { Kernel } from '../kernel/index.js'
import type { Checkpoints } from './checkpoints.js'

/** JSON Schema as OpenAPI 3.1 takes it. */
export interface JsonSchema {
  readonly [key: string]: unknown
}

/** What the operations work on. */
export interface ControlContext {
  readonly net: VintageNet
  /** For what the library does not tell: fresh dumps of links, addresses and routes. */
  readonly kernel: Pick<Kernel, 'links' | 'addresses' | 'routes' | 'rules'>
  readonly logger: Logger
  readonly checkpoints: Checkpoints
  readonly allowRaw: boolean
  /** Milliseconds since 1970. */
  readonly startedAtMs: number
  /** What the control API itself has found. */
  findings(): readonly Finding[]
  /** Undefined where there are no metrics. */
  readonly metrics: MetricsText | undefined
}

export interface MetricsText {
  readonly contentType: string
  text(): Promise<string>
}

/** One request, read so far as the operation wants it. */
export interface OperationRequest {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** `{}` where there was none. */
  readonly body: Readonly<Record<string, unknown>>
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/** An answer that is no JSON; `sent`: it was written to the response already. */
export class TextAnswer {
  readonly text: string
  readonly contentType: string

  constructor(text: string, contentType = 'text/plain; charset=utf-8') {
    this.text = text
    this.contentType = contentType
  }
}

/** The operation has written its answer itself. */
export const SENT = Symbol('sent')

export interface Operation {
  readonly id: string
  readonly method: 'get' | 'put' | 'post' | 'delete'
  /** As OpenAPI writes it: '/v1/interfaces/{ifname}/scan'. */
  readonly path: string
  readonly summary: string
  /** By name: what it means. */
  readonly query?: Readonly<Record<string, string>>
  /** Schema of the body, which is refused where it has other members at the top. Absent: none is read. */
  readonly body?: JsonSchema
  /** The body is the configuration itself, whose technology says which members there are. */
  readonly anyMembers?: boolean
  /** Schema of the answer, or the type of one that is no JSON. */
  readonly answer: JsonSchema | string
  handle(request: OperationRequest, context: ControlContext): Promise<unknown>
}

/** The value of a `{name}` in the path. */
export function param({ params }: OperationRequest, name: string): string {
  return params[name] ?? ''
}
