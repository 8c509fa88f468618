/** Server-sent events (WHATWG HTML, 9.2), as much of them as the control API sends. */

export interface ServerSentEvent {
  readonly event: string
  readonly data: unknown
}

/** More than any one event holds. */
const MAX_EVENT_CHARS = 67_108_864

/** The events of a text that comes in pieces; comments are passed over. */
export async function* eventsOf(chunks: AsyncIterable<string>): AsyncIterable<ServerSentEvent> {
  let rest = ''
  for await (const chunk of chunks) {
    rest += chunk
    if (rest.length > MAX_EVENT_CHARS) throw new Error('an event of the daemon is too large')
    const blocks = rest.split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = readEvent(block)
      if (event !== undefined) yield event
    }
  }
}

function readEvent(block: string): ServerSentEvent | undefined {
  let event = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice('event: '.length)
    else if (line.startsWith('data: ')) data.push(line.slice('data: '.length))
  }
  return data.length === 0 ? undefined : { event, data: JSON.parse(data.join('\n')) }
}
