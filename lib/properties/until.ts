/** Waits until a property has a value; sees every value that is written, not only the last of a turn. */

import type { Clock, Timer } from '../base/clock.js'
import type { Subscription } from '../base/disposable.js'
import { type ErrorCode, NetworkError } from '../errors.js'
import type { ChangeListener } from './dispatcher.js'
import { type Path, pathText } from './path.js'
import { equalValues } from './value.js'

export interface UntilOptions {
  /** Milliseconds from now, 0 or more; without it the wait has no end of its own. */
  readonly deadlineMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Called with each value; a property that does not exist is undefined. */
export type ValuePredicate = (value: unknown) => boolean

/** What the wait uses of the table. */
export interface UntilSource {
  readonly clock: Clock
  /** Whether the table had been closed when the wait began. */
  readonly closed: boolean
  get(path: Path): unknown
  /** Changes of exactly this path. */
  subscribe(path: Path, listener: ChangeListener): Subscription
  /** Delivers pending changes now. */
  flush(): void
  /** Calls `stop` when the table closes. */
  onClose(stop: () => void): Subscription
}

export interface UntilRequest extends UntilOptions {
  readonly path: Path
  /** The value itself, or a predicate over values. */
  readonly wanted: unknown
}

/** Enough of a value to recognise it in an error text. */
const MAX_VALUE_CHARS = 120

const STOPPED = 'the property table is closed'

/** Resolves with the value that was waited for. */
export function until(source: UntilSource, request: UntilRequest): Promise<unknown> {
  const { path, wanted, deadlineMs, signal } = request
  if (deadlineMs !== undefined && !(deadlineMs >= 0)) {
    const message = `deadlineMs is a number of milliseconds, 0 or more, not ${String(deadlineMs)}`
    return Promise.reject(new NetworkError('ERR_INVALID_CONFIG', message, { field: 'deadlineMs' }))
  }
  const holds = isPredicate(wanted) ? wanted : (value: unknown) => equalValues(value, wanted)
  return new Promise((resolve, reject) => {
    const endings: (() => void)[] = []
    const settle = (finish: () => void): void => {
      for (const end of endings.splice(0)) end()
      finish()
    }
    const fail = (code: ErrorCode, why: string, cause?: unknown): void =>
      settle(() => reject(new NetworkError(code, `${waitText(path, wanted)}: ${why}`, { operation: 'until', cause })))
    const offer = (value: unknown): boolean => {
      try {
        if (!holds(value)) return false
        settle(() => resolve(value))
      } catch (thrown) {
        settle(() => reject(thrown))
      }
      return true
    }

    if (signal?.aborted === true) return fail('ERR_CANCELLED', 'cancelled', signal.reason)
    if (offer(source.get(path))) return
    if (source.closed) return fail('ERR_STOPPED', STOPPED)
    const subscription = source.subscribe(path, (change) => void offer(change.newValue))
    const closing = source.onClose(() => fail('ERR_STOPPED', STOPPED))
    endings.push(
      () => subscription.unsubscribe(),
      () => closing.unsubscribe(),
    )
    if (signal !== undefined) {
      const abort = (): void => fail('ERR_CANCELLED', 'cancelled', signal.reason)
      signal.addEventListener('abort', abort)
      endings.push(() => signal.removeEventListener('abort', abort))
    }
    if (deadlineMs !== undefined) {
      const timer: Timer = source.clock.setTimer(deadlineMs, () => {
        // What was written in time counts, even when its turn has not ended yet.
        source.flush()
        if (endings.length > 0) fail('ERR_TIMEOUT', `not within ${deadlineMs} ms; it is ${valueText(source.get(path))}`)
      })
      endings.push(() => timer.cancel())
    }
  })
}

function isPredicate(wanted: unknown): wanted is ValuePredicate {
  return typeof wanted === 'function'
}

function waitText(path: Path, wanted: unknown): string {
  const what = isPredicate(wanted) ? `a value that satisfies ${wanted.name || 'the predicate'}` : valueText(wanted)
  return `waiting for ${pathText(path)} to be ${what}`
}

function valueText(value: unknown): string {
  if (value === undefined) return 'absent'
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= MAX_VALUE_CHARS ? text : `${text.slice(0, MAX_VALUE_CHARS)}…`
}
