// A world: fresh network, mount and process namespaces in which a test, the demo or a benchmark is root.
// Everything in it ends with its first process.

import { spawn } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { capture, childEnv, ROOT, SetupError } from './setup/step.mjs'

const NAMESPACES = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child']
const INIT = join(ROOT, 'scripts', 'world-init.sh')
/** How long a program in a world may take to end after an interrupt before the world is ended. */
const INTERRUPT_GRACE_MS = 10_000

const known = new Map()

async function findUnshare(preferPlain) {
  const asUser = ['--user', '--map-root-user', ...NAMESPACES]
  const plainFirst = preferPlain ? await capture('unshare', [...NAMESPACES, 'true']) : { ok: false }
  if (plainFirst.ok) return NAMESPACES
  const user = await capture('unshare', [...asUser, 'true'])
  if (user.ok) return asUser
  const root = await capture('unshare', [...NAMESPACES, 'true'])
  if (root.ok) return NAMESPACES
  throw new SetupError(
    [
      'cannot make namespaces to work in:',
      `  ${user.output.trim()}`,
      'Run as root, or allow user namespaces: as root type, whichever this kernel has:',
      '  sysctl -w kernel.unprivileged_userns_clone=1',
      '  sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
    ].join('\n'),
  )
}

/**
 * The command line that runs `command` in a fresh world; user namespaces where allowed, else root's plain ones, or the
 * other way round with `preferPlain`.
 */
export async function inWorld(command, { preferPlain = false } = {}) {
  if (!known.has(preferPlain)) known.set(preferPlain, await findUnshare(preferPlain))
  return {
    program: 'unshare',
    args: [...known.get(preferPlain), 'sh', INIT, ...command],
    // Lets code inside tell that it is not in the machine's own network namespace.
    env: childEnv({ VINTAGE_NET_OUTER_NETNS: readlinkSync('/proc/self/ns/net') }),
  }
}

/** Process id, as seen from here, of the world's first process. */
function firstProcess(unsharePid) {
  try {
    return Number(readFileSync(`/proc/${unsharePid}/task/${unsharePid}/children`, 'utf8').trim()) || undefined
  } catch {
    return undefined // it has ended
  }
}

function signal(pid, name) {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

/**
 * Runs a command in a world with our own standard streams and resolves with its exit status.
 * SIGINT and SIGTERM are passed on; a program that does not end by them is ended with its world.
 */
export async function runInWorld(command, options) {
  const { program, args, env } = await inWorld(command, options)
  // Its own process group: Ctrl-C then reaches us only, and the program inside exactly once, through us.
  const child = spawn(program, args, { cwd: ROOT, env, stdio: 'inherit', detached: true })
  let deadline
  const forward = (name) => {
    const pid = firstProcess(child.pid)
    if (pid !== undefined) signal(pid, name)
    deadline ??= setTimeout(() => signal(child.pid, 'SIGKILL'), INTERRUPT_GRACE_MS)
  }
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, forward)
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, name) => resolve(code ?? 128 + constants.signals[name]))
    })
  } finally {
    clearTimeout(deadline)
    for (const name of ['SIGINT', 'SIGTERM']) process.off(name, forward)
  }
}
