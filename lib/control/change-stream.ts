/** Changes as server-sent events: a snapshot, then every change, until the client goes, hangs, or the daemon stops. */

import type { ServerResponse } from 'node:http'
import type { Logger } from '../base/logger.js'
import { isNetworkError } from '../errors.js'
import { type Change, redact, type VintageNet } from '../index.js'
import { DRAIN_LIMIT_MS, HEARTBEAT_MS, LAST_WORDS_LIMIT_MS } from './limits.js'

export interface ChangeStreamOptions {
  readonly net: Pick<VintageNet, 'changes' | 'getByPrefix'>
  readonly pattern: readonly string[]
  readonly response: ServerResponse
  readonly logger: Logger
  readonly drainLimitMs?: number
}

/** The word that a client is dropped with. */
type Farewell = { readonly event: 'dropped' | 'end'; readonly code: string; readonly message: string }

const ENDED: Farewell = { event: 'end', code: 'ERR_STOPPED', message: 'the daemon stops' }
const GONE = Symbol('the client is gone')
const HANGS = Symbol('the client reads nothing')

/** Resolves when the stream has ended. @throws NetworkError ERR_INVALID_CONFIG for a pattern, before anything is answered */
export async function streamChanges(options: ChangeStreamOptions): Promise<void> {
  const { net, pattern, response, logger } = options
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  response.on('error', () => gone.abort())
  // A pattern may be refused here: before the head says that all is well. The subscription stands before the snapshot is
  // taken: nothing falls between the two.
  const changes = net.changes(pattern, { signal: gone.signal })
  const snapshot = { properties: net.getByPrefix(pattern).map(([path, value]) => ({ path, value })) }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const heartbeat = setInterval(() => response.write(': alive\n\n'), HEARTBEAT_MS)
  try {
    // Who asks for the head alone would wait for ever (RFC 9110, 9.3.2).
    if (response.req.method === 'HEAD') return
    const farewell = await sendAll(options, changes, snapshot)
    if (farewell === undefined) return
    if (farewell.event === 'dropped') logger.warn({ pattern }, `a client that watches was dropped: ${farewell.message}`)
    sayFarewell(response, farewell)
  } finally {
    clearInterval(heartbeat)
    gone.abort()
    // Whatever went wrong: nobody is left waiting.
    if (!response.writableEnded) response.end()
  }
}

/** Undefined: the client went by itself. */
async function sendAll(
  { response, drainLimitMs = DRAIN_LIMIT_MS }: ChangeStreamOptions,
  changes: AsyncIterable<Change>,
  snapshot: unknown,
): Promise<Farewell | undefined> {
  try {
    await send(response, eventText('snapshot', redact(snapshot)), drainLimitMs)
    for await (const { path, oldValue, newValue, metadata } of changes) {
      const change = { path, oldValue, newValue, ...metadata }
      await send(response, eventText('change', redact(change)), drainLimitMs)
    }
    return response.destroyed ? undefined : ENDED
  } catch (thrown) {
    if (thrown === GONE || response.destroyed) return undefined
    if (thrown === HANGS) return dropped(`it took nothing for ${drainLimitMs} ms`)
    if (isNetworkError(thrown, 'ERR_OVERFLOW')) return dropped(thrown.message)
    throw thrown
  }
}

function dropped(message: string): Farewell {
  return { event: 'dropped', code: 'ERR_OVERFLOW', message }
}

function eventText(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** Resolves when the client may be sent more. */
function send(response: ServerResponse, text: string, limitMs: number): Promise<void> {
  if (response.destroyed) return Promise.reject(GONE)
  if (response.write(text)) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => () => {
      clearTimeout(timer)
      response.off('drain', drained)
      response.off('close', closed)
      finish()
    }
    const drained = settle(resolve)
    const closed = settle(() => reject(GONE))
    const timer = setTimeout(
      settle(() => reject(HANGS)),
      limitMs,
    )
    response.on('drain', drained)
    response.on('close', closed)
  })
}

function sayFarewell(response: ServerResponse, { event, code, message }: Farewell): void {
  response.end(eventText(event, { code, message }))
  // Who hangs does not hear it either, and must not keep the connection.
  const timer = setTimeout(() => response.destroy(), LAST_WORDS_LIMIT_MS)
  response.on('close', () => clearTimeout(timer))
}
