/** Runs a short command to its end, within a deadline. */

import { NetworkError } from '../errors.js'
import { settlesWithin } from './deadline.js'
import { endProcess } from './end-process.js'
import { baseName, programMissing } from './find-program.js'
import { readLines } from './lines.js'
import { childEnvironment, type ProgramDeps } from './program-deps.js'
import type { ProcessExit, SpawnedProcess } from './spawn.js'

/** A command that is told to end gets this long before it is killed: it has nothing to hang up. */
const GRACE_MS = 500

/** How long output may trail the end of the command, where a descendant that left its group holds the pipe. */
const DRAIN_LIMIT_MS = 200

/** Output beyond this is logged, not kept: the programs here print a screenful. */
const OUTPUT_LIMIT_CHARS = 65_536

export interface RunRequest {
  /** Name or absolute path. */
  readonly program: string
  readonly args: readonly string[]
  /** The command, with its descendants, is ended after this time. */
  readonly deadlineMs: number
  readonly signal?: AbortSignal | undefined
  readonly ifname?: string | undefined
  /** Stands before each line in the log; default: the program's name, a colon and a blank. */
  readonly logPrefix?: string | undefined
}

export interface RunResult {
  readonly exitCode: number
  /** Lines of standard output and standard error as they came, each with its newline, empty ones left out. */
  readonly output: string
}

/**
 * Runs a command and resolves with its status, whatever that is.
 * @throws NetworkError ERR_PROGRAM_MISSING, ERR_PROGRAM_FAILED where a signal killed it, ERR_TIMEOUT, ERR_CANCELLED
 */
export async function runProgram(deps: ProgramDeps, request: RunRequest): Promise<RunResult> {
  const name = baseName(request.program)
  const program = await deps.findProgram(request.program)
  throwIfCancelled(request, name)
  const child = deps.spawn({ program, args: request.args, env: childEnvironment(deps), netns: deps.netns })
  const output = collectOutput(deps, request, child)
  const exit = await exitWithin(deps, request, child)
  await settlesWithin(output.ended, deps.clock, DRAIN_LIMIT_MS)
  if (exit.error !== undefined) throw startFailure(deps, program, exit.error)
  if (exit.signal !== undefined) throw failure(request, `${name}: killed by ${exit.signal}`)
  return { exitCode: exit.exitCode ?? 0, output: output.text() }
}

/**
 * Runs a command that must end with status 0; resolves with its output.
 * @throws NetworkError as runProgram does, and ERR_PROGRAM_FAILED for another status
 */
export async function runChecked(deps: ProgramDeps, request: RunRequest): Promise<string> {
  const { exitCode, output } = await runProgram(deps, request)
  if (exitCode === 0) return output
  deps.logger.error(
    { ifname: request.ifname, exitCode, output },
    `${baseName(request.program)}: ended with status ${exitCode}`,
  )
  throw failure(request, endText(baseName(request.program), exitCode, output.trimEnd().split('\n').at(-1)))
}

/** 'udhcpc: ended with status 1: bind: Address already in use'. */
export function endText(name: string, exitCode: number, lastLine: string | undefined): string {
  const because = lastLine === undefined || lastLine === '' ? '' : `: ${lastLine}`
  return `${name}: ended with status ${exitCode}${because}`
}

/** The error for a child that could not be started. */
export function startFailure(
  deps: ProgramDeps,
  program: string,
  error: { readonly code: string; readonly message: string },
): NetworkError {
  if (error.code === 'ENOENT') return programMissing(program, deps.path)
  return new NetworkError('ERR_PROGRAM_FAILED', `${baseName(program)}: could not be started: ${error.message}`, {
    operation: baseName(program),
    cause: error,
  })
}

function collectOutput(deps: ProgramDeps, request: RunRequest, child: SpawnedProcess) {
  const prefix = request.logPrefix ?? `${baseName(request.program)}: `
  let text = ''
  const onLine = (line: string) => {
    deps.logger.debug({ ifname: request.ifname }, `${prefix}${line}`)
    if (text.length + line.length < OUTPUT_LIMIT_CHARS) text += `${line}\n`
  }
  const ended = Promise.all([readLines(child.stdout, onLine), readLines(child.stderr, onLine)])
  return { ended, text: () => text }
}

/** The exit of a child that ends by itself; one that does not is ended. */
async function exitWithin(deps: ProgramDeps, request: RunRequest, child: SpawnedProcess): Promise<ProcessExit> {
  const name = baseName(request.program)
  const interrupted = interruption(request.signal)
  const race = Promise.race([child.exited, interrupted.promise])
  const inTime = await settlesWithin(race, deps.clock, request.deadlineMs)
  interrupted.forget()
  if (inTime && request.signal?.aborted !== true) return child.exited
  if (!(await endProcess(child, deps.clock, GRACE_MS)))
    deps.logger.error({ pid: child.pid }, `${name}: outlived SIGKILL`)
  throwIfCancelled(request, name)
  throw new NetworkError('ERR_TIMEOUT', `${name}: did not end within ${request.deadlineMs} ms`, {
    operation: name,
    ifname: request.ifname,
  })
}

function interruption(signal: AbortSignal | undefined): { promise: Promise<void>; forget: () => void } {
  let forget = (): void => undefined
  const promise = new Promise<void>((resolve) => {
    const onAbort = () => resolve()
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted === true) resolve()
    forget = () => signal?.removeEventListener('abort', onAbort)
  })
  return { promise, forget }
}

function throwIfCancelled(request: RunRequest, name: string): void {
  if (request.signal?.aborted !== true) return
  throw new NetworkError('ERR_CANCELLED', `${name}: cancelled`, { operation: name, ifname: request.ifname })
}

function failure(request: RunRequest, message: string): NetworkError {
  return new NetworkError('ERR_PROGRAM_FAILED', message, {
    operation: baseName(request.program),
    ifname: request.ifname,
  })
}
