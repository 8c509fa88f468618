/** Running system programs for the lab, in the world's namespace or in a named one. */

import { execa, type Options } from 'execa'

/** Debian keeps network programs where an ordinary user's PATH does not look. */
export const PROGRAM_PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`

/** No single command of the lab takes longer unless it hangs. */
const COMMAND_TIMEOUT_MS = 30_000

/** What a command printed and how it ended; `exitCode` is undefined when a signal ended it. */
export interface CommandResult {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** The file that holds a named network namespace. */
export function namespacePath(name: string): string {
  return `/run/netns/${name}`
}

/**
 * A command line that runs in a named network namespace. nsenter becomes the program, so its process id is the program's,
 * and unlike `ip netns exec` it leaves the mounts alone.
 */
export function inNamespace(name: string, program: string, args: readonly string[]): [string, string[]] {
  return ['nsenter', [`--net=${namespacePath(name)}`, program, ...args]]
}

/** Runs a program to its end, whatever its status. */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: Options = {},
): Promise<CommandResult> {
  const result = await execa(program, args, {
    timeout: COMMAND_TIMEOUT_MS,
    stdin: 'ignore',
    ...options,
    env: { PATH: PROGRAM_PATH, ...options.env },
    reject: false,
  })
  if (result.timedOut) throw new Error(`${result.escapedCommand}: did not end in time`)
  if (result.code === 'ENOENT') throw new Error(`${program}: no such program`)
  return { exitCode: result.exitCode, stdout: String(result.stdout ?? ''), stderr: String(result.stderr ?? '') }
}

/** Runs a program that must succeed and resolves with what it printed. */
export async function mustRun(program: string, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(program, args)
  if (exitCode !== 0) throw new Error(`${[program, ...args].join(' ')}: status ${exitCode}: ${stderr}`)
  return stdout
}

/** Runs `ip -json` in a named namespace; resolves with the records it printed (none for a command). T is not checked. */
export async function ipIn<T = unknown>(namespace: string, args: readonly string[]): Promise<readonly T[]> {
  const stdout = await mustRun('ip', ['-n', namespace, '-json', ...args])
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as T[])
}

/** Sets kernel parameters of a named namespace; keys are paths below /proc/sys. */
export async function setSysctls(namespace: string, values: Readonly<Record<string, string>>): Promise<void> {
  const script = Object.entries(values).map(([key, value]) => `echo '${value}' > /proc/sys/${key}`)
  await mustRun(...inNamespace(namespace, 'sh', ['-e', '-c', script.join('\n')]))
}
