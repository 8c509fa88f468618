import type { Logger } from '../../../lib/base/logger.js'

/** Keeps what is logged, as 'level message'. */
export class RecordingLogger implements Logger {
  readonly lines: string[] = []
  readonly debug = (_details: object, message: string): void => this.#add('debug', message)
  readonly info = (_details: object, message: string): void => this.#add('info', message)
  readonly warn = (_details: object, message: string): void => this.#add('warn', message)
  readonly error = (_details: object, message: string): void => this.#add('error', message)

  #add(level: string, message: string): void {
    this.lines.push(`${level} ${message}`)
  }
}
