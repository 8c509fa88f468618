/** How much of its log the daemon tells. */

import type { Logger } from '../../index.js'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** A logger that tells what is at least of that level. */
export function loggerFrom(least: LogLevel, tell: (level: LogLevel, details: object, message: string) => void): Logger {
  const at = (level: LogLevel): Logger['info'] => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return () => undefined
    return (details, message) => tell(level, details, message)
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
