/** What every command is given. */

import { readFile } from 'node:fs/promises'
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
  if (path !== '-') {
    try {
      return await readFile(path, 'utf8')
    } catch (thrown) {
      throw new Error(`${path}: ${messageOf(thrown).replace(/^(\w+): (.*?),.*$/, '$2 ($1)')}`)
    }
  }
  let text = ''
  for await (const chunk of input) {
    text += String(chunk)
    if (text.length > MAX_FILE_BYTES) throw new Error('standard input: more than a configuration has')
  }
  return text
}
