/**
 * Decodes what udhcpc-handler.sh writes: the number of arguments, the arguments, the environment, each ended by NUL, then
 * one NUL more. Pure.
 */

/** A DHCP packet is at most 1,500 bytes, its options as text a few times that; the rest is a wide margin. */
export const EVENT_LIMIT_BYTES = 65_536

export interface RawDhcpEvent {
  /** What the script was called with: for udhcpc the event's name, for udhcpd the path of its lease file. */
  readonly args: readonly string[]
  /** Values byte by byte (latin1): options are bytes of unknown encoding, and may hold newlines. */
  readonly environment: ReadonlyMap<string, string>
}

/** Incremental: chunks in, events out. One decoder reads one run of a daemon. Bytes that are no event are left out and told. */
export class DhcpEventDecoder {
  readonly #onGarbage: (reason: string) => void
  /** Complete items of the event that is being read. */
  #items: string[] = []
  /** The item that is being read. */
  #rest = ''
  #byteCount = 0
  #tooLong = false

  constructor(onGarbage: (reason: string) => void = () => undefined) {
    this.#onGarbage = onGarbage
  }

  push(chunk: Uint8Array): RawDhcpEvent[] {
    const events: RawDhcpEvent[] = []
    let from = 0
    while (from < chunk.length) {
      const nul = chunk.indexOf(0, from)
      const to = nul === -1 ? chunk.length : nul
      this.#collect(chunk.subarray(from, to))
      if (nul !== -1) this.#endItem(events)
      from = to + 1
    }
    return events
  }

  #collect(bytes: Uint8Array): void {
    this.#byteCount += bytes.length
    if (this.#byteCount > EVENT_LIMIT_BYTES) {
      this.#tooLong = true
      this.#items = []
      // One character stands for what is not kept: whether the item is empty decides where the event ends.
      this.#rest = this.#rest.slice(0, 1)
    }
    if (!this.#tooLong) this.#rest += latin1(bytes)
    else if (bytes.length > 0) this.#rest = '?'
  }

  #endItem(events: RawDhcpEvent[]): void {
    this.#byteCount += 1
    if (this.#rest !== '') {
      if (!this.#tooLong) this.#items.push(this.#rest)
      this.#rest = ''
      return
    }
    const event = this.#tooLong ? `an event of more than ${EVENT_LIMIT_BYTES} bytes` : toEvent(this.#items)
    this.#items = []
    this.#byteCount = 0
    this.#tooLong = false
    if (typeof event === 'string') this.#onGarbage(event)
    else events.push(event)
  }
}

/** The event, or why the items are none. */
function toEvent(items: readonly string[]): RawDhcpEvent | string {
  const [count, ...rest] = items
  if (count === undefined) return 'an empty event'
  if (!/^\d{1,4}$/.test(count)) return 'an event without a number of arguments'
  const argCount = Number(count)
  if (argCount > rest.length) return 'an event with missing arguments'
  const environment = new Map<string, string>()
  for (const assignment of rest.slice(argCount)) {
    const equals = assignment.indexOf('=')
    if (equals > 0) environment.set(assignment.slice(0, equals), assignment.slice(equals + 1))
  }
  return { args: rest.slice(0, argCount), environment }
}

/** TextDecoder's 'latin1' is windows-1252, which moves the bytes 0x80 to 0x9f. */
function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
