/** Reads the body of a request: JSON, of bounded size. */

import type { IncomingMessage } from 'node:http'
import { isNetworkError } from '../errors.js'
import { MAX_BODY_BYTES } from './limits.js'
import { HttpProblem, invalid } from './problem.js'

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i

/** Enough of a wrong type to recognise it. */
const MAX_QUOTED_CHARS = 80

/** True where the head of a request says already that its body is too large. */
export function isTooLarge({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES
}

/** An object; `{}` where there is no body. @throws HttpProblem */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (isTooLarge(request)) throw tooLarge()
  const text = await readText(request)
  if (text.trim() === '') return {}
  // A page in a browser cannot send this type to another origin without asking.
  const type = request.headers['content-type'] ?? ''
  if (!JSON_TYPE.test(type)) throw wrongType(type)
  const body = parse(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new HttpProblem('HTTP_NOT_JSON', `the body must be a JSON object, got ${kindOf(body)}`)
  return body as Record<string, unknown>
}

/** Refuses keys that an operation does not know. @throws NetworkError ERR_INVALID_CONFIG */
export function onlyKeys(given: Readonly<Record<string, unknown>>, known: readonly string[], noun = 'key'): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown === undefined) return
  const list = known.length === 0 ? 'there are none' : `known are ${known.map((key) => JSON.stringify(key)).join(', ')}`
  throw invalid(unknown, `unknown ${noun}; ${list}`)
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    // Not `for await`: leaving such a loop destroys the request, and with it the answer.
    await new Promise<void>((resolve, reject) => {
      request.on('data', (chunk: Uint8Array) => {
        size += chunk.length
        if (size <= MAX_BODY_BYTES) chunks.push(chunk)
        else reject(tooLarge())
      })
      request.on('end', resolve)
      request.on('error', reject)
      request.on('close', () => reject(new HttpProblem('HTTP_NOT_JSON', 'the body was cut short')))
    })
  } catch (thrown) {
    request.removeAllListeners('data')
    if (thrown instanceof HttpProblem || isNetworkError(thrown)) throw thrown
    throw new HttpProblem('HTTP_NOT_JSON', 'the body was cut short')
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's words quote what was read, which may be a secret.
    throw new HttpProblem('HTTP_NOT_JSON', 'the body is not JSON')
  }
}

function wrongType(type: string): HttpProblem {
  const got = type === '' ? 'none' : JSON.stringify(type.slice(0, MAX_QUOTED_CHARS))
  return new HttpProblem('HTTP_WRONG_CONTENT_TYPE', `the body must have the content-type application/json, got ${got}`)
}

/** What a value is, without what is in it, which may be a secret. */
function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`
}

function tooLarge(): HttpProblem {
  return new HttpProblem('HTTP_BODY_TOO_LARGE', `the body is larger than ${MAX_BODY_BYTES} bytes`)
}
