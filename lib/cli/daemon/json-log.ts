/** The daemon's log: one JSON object a line, on standard error. */

import { type Logger, redact } from '../../index.js'
import { plain } from '../shown-value.js'
import { type LogLevel, loggerFrom } from './log-level.js'

/** sd-daemon(3): the journal takes the level from here, and leaves it out of the text. */
const JOURNAL_PREFIXES: Readonly<Record<LogLevel, string>> = { debug: '<7>', info: '<6>', warn: '<4>', error: '<3>' }

export interface JsonLogOptions {
  readonly least: LogLevel
  /** Standard error is the journal. */
  readonly isJournal: boolean
  write(line: string): void
  /** Milliseconds since 1970. */
  wallMs(): number
}

/** `{ time, level, message, … }`; what is given as details never takes the place of these three. */
export function jsonLogger({ least, isJournal, write, wallMs }: JsonLogOptions): Logger {
  return loggerFrom(least, (level, details, message) => {
    const prefix = isJournal ? JOURNAL_PREFIXES[level] : ''
    const time = new Date(wallMs()).toISOString()
    write(`${prefix}${JSON.stringify({ time, level, message, ...without(details) }, plain)}\n`)
  })
}

function without(details: object): object {
  const { time: _time, level: _level, message: _message, ...rest } = redact(details) as Record<string, unknown>
  return rest
}
