/** Operations that tell how things are. */

import { VERSION } from '../../index.js'
import { streamChanges } from '../change-stream.js'
import { MAX_PATTERN_CHARS } from '../limits.js'
import { type Operation, SENT, TextAnswer } from '../operation.js'
import { HttpProblem, invalid } from '../problem.js'
import { list, object, record, ref, text } from '../schemas.js'

const PATTERN =
  "path of properties, such as interface/eth0, or a JSON list of its elements; '*' matches one element; absent: everything"

export const STATE_OPERATIONS: readonly Operation[] = [
  {
    id: 'status',
    method: 'get',
    path: '/v1/status',
    summary: 'the daemon itself: version, process, what it allows',
    answer: ref('Status'),
    async handle(_request, { net, startedAtMs, allowRaw }) {
      const connection = net.get(['connection'], 'disconnected')
      return { version: VERSION, pid: process.pid, startedAtMs, allowRaw, connection }
    },
  },
  {
    id: 'info',
    method: 'get',
    path: '/v1/info',
    summary: 'the state of everything as text',
    answer: 'text/plain',
    handle: async (_request, { net }) => new TextAnswer(net.info()),
  },
  {
    id: 'snapshot',
    method: 'get',
    path: '/v1/snapshot',
    summary: 'the state of everything as JSON, secrets masked',
    answer: record({}),
    handle: async (_request, { net }) => net.snapshot(),
  },
  {
    id: 'properties',
    method: 'get',
    path: '/v1/properties',
    summary: 'properties at and below a path',
    query: { pattern: PATTERN },
    answer: object({ properties: list(ref('Property')) }),
    async handle({ query }, { net }) {
      const entries = net.getByPrefix(readPattern(query['pattern']))
      return { properties: entries.map(([path, value]) => ({ path, value })) }
    },
  },
  {
    id: 'changes',
    method: 'get',
    path: '/v1/changes',
    summary:
      'server-sent events: `snapshot` with the properties, then `change` for each change; `dropped` and `end` say why the stream ends',
    query: { pattern: PATTERN },
    answer: 'text/event-stream',
    async handle({ query, outgoing }, { net, logger }) {
      await streamChanges({ net, pattern: readPattern(query['pattern']), response: outgoing, logger })
      return SENT
    },
  },
  {
    id: 'interfaces',
    method: 'get',
    path: '/v1/interfaces',
    summary: 'names of interfaces: present, configured, and available, the best first',
    answer: object({ all: list(text), configured: list(text), available: list(text) }),
    async handle(_request, { net }) {
      const available = net.get(['available_interfaces'], [])
      return { all: net.allInterfaces(), configured: net.configuredInterfaces(), available }
    },
  },
  {
    id: 'findings',
    method: 'get',
    path: '/v1/findings',
    summary: 'what on this machine stands in the way, each with a remedy',
    answer: object({ findings: list(ref('Finding')) }),
    handle: async (_request, { net, findings }) => ({ findings: [...findings(), ...(await net.verifySystem())] }),
  },
  {
    id: 'metrics',
    method: 'get',
    path: '/metrics',
    summary: 'metrics for Prometheus',
    answer: 'text/plain',
    async handle(_request, { metrics }) {
      if (metrics !== undefined) return new TextAnswer(await metrics.text(), metrics.contentType)
      throw new HttpProblem('HTTP_NO_METRICS', 'the package prom-client is not installed beside vintage-net')
    },
  },
]

/** @throws NetworkError ERR_INVALID_CONFIG */
function readPattern(given: string | undefined): string[] {
  if (given === undefined || given === '') return []
  if (given.length > MAX_PATTERN_CHARS) throw invalid('pattern', `at most ${MAX_PATTERN_CHARS} characters`)
  if (!given.startsWith('[')) return given.replace(/^\/|\/$/g, '').split('/')
  const elements: unknown = parse(given)
  if (Array.isArray(elements) && elements.every((one) => typeof one === 'string')) return elements
  throw invalid('pattern', 'a path such as interface/eth0, or a JSON list of texts')
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
