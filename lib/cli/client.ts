/** Talks to the control API of a daemon over its unix socket. */

import { stat } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { checkInterfaceName } from '../base/interface-name.js'
import { type ErrorBody, groupName, HEARTBEAT_MS } from '../control/index.js'
import { messageOf } from '../errors.js'
import { eventsOf, type ServerSentEvent } from './server-sent-events.js'

/** What the daemon has refused, in its own words. */
export class RefusedError extends Error {
  readonly code: string
  readonly field: string | undefined
  readonly ifname: string | undefined

  constructor({ error }: ErrorBody) {
    super(error.message)
    this.name = 'RefusedError'
    this.code = error.code
    this.field = error.field
    this.ifname = error.ifname
  }
}

/** Nobody answers at the socket. */
export class NotRunningError extends Error {
  constructor(socketPath: string) {
    super(`no daemon is running: nobody answers at ${socketPath} (vintage-net run starts one)`)
    this.name = 'NotRunningError'
  }
}

/** The daemon was there, and ended before its answer was. */
export class ConnectionLostError extends Error {
  constructor(socketPath: string, thrown: unknown) {
    super(
      `${socketPath}: the connection broke before the answer was there, as when the daemon ends: ${messageOf(thrown)}`,
    )
    this.name = 'ConnectionLostError'
  }
}

/** The daemon is there and says nothing: stopped by a signal, or its machine has no time for it. */
export class NoAnswerError extends Error {
  constructor(socketPath: string, withinMs: number) {
    super(`${socketPath}: the daemon has not answered within ${withinMs / 1000} s; it still has the socket`)
    this.name = 'NoAnswerError'
  }
}

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'

/** connect(2): no file, or nobody behind it; something on the way to it is no directory. */
const NOBODY: ReadonlySet<string> = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTDIR'])
const LOST: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE'])
/** S_IWGRP of inode(7). */
const GROUP_MAY_WRITE = 0o020
/** Answers are small, except those about thousands of routes. */
const MAX_ANSWER_BYTES = 67_108_864
/** For an answer that only tells; a change takes as long as its programs do. */
const ANSWER_WITHIN_MS = 30_000
/** A stream without so many signs of life in a row has a daemon that is not there any more. */
const MOST_MISSED = 3

export interface AskOptions {
  /**
   * How long the work takes at most behind the question, beside what any answer may take; 0 for what only tells. Undefined: for
   * ever, unless it is a GET.
   */
  readonly workMs?: number
  /** Ends the waiting. */
  readonly signal?: AbortSignal
}

export class ControlClient {
  readonly #socketPath: string
  readonly #answerWithinMs: number
  readonly #heartbeatMs: number

  constructor(socketPath: string, { answerWithinMs = ANSWER_WITHIN_MS, heartbeatMs = HEARTBEAT_MS } = {}) {
    this.#socketPath = socketPath
    this.#answerWithinMs = answerWithinMs
    this.#heartbeatMs = heartbeatMs
  }

  /** The answer's JSON. @throws RefusedError, NotRunningError, Error where the conversation fails */
  async json(method: Method, path: string, body?: unknown, options?: AskOptions): Promise<unknown> {
    const { text } = await this.#answer(method, path, body, options)
    return text === '' ? undefined : JSON.parse(text)
  }

  /** The answer as it is. */
  async text(path: string): Promise<string> {
    return (await this.#answer('GET', path)).text
  }

  /** Events of a stream, until it ends or the signal aborts, which is no error. @throws also NoAnswerError, Error where the stream breaks */
  async *events(path: string, signal: AbortSignal): AsyncIterable<ServerSentEvent> {
    try {
      const response = await this.#within(this.#answerWithinMs, signal, async (end) => {
        const begun = await this.#open('GET', path, undefined, end)
        if (begun.statusCode !== 200) throw refused(begun.statusCode, await textOf(begun))
        return begun
      })
      yield* eventsOf(this.#alive(response, signal))
    } catch (thrown) {
      if (!signal.aborted) throw thrown
    }
  }

