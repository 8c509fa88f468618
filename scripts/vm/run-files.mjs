// Runs uvu test files in one virtual machine, one after the other, each in namespaces of its own, and reports each as it ends.

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { sum } from '../run-uvu.mjs'
import { childEnv, ROOT, SetupError } from '../setup/step.mjs'
import { compileTests } from './compile.mjs'
import { RUN_IN_VM, reasonAgainstVm } from './prepare.mjs'
import { Progress, skipAll, timeoutSecondsOf } from './progress.mjs'

/** The whole run; on a quiet computer it takes a fifth of it. */
const WHOLE_TIMEOUT_S = process.env.VINTAGE_NET_FULL === '1' ? 3_600 : 1_800
const MEMORY_MB = '1536'
/** Runs the machine to its end; SIGINT and SIGTERM end it, and then us. */
async function runMachine(list, onLine) {
  const args = ['-t', String(WHOLE_TIMEOUT_S), '-m', MEMORY_MB, '--', join(ROOT, 'test/vm/run-files.sh')]
  args.push(list, process.execPath)
  // A process group of its own, so that Ctrl-C reaches it once, through us; and it must not outlive us.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', 'bash', RUN_IN_VM, ...args], {
    cwd: ROOT,
    env: childEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let interrupted
  const interrupt = (name) => {
    interrupted ??= name
    child.kill('SIGTERM')
  }
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, interrupt)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    said += chunk
  })
  createInterface({ input: child.stdout }).on('line', onLine)
  try {
    const code = await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    return { code, said, interrupted }
  } finally {
    for (const name of ['SIGINT', 'SIGTERM']) process.off(name, interrupt)
  }
}

async function runCompiled(files, folder) {
  const compiled = await compileTests(files, folder)
  const list = join(folder, 'list')
  writeFileSync(list, files.map((file) => `${file}\t${compiled.get(file)}\t${timeoutSecondsOf(file)}\n`).join(''))
  const progress = new Progress()
  const { code, said, interrupted } = await runMachine(list, (line) => progress.take(line))
  if (interrupted === undefined) progress.close(files, code, said)
  return { counts: progress.counts, interrupted }
}

/** How long a program of the benchmark may take. */
const BENCH_TIMEOUT_S = 900

/** Runs one TypeScript program (a path relative to the root) in a machine of its own; resolves with the lines that it printed. */
export async function runProgramInVm(file) {
  const reason = await reasonAgainstVm()
  if (reason !== undefined) throw new SetupError(`${file}: ${reason}`)
  const folder = makeFolder()
  try {
    const compiled = await compileTests([file], folder)
    const list = join(folder, 'list')
    writeFileSync(list, `${file}\t${compiled.get(file)}\t${BENCH_TIMEOUT_S}\n`)
    const lines = []
    const { code, said, interrupted } = await runMachine(list, (line) => lines.push(line))
    if (interrupted !== undefined) process.kill(process.pid, interrupted)
    const ended = lines.includes(`\x1eend\t${file}\t0`)
    if (code !== 0 || !ended)
      throw new SetupError(`${file} failed in the virtual machine:\n${lines.join('\n')}\n${said}`)
    return lines
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A folder for what is compiled; those of runs that were killed go. */
function makeFolder() {
  const cache = join(ROOT, '.cache')
  mkdirSync(cache, { recursive: true })
  for (const name of readdirSync(cache)) {
    const [, pid] = /^vm-(\d+)-/.exec(name) ?? []
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(cache, name), { recursive: true, force: true })
  }
  return mkdtempSync(join(cache, `vm-${process.pid}-`))
}

/** Runs test files (paths relative to the root) in one machine; where there can be none, each is skipped by name. */
export async function runFilesInVm(files) {
  if (files.length === 0) return sum([])
  const reason = await reasonAgainstVm()
  if (reason !== undefined) return skipAll(files, reason)
  const folder = makeFolder()
  let result
  try {
    result = await runCompiled(files, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  if (result.interrupted !== undefined) process.kill(process.pid, result.interrupted)
  return result.counts
}
