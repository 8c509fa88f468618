/** The page: sentences and captures, in the order of the story. */

import { COLUMNS, ROWS } from './terminal.js'

/** What stands instead of words that are true of one machine only. */
export type Replacement = readonly [word: string, instead: string]

export class Page {
  readonly #parts: string[]
  readonly #replacements: readonly Replacement[]

  constructor(replacements: readonly Replacement[]) {
    this.#replacements = replacements
    this.#parts = [
      '# A terminal session',
      [
        `Written by \`npm run recording\`: what the windows of a terminal of ${COLUMNS} columns and ${ROWS} lines showed, as text, without its colours, and with what had`,
        'scrolled away. Nobody has edited it: times, process ids and addresses are those of that run; the path of the checkout is shortened to `vintage-net/`.',
      ].join('\n'),
      [
        'The machine is a set of network namespaces: `eth0` and `eth1` each lead to a router with a real DHCP server (dnsmasq), and to hosts behind it that stand for the',
        'Internet. A script types each command, waits until the screen shows what it must, and fails where that does not come; `test/system/recording.test.ts` runs it.',
      ].join('\n'),
    ]
  }

  heading(title: string): void {
    this.#parts.push(`## ${title}`)
  }

  /** A sentence that says what is seen, and the capture. */
  capture(sentence: string, text: string): void {
    this.#parts.push(sentence, `\`\`\`text\n${this.#filter(text)}\n\`\`\``)
  }

  /** The page as Markdown. @throws Error where a machine shows through */
  text(): string {
    const text = `${this.#parts.join('\n\n')}\n`
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    const control = /[\u0000-\u0009\u000b-\u001f\u007f]/.exec(text)
    if (control !== null)
      throw new Error(`a control character in a capture, behind: ${text.slice(0, control.index).slice(-80)}`)
    return text
  }

  /** Blanks at the ends of lines are the terminal's. */
  #filter(text: string): string {
    const lines = text.split('\n').map((line) => line.trimEnd())
    return this.#replacements.reduce((kept, [word, instead]) => kept.replaceAll(word, instead), lines.join('\n'))
  }
}
