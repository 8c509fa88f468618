// Running commands for the scripts: quiet when they succeed, their whole output when they fail.
// Builtins only: these files run before anything is installed.

import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Root folder of the project. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Debian keeps network programs where an ordinary user's PATH does not look. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** What a person has to do or to mend; printed without a stack. */
export class SetupError extends Error {}

/** Environment of every child: the project's own programs and the system's are found, npm's `nodedir` is not inherited. */
export function childEnv(extra = {}) {
  const path = [join(ROOT, 'node_modules', '.bin'), ...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS]
  const env = { ...process.env }
  // cmake-js would take headers from there, although package.json says which Node-API it wants.
  delete env.npm_config_nodedir
  return { ...env, PATH: [...new Set(path.filter((folder) => folder !== ''))].join(delimiter), ...extra }
}

/** Full path of a program, or undefined. */
export function findProgram(name) {
  for (const folder of childEnv().PATH.split(delimiter)) {
    const path = join(folder, name)
    if (existsSync(path)) return path
  }
  return undefined
}

/** Runs a program and resolves with its status and everything it printed. `bare`: its whole environment, nothing is added. */
export function capture(program, args, { env = {}, cwd = ROOT, bare = childEnv(env) } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env: bare, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (chunk) => {
      output += chunk
    }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    child.on('error', (error) => resolve({ ok: false, output: `${output}${program}: ${error.message}\n` }))
    child.on('close', (code, signal) =>
      resolve({ ok: code === 0, output: signal === null ? output : `${output}${program}: ended by ${signal}\n` }),
    )
  })
}

/** Runs a program; throws a SetupError with its whole output when it fails. */
export async function run(program, args, options) {
  const { ok, output } = await capture(program, args, options)
  if (!ok) throw new SetupError(`${[program, ...args].join(' ')} failed:\n${output.trimEnd()}`)
  return output
}

/** Does one piece of work and says on standard error how long it took (standard output belongs to the caller's result). */
export async function step(title, work) {
  const startedMs = performance.now()
  const result = await work()
  process.stderr.write(`setup: ${title} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)\n`)
  return result
}

/** Time of the last change at or below the paths, in ms since the epoch; folders count, so that a removed file shows. */
export function newestChangeMs(paths) {
  let newestMs = 0
  for (const path of paths) {
    if (!existsSync(path)) continue
    const stat = statSync(path)
    newestMs = Math.max(newestMs, stat.mtimeMs)
    if (stat.isDirectory()) {
      newestMs = Math.max(newestMs, newestChangeMs(readdirSync(path).map((name) => join(path, name))))
    }
  }
  return newestMs
}
