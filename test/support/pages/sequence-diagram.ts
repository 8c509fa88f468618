/** A mermaid diagram of messages. */

import type { Message } from './walk-recorder.js'

/** As many in one arrow as can be read. */
const MAX_TEXTS_COUNT = 6

interface Arrow extends Omit<Message, 'text'> {
  readonly texts: string[]
}

/** Messages in order; neighbours of one direction share an arrow, and what is said often in a row is said once, with its number. */
export function sequenceDiagram(messages: readonly Message[]): string {
  const arrows: Arrow[] = []
  for (const { text, ...message } of messages) {
    const last = arrows.at(-1)
    const isSame = last?.from === message.from && last.to === message.to && last.isAnswer === message.isAnswer
    if (last !== undefined && isSame && last.texts.length < MAX_TEXTS_COUNT) last.texts.push(text)
    else arrows.push({ ...message, texts: [text] })
  }
  const names = new Set(arrows.flatMap(({ from, to }) => (to === undefined ? [from] : [from, to])))
  return [
    '```mermaid',
    'sequenceDiagram',
    ...[...names].map((name) =>
      idOf(name) === name ? `  participant ${name}` : `  participant ${idOf(name)} as ${name}`,
    ),
    ...arrows.map(lineOf),
    '```',
  ].join('\n')
}

/** `properties` is a keyword of mermaid. */
function idOf(name: string): string {
  return name === 'properties' ? 'property_table' : name
}

/** A semicolon would end the line, and a number sign begins an entity. */
function lineOf({ from, to, isAnswer, texts }: Arrow): string {
  const text = texts.map((one) => one.replaceAll(/[;#]/g, ',')).join('<br/>')
  if (to === undefined) return `  Note over ${idOf(from)}: ${text}`
  return `  ${idOf(from)}${isAnswer === true ? '-->>' : '->>'}${idOf(to)}: ${text}`
}
