/** Changes that hold when they are confirmed: apply, confirm, rollback. The daemon keeps the time, whatever becomes of the terminal. */

import { createInterface } from 'node:readline'
import type { OpenCheckpoint } from '../../control/index.js'
import { apiPath, ConnectionLostError, NoAnswerError } from '../client.js'
import { type CommandContext, jsonArgument, show } from '../context.js'
import { SilentFailure, UsageError } from '../failure.js'
import type { ServerSentEvent } from '../server-sent-events.js'
import { wholeNumber } from './network.js'
import { type Saving, savingOf } from './saving.js'

export interface ApplyFlags {
  /** Seconds. */
  readonly confirmWithin: string
  /** False with --no-wait. */
  readonly wait: boolean
}

/** One day: who needs longer does not watch a countdown. */
const MAX_CONFIRM_WITHIN_S = 86_400
const TICK_MS = 1_000
/** ECMA-48: carriage return, erase in line. */
const CLEAR_LINE = '\r\x1b[K'
const DAEMON_ENDED = 'the daemon has ended: its next start rolls back what was not confirmed'

type End = 'confirmed' | 'rolled back' | 'lost'

export async function apply(context: CommandContext, argument: string, flags: ApplyFlags): Promise<void> {
  const { client } = context
  const seconds = wholeNumber('confirm-within', flags.confirmWithin, MAX_CONFIRM_WITHIN_S)
  const configs = configsOf(await jsonArgument(argument, 'configurations', context.input))
  const over = new AbortController()
  // Heard from before the change on, so that no end of it is missed.
  const events = client.events(apiPath(['changes'], { pattern: 'checkpoints' }), over.signal)[Symbol.asyncIterator]()
  try {
    await events.next()
    const body = { configs, confirmWithinMs: seconds * 1_000 }
    const open = (await client.json('POST', '/v1/apply', body).catch(lostAmid)) as OpenCheckpoint
    announce(context, open, seconds)
    if (!flags.wait) return
    const ending = endOf(events)
    const conversation = converse(context, open)
    const end = await ending.finally(() => conversation.stop())
    await tellEnd(context, open, end)
  } finally {
    over.abort()
  }
}

/** The change may stand already, or not: the next start settles it either way. */
function lostAmid(thrown: unknown): never {
  if (thrown instanceof ConnectionLostError) throw new Error(DAEMON_ENDED)
  throw thrown
}

export async function endChange(
  context: CommandContext,
  how: 'confirm' | 'rollback',
  id: string | undefined,
): Promise<void> {
  const { client, out } = context
  // Who is in it, is told only as long as it is open.
  const { checkpoint } = (await client.json('GET', '/v1/checkpoint')) as { readonly checkpoint: OpenCheckpoint | null }
  const answer = await client.json('POST', `/v1/checkpoint/${how}`, id === undefined ? {} : { id })
  const ended = (answer as { readonly id: string }).id
  if (how === 'rollback') return show(context, answer, () => out.line(`${ended}: rolled back`))
  const saving = await savingOf(client, checkpoint?.id === ended ? checkpoint.interfaces : [])
  show(context, answer, () => out.line(`${ended}: ${saving.text}`))
  checkSaved(saving)
}

/** The change is in force all the same, but a restart would lose it. */
function checkSaved({ problem }: Saving): void {
  if (problem !== undefined) throw new Error(problem)
}

/** Configurations by interface, or a configuration file of the daemon, which has them under `config`. */
function configsOf(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new UsageError('configurations: an object of configurations by interface name')
  const { config } = given as { readonly config?: { readonly type?: unknown } }
  return typeof config === 'object' && config !== null && config.type === undefined ? config : given
}

function announce({ out, json }: CommandContext, open: OpenCheckpoint, seconds: number): void {
  if (json) return out.line(JSON.stringify(open))
  out.line(`Applied to ${open.interfaces.join(', ')}. Rolled back in ${seconds} s unless confirmed:`)
  out.line(`  vintage-net confirm ${open.id}`)
}

/** Counts down, and takes the answer of whoever sits at the terminal. */
function converse(context: CommandContext, open: OpenCheckpoint): { stop(): void } {
  const { client, out, error, input, json, signal } = context
  const rollBack = (): void =>
    void client.json('POST', '/v1/checkpoint/rollback', { id: open.id }).catch(() => undefined)
  signal.addEventListener('abort', rollBack)
  const stops = [() => signal.removeEventListener('abort', rollBack)]
  if (out.isTerminal && !json) {
    const draw = (): void => {
      const leftS = Math.max(0, Math.ceil((open.confirmByMs - Date.now()) / 1_000))
      const question = input.isTTY === true ? ' Confirm? [y/N] ' : ''
      out.write(`${CLEAR_LINE}${out.paint('yellow', `${leftS} s left.`)}${question}`)
    }
    const ticker = setInterval(draw, TICK_MS)
    draw()
    stops.push(() => {
      clearInterval(ticker)
      out.write(CLEAR_LINE)
    })
  }
  if (input.isTTY === true) {
    const lines = createInterface({ input })
    lines.on('line', (line) => {
      if (!/^(?:y|yes|confirm)$/i.test(line.trim())) return rollBack()
      client
        .json('POST', '/v1/checkpoint/confirm', { id: open.id })
        .catch((thrown: Error) => error.line(thrown.message))
    })
    stops.push(() => lines.close())
  }
  return {
    stop() {
      for (const stop of stops) stop()
    },
  }
}

type Counts = { readonly applied: number; readonly confirmed: number; readonly rolledBack: number }

/** How the change ended, as the daemon counts such ends; one change is open at a time. */
async function endOf(events: AsyncIterator<ServerSentEvent>): Promise<End> {
  try {
    for (let next = await events.next(); next.done !== true; next = await events.next()) {
      const { oldValue, newValue } = (next.value.data ?? {}) as { oldValue?: Counts; newValue?: Counts }
      if (newValue === undefined) continue
      if (newValue.confirmed > (oldValue?.confirmed ?? 0)) return 'confirmed'
      if (newValue.rolledBack > (oldValue?.rolledBack ?? 0)) return 'rolled back'
    }
  } catch (thrown) {
    if (thrown instanceof NoAnswerError) throw thrown // it is there, and may come back
  }
  return 'lost'
}

async function tellEnd({ client, out, json }: CommandContext, open: OpenCheckpoint, end: End): Promise<void> {
  if (json) out.line(JSON.stringify({ id: open.id, end: end.replace(' ', '-') }))
  if (end === 'confirmed') {
    const saving = await savingOf(client, open.interfaces)
    if (!json) out.line(`${saving.text.replace('c', 'C')}.`)
    return checkSaved(saving)
  }
  if (end === 'rolled back') throw json ? new SilentFailure(end) : new Error('not confirmed: rolled back')
  throw new Error(DAEMON_ENDED)
}
