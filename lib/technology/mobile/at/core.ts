/**
 * A conversation in AT commands (3GPP TS 27.007, ITU-T V.250), pure: (state, input) → (state, effects). One command is under
 * way at a time, in order of asking; lines that nobody has asked for go to listeners.
 *
 * An answer has no number by which it could be told from another one. So behind a command that was not answered in time
 * nothing is sent but a bare AT, some times, until an answer comes and the line is quiet. While none comes, commands are not
 * sent at all, and count as not answered. What comes late, but before the line is quiet, reaches nobody.
 */

export interface AtRequest {
  readonly id: number
  readonly command: string
  /** The line that ends it well; '': none is waited for. */
  readonly success: string
  /** Lines that end it badly, besides +CME ERROR and +CMS ERROR. */
  readonly errors: readonly string[]
  /** 0: no answer is waited for. */
  readonly timeoutMs: number
}

export type AtReply =
  | { readonly type: 'ok'; readonly lines: readonly string[] }
  | { readonly type: 'error'; readonly line: string }
  | { readonly type: 'timeout' }
  | { readonly type: 'closed' }

export interface AtListener {
  readonly id: number
  /** Lines that begin so are told. */
  readonly prefix: string
}

export interface AtResync {
  /** 'asking': a bare AT is out; 'quiet': something was answered, more may come; 'silent': nothing was, until somebody asks. */
  readonly phase: 'asking' | 'quiet' | 'silent'
  /** How many bare ATs were sent in a row. */
  readonly count: number
}

export interface AtState {
  readonly queue: readonly AtRequest[]
  /** Waits for its answer; the lines so far. */
  readonly current?: { readonly request: AtRequest; readonly lines: readonly string[] }
  /** Behind a command that was not answered: the line is not clean yet. */
  readonly resync?: AtResync
  /** Newest first. */
  readonly listeners: readonly AtListener[]
  /** Number of the timer that counts; older ones are void. */
  readonly timer: number
}

export type AtInput =
  | { readonly type: 'send'; readonly request: AtRequest }
  | { readonly type: 'line'; readonly line: string }
  | { readonly type: 'timer'; readonly timer: number }
  | { readonly type: 'listen'; readonly listener: AtListener }
  | { readonly type: 'unlisten'; readonly id: number }
  | { readonly type: 'closed' }

export type AtEffect =
  | { readonly type: 'write'; readonly command: string }
  | { readonly type: 'startTimer'; readonly timer: number; readonly delayMs: number }
  | { readonly type: 'stopTimer' }
  | { readonly type: 'reply'; readonly id: number; readonly reply: AtReply }
  | { readonly type: 'notify'; readonly id: number; readonly line: string }

export interface AtStep {
  readonly state: AtState
  readonly effects: readonly AtEffect[]
}

export const DEFAULT_ERRORS: readonly string[] = [
  'ERROR',
  'BUSY',
  'NO CARRIER',
  'NO DIALTONE',
  'NO DIAL TONE',
  'NO ANSWER',
  'DELAYED',
]
const EXTENDED_ERROR = /^\+CM[ES] ERROR:/
const FINAL = new Set(['OK', ...DEFAULT_ERRORS])

/** How long a modem that did not answer has for each bare AT behind it. */
export const RESYNC_MS = 1_000
/** So many of them, then the modem counts as silent, and what waits is given up. */
export const RESYNC_COUNT = 3
/** So long after the last end of an answer the line is clean. */
export const QUIET_MS = 200

export const INITIAL_AT: AtState = { queue: [], listeners: [], timer: 0 }

export function reduceAt(state: AtState, input: AtInput): AtStep {
  switch (input.type) {
    case 'send':
      return send({ ...state, queue: [...state.queue, input.request] })
    case 'line':
      return readLine(state, input.line)
    case 'timer':
      return input.timer === state.timer ? timeout(state) : { state, effects: [] }
    case 'listen':
      return { state: { ...state, listeners: [input.listener, ...state.listeners] }, effects: [] }
    case 'unlisten':
      return { state: { ...state, listeners: state.listeners.filter(({ id }) => id !== input.id) }, effects: [] }
    case 'closed':
      return closed(state)
  }
}

