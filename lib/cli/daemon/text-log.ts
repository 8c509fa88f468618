/** The daemon's log for who sits at its terminal: a line of words each. */

import { type Logger, redact } from '../../index.js'
import { shownValue } from '../shown-value.js'
import { harmless } from '../table.js'
import type { Style } from '../terminal.js'
import { type LogLevel, loggerFrom } from './log-level.js'

export interface TextLogOptions {
  readonly least: LogLevel
  write(line: string): void
  /** Milliseconds since 1970. */
  wallMs(): number
  paint(style: Style, text: string): string
}

const STYLES: Readonly<Record<LogLevel, Style>> = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' }

/** `15:04:05.678 info  MESSAGE key=value …`, in local time; details that the message has in it are not told twice. */
export function textLogger({ least, write, wallMs, paint }: TextLogOptions): Logger {
  return loggerFrom(least, (level, details, message) => {
    const isTold = (value: unknown): boolean => typeof value === 'string' && tells(message, value)
    const rest = Object.entries(redact(details) as object).filter(([, value]) => value !== undefined && !isTold(value))
    const words = rest.map(([key, value]) => `${key}=${typeof value === 'bigint' ? value : shownValue(value)}`)
    const text = harmless([message, ...words].join(' '))
    write(`${paint('dim', timeOf(wallMs()))} ${paint(STYLES[level], level.padEnd(5))} ${text}\n`)
  })
}

/** Whole words count: 'wlan0' does not tell 'lan'. */
function tells(message: string, value: string): boolean {
  const words = bare(value)
  return words !== '' && ` ${bare(message)} `.includes(` ${words} `)
}

/** Without the signs around words. */
function bare(text: string): string {
  return text.replace(/(?<=^|\s)["'(]+|["'),.:;]+(?=\s|$)/g, '').trim()
}

function timeOf(ms: number): string {
  const date = new Date(ms)
  const digits = (value: number, count = 2): string => String(value).padStart(count, '0')
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => digits(value)).join(':')
  return `${time}.${digits(date.getMilliseconds(), 3)}`
}
