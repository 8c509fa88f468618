/** Where a command writes to, and what that place can show. */

import { styleText } from 'node:util'

export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
}

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red'

export interface Terminal {
  readonly isTerminal: boolean
  /** Undefined where lines may have any length. */
  readonly columns: number | undefined
  readonly rows: number
  line(text?: string): void
  write(text: string): void
  /** The text in a colour, where the place is a terminal and nobody has asked for none. */
  paint(style: Style, text: string): string
}

/** Also for 0, which a terminal has whose size nobody has set (ioctl_tty(2), TIOCGWINSZ). */
const DEFAULT_COLUMNS = 80
const DEFAULT_ROWS = 24

export function terminalOf(output: Output, env: Readonly<Record<string, string | undefined>>): Terminal {
  const isTerminal = output.isTTY === true
  // https://no-color.org
  const hasColours = isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  return {
    isTerminal,
    get columns() {
      return isTerminal ? output.columns || DEFAULT_COLUMNS : undefined
    },
    get rows() {
      return output.rows || DEFAULT_ROWS
    },
    line: (text = '') => void output.write(`${text}\n`),
    write: (text) => void output.write(text),
    paint: (style, text) => (hasColours ? styleText(style, text, { validateStream: false }) : text),
  }
}