function send(state: AtState): AtStep {
  return state.resync?.phase === 'silent' ? askAgain(state, 1, []) : next(state, [])
}

/** Listeners hear first, whatever else the line is. */
function readLine(state: AtState, line: string): AtStep {
  const effects: AtEffect[] = state.listeners
    .filter(({ prefix }) => line.startsWith(prefix))
    .map(({ id }) => ({ type: 'notify', id, line }))
  if (state.resync !== undefined) return resyncLine(state, state.resync, line, effects)
  const { current, ...rest } = state
  if (current === undefined || line === '') return { state, effects }
  const { request, lines } = current
  const end = (reply: AtReply): AtStep =>
    next(rest, [...effects, { type: 'stopTimer' }, { type: 'reply', id: request.id, reply }])
  if (line === request.success) return end({ type: 'ok', lines })
  if (request.errors.includes(line) || EXTENDED_ERROR.test(line)) return end({ type: 'error', line })
  // Codes that nobody asked for look like answers; an echo is none.
  if (line.startsWith('+') || line === request.command) return { state, effects }
  return { state: { ...state, current: { request, lines: [...lines, line] } }, effects }
}

function resyncLine(state: AtState, resync: AtResync, line: string, effects: readonly AtEffect[]): AtStep {
  if (!FINAL.has(line) && !EXTENDED_ERROR.test(line)) return { state, effects }
  return startTimer({ ...state, resync: { ...resync, phase: 'quiet' } }, QUIET_MS, effects)
}

function askAgain(state: AtState, count: number, before: readonly AtEffect[]): AtStep {
  const effects: AtEffect[] = [...before, { type: 'write', command: 'AT' }]
  return startTimer({ ...state, resync: { phase: 'asking', count } }, RESYNC_MS, effects)
}

/** The time of a bare AT, or of the quiet behind an answer, is over. */
function resyncTimeout(state: AtState, { phase, count }: AtResync): AtStep {
  if (phase === 'silent') return { state, effects: [] }
  if (phase === 'quiet') {
    const { resync: _clean, ...rest } = state
    return next(rest, [])
  }
  if (count < RESYNC_COUNT) return askAgain(state, count + 1, [])
  const effects = state.queue.map(({ id }): AtEffect => ({ type: 'reply', id, reply: { type: 'timeout' } }))
  return { state: { ...state, queue: [], resync: { phase: 'silent', count } }, effects }
}

function timeout(state: AtState): AtStep {
  if (state.resync !== undefined) return resyncTimeout(state, state.resync)
  const { current, ...rest } = state
  if (current === undefined) return { state, effects: [] }
  return askAgain(rest, 1, [{ type: 'reply', id: current.request.id, reply: { type: 'timeout' } }])
}

function closed({ queue, current, listeners, timer }: AtState): AtStep {
  const waiting = [...(current === undefined ? [] : [current.request]), ...queue]
  return {
    state: { queue: [], listeners, timer: timer + 1 },
    effects: [
      { type: 'stopTimer' },
      ...waiting.map(({ id }): AtEffect => ({ type: 'reply', id, reply: { type: 'closed' } })),
    ],
  }
}

/** Sends what stands first, where nothing is under way; what waits for no answer is answered at once. */
function next(state: AtState, before: readonly AtEffect[]): AtStep {
  const [request, ...queue] = state.queue
  if (request === undefined || state.current !== undefined || state.resync !== undefined)
    return { state, effects: before }
  const effects: AtEffect[] = [...before, { type: 'write', command: request.command }]
  if (request.timeoutMs <= 0 || request.success === '') {
    const reply: AtReply = { type: 'ok', lines: [] }
    return next({ ...state, queue }, [...effects, { type: 'reply', id: request.id, reply }])
  }
  return startTimer({ ...state, queue, current: { request, lines: [] } }, request.timeoutMs, effects)
}

function startTimer(state: AtState, delayMs: number, before: readonly AtEffect[]): AtStep {
  const timer = state.timer + 1
  return { state: { ...state, timer }, effects: [...before, { type: 'startTimer', timer, delayMs }] }
}
