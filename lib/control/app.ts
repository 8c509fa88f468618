/** The control API as a web application: one route for each operation, problems as JSON. */

import type { Socket } from 'node:net'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { messageOf } from '../errors.js'
import { redact, VERSION } from '../index.js'
import { onlyKeys, readBody } from './body.js'
import { ANSWER_LIMIT_MS, MAX_WATCHER_COUNT } from './limits.js'
import { openApiDocument } from './openapi.js'
import { type ControlContext, type Operation, SENT, TextAnswer } from './operation.js'
import { CONFIGURATION_OPERATIONS } from './operations/configuration.js'
import { NETWORK_OPERATIONS } from './operations/network.js'
import { STATE_OPERATIONS } from './operations/state.js'
import { HttpProblem, problemOf } from './problem.js'

type Bindings = { Bindings: HttpBindings }

/** All operations, in the order of the document. */
export const OPERATIONS: readonly Operation[] = [
  ...STATE_OPERATIONS,
  ...CONFIGURATION_OPERATIONS,
  ...NETWORK_OPERATIONS,
]

const OPENAPI_PATH = '/v1/openapi.json'

/** The application; `authorize` throws where a request may not come in. */
export function controlApp(
  context: ControlContext,
  authorize: (header: string | undefined) => void,
  answerLimitMs = ANSWER_LIMIT_MS,
): Hono<Bindings> {
  const app = new Hono<Bindings>()
  const watchers = { count: 0 }
  app.use(async (c, next) => {
    authorize(c.req.header('authorization'))
    await next()
  })
  app.get(OPENAPI_PATH, (c) => {
    checkQuery(c.req.query(), {})
    return c.json(openApiDocument(OPERATIONS, VERSION))
  })
  for (const operation of OPERATIONS) {
    const path = operation.path.replace(/\{(\w+)\}/g, ':$1')
    app.on(operation.method.toUpperCase(), path, (c) => serve(c, operation, context, { watchers, answerLimitMs }))
  }
  app.notFound((c) => answerProblem(c, nowhere(c.req.method, c.req.path), context))
  app.onError((thrown, c) => answerProblem(c, thrown, context))
  return app
}

async function serve(
  c: Context<Bindings>,
  operation: Operation,
  context: ControlContext,
  { watchers, answerLimitMs }: { readonly watchers: { count: number }; readonly answerLimitMs: number },
): Promise<Response> {
  const { incoming, outgoing } = c.env
  const query = c.req.query()
  checkQuery(query, operation)
  const body = operation.body === undefined ? {} : await readBody(incoming)
  if (operation.body !== undefined && operation.anyMembers !== true)
    onlyKeys(body, Object.keys((operation.body['properties'] as object | undefined) ?? {}))
  const request = { params: c.req.param() as Record<string, string>, query, body, incoming, outgoing }
  if (operation.answer === 'text/event-stream') return watch(() => operation.handle(request, context), watchers)
  const answer = await operation.handle(request, context)
  if (answer === SENT) return RESPONSE_ALREADY_SENT
  // Until the next request, for which node sets it anew.
  outgoing.socket?.setTimeout(answerLimitMs)
  outgoing.on('timeout', (socket: Socket) => {
    context.logger.warn(
      { path: c.req.path },
      `a client was dropped: it took nothing of its answer for ${answerLimitMs} ms`,
    )
    socket.destroy()
  })
  if (answer instanceof TextAnswer) return c.body(answer.text, 200, { 'content-type': answer.contentType })
  // The way out: whatever a technology or a store of somebody else's has put in, secrets are masked.
  return c.json(redact(answer) as object)
}

/** A misspelt `persist=false` would save. @throws NetworkError ERR_INVALID_CONFIG */
function checkQuery(given: Readonly<Record<string, string>>, { query = {} }: Pick<Operation, 'query'>): void {
  onlyKeys(given, Object.keys(query), 'query key')
}

async function watch(work: () => Promise<unknown>, watchers: { count: number }): Promise<Response> {
  if (watchers.count >= MAX_WATCHER_COUNT)
    throw new HttpProblem('HTTP_TOO_MANY_WATCHERS', `${MAX_WATCHER_COUNT} clients watch already`)
  watchers.count += 1
  try {
    await work()
  } finally {
    watchers.count -= 1
  }
  return RESPONSE_ALREADY_SENT
}

function answerProblem(c: Context<Bindings>, thrown: unknown, { logger }: ControlContext): Response {
  const { status, body } = problemOf(thrown)
  if (body.error.code === 'HTTP_INTERNAL') logger.error({ path: c.req.path }, `a request failed: ${messageOf(thrown)}`)
  if (c.env.outgoing.headersSent) return RESPONSE_ALREADY_SENT
  // What is left of a body that was not read must not be taken for the next request.
  if (!c.env.incoming.complete) c.header('connection', 'close')
  // RFC 9110, 15.5.6.
  if (status === 405) c.header('allow', methodsOf(c.req.path).join(', '))
  if (status === 401) c.header('www-authenticate', 'Bearer')
  return c.json(body, status as ContentfulStatusCode)
}

function nowhere(method: string, path: string): HttpProblem {
  const methods = methodsOf(path)
  const shown = path.slice(0, 100)
  if (methods.length === 0)
    return new HttpProblem('HTTP_NOT_FOUND', `there is no ${shown}; ${OPENAPI_PATH} has what is`)
  return new HttpProblem('HTTP_METHOD_NOT_ALLOWED', `${shown} takes ${methods.join(', ')}, not ${method}`)
}

/** None: there is no such path. */
function methodsOf(path: string): string[] {
  const known = OPERATIONS.filter((operation) => pathPattern(operation.path).test(path)).map(({ method }) => method)
  if (path === OPENAPI_PATH) known.push('get')
  // What is to be had by GET is to be had by HEAD.
  return known.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : method.toUpperCase()))
}

function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`)
}
