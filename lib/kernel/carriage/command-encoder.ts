/** Commands to records. */

import type { EngineCommand } from '../messages.js'
import { compileWriter, type WriteFields } from './encode-fields.js'
import type { Schema } from './layout.js'
import { Outgoing } from './outgoing.js'

interface Entry {
  readonly number: number
  readonly bytes: number
  readonly write: WriteFields
}

/** Its own id changes with each sending. */
interface PreparedRecord {
  readonly octets: Uint8Array
  readonly numbers: Float64Array
}

/** Writes into one buffer again and again: what `encode` returns is valid until the next call. */
export class CommandEncoder {
  readonly #entries: ReadonlyMap<string, Entry>
  readonly #out = new Outgoing()
  /** Records of commands that were prepared; absent until there is one, so that bulk work need not look. */
  #prepared: WeakMap<EngineCommand, PreparedRecord> | undefined

  constructor(schema: Schema) {
    // One for all commands inside of commands: there are no deeper ones.
    let inner: CommandEncoder | undefined
    const nested = (commands: readonly object[]): Uint8Array => {
      inner ??= new CommandEncoder(schema)
      return inner.encode(commands as readonly EngineCommand[], 0)
    }
    this.#entries = new Map(
      Object.entries(schema.commands).map(([type, fields], number) => {
        const bytes = schema.bytes.commands[type] ?? 0
        return [type, { number, bytes, write: compileWriter(fields, nested) }]
      }),
    )
  }

  /** Encodes the command now; whenever that very object is sent, that record is. @throws TypeError as encode() */
  prepare(command: EngineCommand): void {
    this.#prepared ??= new WeakMap()
    this.#prepared.delete(command)
    const record = this.encode([command], 0).slice()
    this.#prepared.set(command, { octets: record, numbers: new Float64Array(record.buffer) })
  }

  /**
   * The commands with consecutive ids from `firstId` on.
   * @throws TypeError that names the command and the field, where one has another shape.
   */
  encode(commands: readonly EngineCommand[], firstId: number): Uint8Array {
    const [first] = commands
    const alone = commands.length === 1 && first !== undefined ? this.#prepared?.get(first) : undefined
    if (alone !== undefined) {
      alone.numbers[1] = firstId
      return alone.octets
    }
    const out = this.#out
    out.clear()
    for (const [index, command] of commands.entries()) {
      const prepared = this.#prepared?.get(command)
      if (prepared !== undefined) {
        out.append(prepared.octets, firstId + index)
        continue
      }
      const entry = this.#entries.get(command.type)
      if (entry === undefined) throw new TypeError(`${String(command.type)} is no command`)
      try {
        const at = out.begin(entry.number, firstId + index, entry.bytes)
        entry.write(out, at, command)
        out.end()
      } catch (thrown) {
        throw thrown instanceof TypeError ? new TypeError(`${command.type}.${thrown.message}`) : thrown
      }
    }
    return out.content
  }
}
