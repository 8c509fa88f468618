/** Shows changes as they come: on a terminal the whole state, redrawn; elsewhere a line each. */

import { systemClock } from '../../base/clock.js'
import type { Snapshot } from '../../index.js'
import { changeLine, type WatchedChange } from '../change-line.js'
import { apiPath } from '../client.js'
import type { CommandContext } from '../context.js'
import type { ServerSentEvent } from '../server-sent-events.js'
import { changeWatch, startWatch, type WatchState, watchScreen } from '../watch-state.js'

/** Durations on the screen count by so much. */
const REDRAW_MS = 500
/** The alternate screen, without a cursor, and back (ECMA-48; xterm's private modes 1049 and 25). */
const ENTER = '\x1b[?1049h\x1b[?25l'
const LEAVE = '\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H\x1b[J'

export async function watch(context: CommandContext, pattern: string | undefined): Promise<void> {
  const { client, signal, out, json } = context
  const events = client.events(apiPath(['changes'], { pattern }), signal)
  if (out.isTerminal && !json) await watchOnScreen(context, events)
  else for await (const event of events) tell(context, event)
  if (!signal.aborted) throw new Error('the daemon has ended the stream without a word')
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

async function watchOnScreen(context: CommandContext, events: AsyncIterable<ServerSentEvent>): Promise<void> {
  const { client, out } = context
  let state: WatchState | undefined
  const draw = (): void => {
    if (state === undefined) return
    const size = { columns: out.columns ?? 80, rows: out.rows }
    out.write(`${HOME}${watchScreen(state, systemClock.nowMs(), size).join('\n')}`)
  }
  out.write(ENTER)
  const ticker = setInterval(draw, REDRAW_MS)
  try {
    for await (const event of events) {
      if (event.event === 'change' && state !== undefined) state = changeWatch(state, event.data as WatchedChange)
      else if (event.event === 'snapshot')
        state = startWatch((await client.json('GET', '/v1/snapshot')) as Snapshot, systemClock.nowMs())
      else throwAtEnd(event)
      draw()
    }
  } finally {
    clearInterval(ticker)
    out.write(LEAVE)
  }
}
