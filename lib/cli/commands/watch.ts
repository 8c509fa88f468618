/** Shows changes as they come: on a terminal the whole state, redrawn; elsewhere a line each. */

import { systemClock } from '../../base/clock.js'
import type { Snapshot } from '../../index.js'
import { changeLine, type WatchedChange } from '../change-line.js'
import { apiPath } from '../client.js'
import type { CommandContext } from '../context.js'
import type { ServerSentEvent } from '../server-sent-events.js'
import { type ChangeList, changeWatch, listChange, startWatch, type WatchState, watchScreen } from '../watch-state.js'

/** Durations on the screen count by so much. */
const REDRAW_MS = 500
/** The alternate screen, without a cursor, and back (ECMA-48; xterm's private modes 1049 and 25). */
const ENTER = '\x1b[?1049h\x1b[?25l'
const LEAVE = '\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H\x1b[J'

export async function watch(context: CommandContext, pattern: string | undefined): Promise<void> {
  const { client, signal, out, json } = context
  if (out.isTerminal && !json) await watchOnScreen(context, pattern, signal)
  else for await (const event of client.events(changesPath(pattern), signal)) tell(context, event)
  if (!signal.aborted) throw new Error('the daemon has ended the stream without a word')
}

function changesPath(pattern: string | undefined): string {
  return apiPath(['changes'], { pattern })
}

function tell({ out, json }: CommandContext, event: ServerSentEvent): void {
  if (json) out.line(JSON.stringify(event))
  else if (event.event === 'change') out.line(`${new Date().toISOString()} ${changeLine(event.data as WatchedChange)}`)
  throwAtEnd(event)
}

/** The daemon's last word is why the command fails. */
function throwAtEnd({ event, data }: ServerSentEvent): void {
  if (event === 'end' || event === 'dropped') throw new Error((data as { readonly message: string }).message)
}

type Take = (event: ServerSentEvent) => void | Promise<void>

async function watchOnScreen(
  { client, out }: CommandContext,
  pattern: string | undefined,
  interrupted: AbortSignal,
): Promise<void> {
  let state: WatchState | undefined
  let list: ChangeList | undefined
  const draw = (): void => {
    if (state === undefined || list === undefined) return
    const options = { list, columns: out.columns ?? 80, rows: out.rows }
    out.write(`${HOME}${watchScreen(state, systemClock.nowMs(), options).join('\n')}`)
  }
  const takeState: Take = async ({ event, data }) => {
    if (event === 'change' && state !== undefined) state = changeWatch(state, data as WatchedChange)
    else if (event === 'snapshot')
      state = startWatch((await client.json('GET', '/v1/snapshot')) as Snapshot, systemClock.nowMs())
  }
  const takeList: Take = ({ event, data }) => {
    if (event === 'change' && list !== undefined) list = listChange(list, data as WatchedChange)
    else if (event === 'snapshot') list = { pattern, changes: [] }
  }
  const ended = new AbortController()
  const signal = AbortSignal.any([interrupted, ended.signal])
  const follow = async (path: string, ...takes: readonly Take[]): Promise<void> => {
    try {
      for await (const event of client.events(path, signal)) {
        throwAtEnd(event)
        for (const take of takes) await take(event)
        draw()
      }
    } catch (thrown) {
      if (!signal.aborted) throw thrown
    } finally {
      ended.abort()
    }
  }
  out.write(ENTER)
  const ticker = setInterval(draw, REDRAW_MS)
  // The daemon measures some things only while somebody watches their very path: it gets a stream of its own.
  const all = changesPath(undefined)
  const following =
    pattern === undefined
      ? [follow(all, takeList, takeState)]
      : [follow(changesPath(pattern), takeList), follow(all, takeState)]
  try {
    await Promise.all(following)
  } finally {
    await Promise.allSettled(following)
    clearInterval(ticker)
    out.write(LEAVE)
  }
}
