// node scripts/run-uvu.mjs [--world] [--timeout-ms N] FILE…
// Runs uvu test files, each in a process of its own: a crash of the addon costs one file, and no state is shared.
// uvu's facts: its summary stands at the end of the output, `Total` excludes the skipped, failed = Total - Passed;
// a failing `before` hook shows only as Passed < Total, with exit status 0.

import { spawn } from 'node:child_process'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { childEnv, ROOT } from './setup/step.mjs'
import { runMain } from './setup.mjs'
import { inWorld } from './world.mjs'

/** A file that takes longer is ended and fails. */
const DEFAULT_TIMEOUT_MS = 120_000
/** The files that may take longer, and why. */
const TIMEOUTS = [
  { folder: 'test/system/', timeoutMs: 300_000 }, // real daemons, ten times as slow on a busy machine; ten benchmarks in one file; a recorded session
  { folder: 'test/kernel-contract/', timeoutMs: 300_000 }, // a hundred namespaces, one after the other
  { folder: 'test/simulation/', timeoutMs: 600_000 }, // many seeds in one file
  { folder: 'test/service/', timeoutMs: 300_000 }, // the boot of a service manager, a watchdog's time
  { folder: 'test/package/', timeoutMs: 600_000 }, // installs and builds a fresh copy
  { folder: 'test/prebuilds/', timeoutMs: 3_600_000 }, // the whole system suite; C++ compiled for six platforms, and run emulated
  // Ten times as many changes, of several seeds.
  { folder: 'test/differential/', timeoutMs: process.env.VINTAGE_NET_FULL === '1' ? 7_200_000 : 300_000 },
  // A thousand rounds of each cell, some of which begin a thread or two each.
  { folder: 'test/lifetime/', timeoutMs: process.env.VINTAGE_NET_FULL === '1' ? 7_200_000 : 300_000 },
]
/** Of a file that floods its output, the end is kept: the summary is there. */
const MAX_OUTPUT_CHARS = 4_000_000

function timeoutMsOf(file) {
  return TIMEOUTS.find(({ folder }) => file.startsWith(folder))?.timeoutMs ?? DEFAULT_TIMEOUT_MS
}

async function commandOf(file, world) {
  const node = ['--enable-source-maps', '--import', 'tsx', file]
  const plain = { program: process.execPath, args: node, env: childEnv() }
  const command = world ? await inWorld([process.execPath, ...node], { preferPlain: world === 'root' }) : plain
  return { ...command, env: { ...command.env, NO_COLOR: '1', FORCE_COLOR: '0' } }
}

/** Runs one file to its end; `problem` says what was wrong besides what uvu counted. */
async function execute(file, world, timeoutMs) {
  const { program, args, env } = await commandOf(file, world)
  return new Promise((resolve) => {
    // Its own process group, so that a deadline ends what the test has started as well.
    const child = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let output = ''
    let problem
    const collect = (chunk) => {
      output = (output + chunk).slice(-MAX_OUTPUT_CHARS)
    }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    const deadline = setTimeout(() => {
      problem = `did not end within ${timeoutMs / 1000} s`
      killGroup(child.pid)
    }, timeoutMs)
    child.on('error', (error) => {
      problem = error.message
    })
    child.on('exit', () => killGroup(child.pid)) // what it left behind would hold our pipes open
    child.on('close', (code, signal) => {
      clearTimeout(deadline)
      if (code !== 0) problem ??= signal === null ? `exit status ${code}` : `ended by ${signal}`
      resolve({ output, problem })
    })
  })
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

function lastNumber(output, label) {
  const matches = [...output.matchAll(new RegExp(`^  ${label}: +(\\d+)`, 'gm'))]
  return matches.length === 0 ? undefined : Number(matches.at(-1)[1])
}

/** What a file's output says: counts, the named skips, and the problem if there is one that no count shows. */
export function readSummary(output, problem) {
  const skips = [...output.matchAll(/^skipped: (.+?): (.+)$/gm)].map(([, title, reason]) => ({ title, reason }))
  const total = lastNumber(output, 'Total')
  const passed = lastNumber(output, 'Passed')
  const skipped = lastNumber(output, 'Skipped')
  if (total === undefined || passed === undefined || skipped === undefined) {
    const why = `no summary of uvu${problem === undefined ? ' (is test.run() missing?)' : `: ${problem}`}`
    return { passed: 0, failed: 1, skipped: 0, skips: [], problem: why }
  }
  const counts = { passed, failed: total - passed, skipped, skips, problem: undefined }
  if (skipped !== skips.length) {
    counts.problem = `uvu skipped ${skipped}, ${skips.length} named: a skip goes through test/support/skip.ts, .only is forbidden`
  } else if (total === 0 && skipped === 0) {
    counts.problem = 'has no tests'
  } else if (problem !== undefined && total === passed) {
    counts.problem = `${problem}, although every test passed`
  }
  return counts.problem === undefined ? counts : { ...counts, failed: counts.failed + 1 }
}

/** Prints how a file ended; its output only where it failed. */
export function report(file, counts, output, seconds) {
  const tally = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped, ${seconds} s`
  if (counts.failed === 0) return process.stdout.write(`ok    ${file} (${tally})\n`)
  process.stdout.write(`FAIL  ${file} (${tally})\n${output.trimEnd()}\n`)
  if (counts.problem !== undefined) process.stdout.write(`${file}: ${counts.problem}\n`)
}

/** Adds counts up. */
export function sum(list) {
  const total = { passed: 0, failed: 0, skipped: 0, skips: [] }
  for (const counts of list) {
    for (const key of ['passed', 'failed', 'skipped']) total[key] += counts[key]
    total.skips.push(...(counts.skips ?? []))
  }
  return total
}

/** Runs files (paths relative to the root), `parallel` at a time, each in a world of its own when `world`, one of root's when that is 'root'. */
export async function runFiles(files, { world = false, parallel = 1, timeoutMs } = {}) {
  const waiting = [...files]
  const results = []
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const startedMs = performance.now()
      const { output, problem } = await execute(file, world, timeoutMs ?? timeoutMsOf(file))
      const counts = readSummary(output, problem)
      counts.skips = counts.skips.map((skip) => ({ ...skip, file }))
      report(file, counts, output, ((performance.now() - startedMs) / 1000).toFixed(1))
      results.push(counts)
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return sum(results)
}

/** Prints the named skips and the closing line, the last thing printed; returns the exit status. */
export function close({ passed, failed, skipped, skips }) {
  for (const { file, title, reason } of skips) process.stdout.write(`skipped: ${file}: ${title}: ${reason}\n`)
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  return failed > 0 || passed === 0 ? 1 : 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { world: { type: 'boolean' }, 'timeout-ms': { type: 'string' } },
    })
    const timeoutMs = values['timeout-ms'] === undefined ? undefined : Number(values['timeout-ms'])
    const files = positionals.map((file) => relative(ROOT, resolve(file)))
    return close(await runFiles(files, { world: values.world, timeoutMs }))
  })
}
