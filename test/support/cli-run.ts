/** Runs a command line of vintage-net in this process, and keeps what it says. */

import { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import { runCli } from '../../lib/cli/run-cli.js'

export interface CliResult {
  readonly status: number
  readonly out: string
  readonly error: string
}

export interface CliOptions {
  readonly socket?: string
  /** The output is a terminal of so many columns. */
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
  /** Standard input. */
  readonly input?: Readable & { isTTY?: boolean }
  /** Where its signals come from. */
  readonly signals?: EventEmitter
  /** Called with each piece of output. */
  onOut?(text: string, signals: EventEmitter): void
}

export async function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const said = { out: '', error: '' }
  const signals = options.signals ?? new EventEmitter()
  const stdout = {
    isTTY: options.columns !== undefined,
    columns: options.columns ?? 0,
    rows: 24,
    write(text: string) {
      said.out += text
      options.onOut?.(text, signals)
    },
  }
  const stderr = {
    write(text: string) {
      said.error += text
    },
  }
  const input = options.input ?? Readable.from([])
  const env = { ...(options.socket === undefined ? {} : { VINTAGE_NET_SOCKET: options.socket }), ...options.env }
  // commander reads the environment of the process itself.
  const before = process.env['VINTAGE_NET_SOCKET']
  if (options.socket !== undefined) process.env['VINTAGE_NET_SOCKET'] = options.socket
  try {
    // A daemon that started by mistake would change this very machine: it finds no file.
    const safe = args[0] === 'run' ? [...args, '--config', '/nowhere/net.json'] : args
    const status = await runCli(safe, {
      stdout,
      stderr,
      stdin: input,
      env,
      on: signals.on.bind(signals),
      off: signals.off.bind(signals),
    })
    return { status, ...said }
  } finally {
    if (before === undefined) delete process.env['VINTAGE_NET_SOCKET']
    else process.env['VINTAGE_NET_SOCKET'] = before
  }
}
