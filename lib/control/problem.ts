/** What goes wrong, as a status and JSON: `{ error: { code, message, field?, ifname?, errno?, operation? } }`. */

import { type ErrorCode, isNetworkError, NetworkError } from '../errors.js'

/** Problems of the conversation itself; all others have a code of the library. */
export const HTTP_CODES = {
  HTTP_NOT_FOUND: 404,
  HTTP_METHOD_NOT_ALLOWED: 405,
  HTTP_NOT_JSON: 400,
  HTTP_BODY_TOO_LARGE: 413,
  HTTP_WRONG_CONTENT_TYPE: 415,
  HTTP_NO_TOKEN: 401,
  HTTP_TOO_MANY_CLIENTS: 503,
  HTTP_TOO_MANY_WATCHERS: 503,
  HTTP_NO_METRICS: 501,
  HTTP_INTERNAL: 500,
} as const

export type HttpCode = keyof typeof HTTP_CODES

/** A request that is refused before the library has seen it. */
export class HttpProblem extends Error {
  readonly code: HttpCode

  constructor(code: HttpCode, message: string) {
    super(message)
    this.name = 'HttpProblem'
    this.code = code
  }
}

export interface ErrorBody {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly field?: string
    readonly ifname?: string
    readonly errno?: number
    readonly operation?: string
  }
}

/** What the library says no to; everything that is not here is 500. */
const STATUSES: Readonly<Partial<Record<ErrorCode, number>>> = {
  ERR_INVALID_CONFIG: 400,
  ERR_UNKNOWN_TYPE: 400,
  ERR_INVALID_INTERFACE_NAME: 400,
  ERR_NAME_NOT_PREDICTABLE: 400,
  ERR_NOT_PERMITTED: 403,
  ERR_NO_SUCH_INTERFACE: 404,
  ERR_NO_SUCH_DEVICE: 404,
  ERR_NO_CONFIGURATION: 404,
  ERR_NOT_CONFIGURED: 409,
  ERR_BUSY: 409,
  ERR_CANCELLED: 409,
  ERR_UNSUPPORTED: 501,
  ERR_STOPPED: 503,
  ERR_OVERFLOW: 503,
  ERR_TIMEOUT: 504,
}

/** Status and body for anything that was thrown. What is not meant for clients is only called an internal error. */
export function problemOf(thrown: unknown): { readonly status: number; readonly body: ErrorBody } {
  if (thrown instanceof HttpProblem) {
    return { status: HTTP_CODES[thrown.code], body: { error: { code: thrown.code, message: thrown.message } } }
  }
  if (isNetworkError(thrown)) {
    const { code, message, field, ifname, errno, operation } = thrown
    const details = Object.entries({ field, ifname, errno, operation }).filter(([, value]) => value !== undefined)
    return { status: STATUSES[code] ?? 500, body: { error: { code, message, ...Object.fromEntries(details) } } }
  }
  return { status: 500, body: { error: { code: 'HTTP_INTERNAL', message: 'internal error; the log has more' } } }
}

/** @throws NetworkError ERR_INVALID_CONFIG */
export function invalid(field: string, message: string): NetworkError {
  return new NetworkError('ERR_INVALID_CONFIG', `${field}: ${message}`, { field })
}