  /** What comes, as long as the daemon gives signs of life. Missed ones are counted: who was stopped himself has missed one. */
  async *#alive(response: IncomingMessage, signal: AbortSignal): AsyncIterable<string> {
    let missed = 0
    let isReading = true
    const watchdog = setInterval(() => {
      // Whoever reads nothing misses nothing.
      if (isReading) missed += 1
      if (missed > MOST_MISSED) response.destroy(new NoAnswerError(this.#socketPath, missed * this.#heartbeatMs))
    }, this.#heartbeatMs)
    // Also where nobody reads on: a generator that is left lying never comes to its end.
    const leave = (): void => {
      clearInterval(watchdog)
      response.destroy()
    }
    signal.addEventListener('abort', leave)
    try {
      for await (const chunk of response.setEncoding('utf8')) {
        missed = 0
        isReading = false
        yield chunk as string
        isReading = true
      }
    } catch (thrown) {
      throw thrown instanceof NoAnswerError
        ? thrown
        : new Error(`the connection to the daemon is lost: ${messageOf(thrown)}`)
    } finally {
      leave()
      signal.removeEventListener('abort', leave)
    }
  }

  async #answer(
    method: Method,
    path: string,
    body?: unknown,
    { workMs = method === 'GET' ? 0 : undefined, signal }: AskOptions = {},
  ): Promise<{ readonly text: string }> {
    const withinMs = workMs === undefined ? undefined : this.#answerWithinMs + workMs
    const whole = (end: AbortSignal): Promise<[IncomingMessage, string]> => this.#whole(method, path, body, end)
    const [response, text] = await this.#within(withinMs, signal, whole).catch((thrown: unknown) => {
      throw isLost(thrown) ? new ConnectionLostError(this.#socketPath, thrown) : thrown
    })
    if ((response.statusCode ?? 0) >= 400) throw refused(response.statusCode, text)
    return { text }
  }

  /** Ends the work by its signal when time is up, or when somebody else says so. */
  async #within<T>(
    ms: number | undefined,
    signal: AbortSignal | undefined,
    work: (end: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const end = new AbortController()
    const stop = (): void => end.abort()
    let isLate = false
    const late = (): void => {
      isLate = true
      stop()
    }
    const deadline = ms === undefined ? undefined : setTimeout(late, ms)
    signal?.addEventListener('abort', stop)
    if (signal?.aborted === true) stop()
    try {
      return await work(end.signal)
    } catch (thrown) {
      throw isLate && ms !== undefined ? new NoAnswerError(this.#socketPath, ms) : thrown
    } finally {
      clearTimeout(deadline)
      signal?.removeEventListener('abort', stop)
    }
  }

  async #whole(method: Method, path: string, body: unknown, signal: AbortSignal): Promise<[IncomingMessage, string]> {
    const response = await this.#open(method, path, body, signal)
    return [response, await textOf(response)]
  }

  #open(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<IncomingMessage> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers =
      text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    const options = { socketPath: this.#socketPath, method, path, headers, agent: false, ...(signal ? { signal } : {}) }
    return new Promise((resolve, reject) => {
      const outgoing = request(options, resolve)
      outgoing.on('error', (error: NodeJS.ErrnoException) => this.#connectionError(error).then(reject, reject))
      outgoing.end(text)
    })
  }

  async #connectionError(error: NodeJS.ErrnoException): Promise<Error> {
    if (NOBODY.has(error.code ?? '')) return new NotRunningError(this.#socketPath)
    if (isLost(error)) return new ConnectionLostError(this.#socketPath, error)
    if (error.code === 'EACCES')
      return new Error(`${this.#socketPath}: not permitted: ${await whoMay(this.#socketPath)}`)
    return new Error(`${this.#socketPath}: ${error.message}`)
  }
}

function isLost(thrown: unknown): boolean {
  return LOST.has((thrown as NodeJS.ErrnoException).code ?? '')
}

/** Who may write to a socket that this user may not write to. */
async function whoMay(path: string): Promise<string> {
  const info = await stat(path).catch(() => undefined)
  if (info === undefined) return 'this user may not enter its directory; be root'
  if ((info.mode & GROUP_MAY_WRITE) !== 0) return `be root, or a member of the group ${await groupName(info.gid)}`
  return "be root, or the daemon's own user; its option controlGroup lets a group in"
}

/** The path of a call about one interface, whose name must not lead elsewhere. @throws RefusedError as the daemon would say it */
export function interfacePath(
  ifname: string,
  operation: string,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const message = checkInterfaceName(ifname)
  if (message !== undefined) throw new RefusedError({ error: { code: 'ERR_INVALID_INTERFACE_NAME', message } })
  return apiPath(['interfaces', ifname, operation], query)
}

/** The path of an API call with its parts encoded. */
export function apiPath(parts: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as [string, string]],
  )
  const search = new URLSearchParams(given).toString()
  return `/v1/${parts.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer of the daemon is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function refused(status: number | undefined, text: string): Error {
  try {
    return new RefusedError(JSON.parse(text) as ErrorBody)
  } catch {
    return new Error(`the daemon answered with the status ${status}`)
  }
}
