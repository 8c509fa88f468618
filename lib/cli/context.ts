/** What every command is given. */

import { createReadStream } from 'node:fs'
import { messageOf } from '../errors.js'
import type { ControlClient } from './client.js'
import { UsageError } from './failure.js'
import { jsonFaultText } from './json-fault.js'
import type { Terminal } from './terminal.js'

export interface CommandContext {
  readonly client: ControlClient
  readonly out: Terminal
  readonly error: Terminal
  /** Answers as JSON, one value. */
  readonly json: boolean
  /** Aborted when somebody interrupts the command. */
  readonly signal: AbortSignal
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }
}

/** Far more than the configurations of one machine. */
const MAX_FILE_BYTES = 1_048_576

/** Prints JSON where it was asked for, else what `text` prints. */
export function show({ json, out }: CommandContext, value: unknown, text: () => void): void {
  if (json) out.line(JSON.stringify(value))
  else text()
}

/** The value of an argument `JSON`, `@FILE` or `@-`, which is standard input. @throws UsageError, Error */
export async function jsonArgument(argument: string, name: string, input: NodeJS.ReadableStream): Promise<unknown> {
  const text = argument.startsWith('@') ? await fileText(argument.slice(1), input) : argument
  try {
    return JSON.parse(text)
  } catch {
    // The parser's words quote what they met, which may be a secret.
    const where = argument.startsWith('@') ? `${argument.slice(1)} is not JSON` : 'not JSON, nor @FILE'
    throw new UsageError(`${name}: ${where}: ${jsonFaultText(text)}`)
  }
}

async function fileText(path: string, input: NodeJS.ReadableStream): Promise<string> {
  if (path === '-') return wholeText(input, 'standard input')
  try {
    return await wholeText(createReadStream(path), path)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === undefined) throw thrown
    throw new Error(`${path}: ${messageOf(thrown).replace(/^(\w+): (.*?),.*$/, '$2 ($1)')}`)
  }
}

/** Decoded as one: a character may lie across two chunks. */
async function wholeText(stream: AsyncIterable<string | Uint8Array>, name: string): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array)
    size += bytes.length
    if (size > MAX_FILE_BYTES) throw new Error(`${name}: more than a configuration has`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}
