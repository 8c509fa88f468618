/** Runs one command line to its exit status. */

import { CommanderError } from 'commander'
import { ControlClient } from './client.js'
import type { CommandContext } from './context.js'
import { exitStatusOf, failureLine } from './failure.js'
import { buildProgram, usageStatus } from './program.js'
import { type Output, terminalOf } from './terminal.js'

/** The parts of `process` that a command uses. */
export interface CliProcess {
  readonly stdout: Output
  readonly stderr: Output
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly env: Readonly<Record<string, string | undefined>>
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  off(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
}

/** Never rejects; what goes wrong is one line on standard error. */
export async function runCli(args: readonly string[], host: CliProcess): Promise<number> {
  const out = terminalOf(host.stdout, host.env)
  const error = terminalOf(host.stderr, host.env)
  const interrupted = new AbortController()
  let isListening = false
  const interrupt = (): void => {
    interrupted.abort()
    // Who interrupts once more ends the command, whatever it still waits for.
    host.off('SIGINT', interrupt)
    host.off('SIGTERM', interrupt)
  }
  const program = buildProgram({
    context({ json = false, socket }): CommandContext {
      const client = new ControlClient(socket)
      return {
        client,
        out,
        error,
        json,
        input: host.stdin,
        // Who asks for it ends by it; all other commands end as programs do, by the signal itself.
        get signal() {
          if (!isListening) {
            isListening = true
            host.on('SIGINT', interrupt)
            host.on('SIGTERM', interrupt)
          }
          return interrupted.signal
        },
      }
    },
    async run(flags) {
      const { runDaemon } = await import('./daemon/daemon.js')
      await runDaemon(flags)
    },
    print: (text) => out.write(text),
    printError: (text) => error.write(text),
  })
  if (args.length === 0) {
    error.write(program.helpInformation())
    return 2
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (thrown) {
    const status = usageStatus(thrown) ?? exitStatusOf(thrown)
    const isMeant = status === 0 || (thrown instanceof CommanderError && thrown.code === 'commander.help')
    const line = isMeant ? undefined : failureLine(thrown)
    if (line !== undefined) error.line(`vintage-net: ${line.replace(/^error: /, '')}`)
    return status
  } finally {
    host.off('SIGINT', interrupt)
    host.off('SIGTERM', interrupt)
  }
}
