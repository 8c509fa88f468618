// Building and running the libFuzzer targets: one for each file of test/native/fuzz/.

import { mkdirSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { sum } from '../run-uvu.mjs'
import { removeForeignCmakeCache } from '../setup/build-addon.mjs'
import { capture, ROOT, run } from '../setup/step.mjs'
import { readFolder, seeds, writeEntries, writeFolder } from './corpus.mjs'

const BUILD = 'build-fuzz'
const KEPT = join(ROOT, 'test', 'fixtures', 'fuzz')
/** No message of the kernel that we read is longer; shorter inputs run faster. */
const MAX_INPUT_BYTES = 4096
/** What one target may keep. */
const MAX_KEPT_INPUTS = 200

export function fuzzTargets() {
  const files = readdirSync(join(ROOT, 'test', 'native', 'fuzz'))
  return files
    .filter((file) => file.endsWith('.cc'))
    .map((file) => file.replace('.cc', ''))
    .sort()
}

async function build(targets) {
  removeForeignCmakeCache(join(ROOT, BUILD))
  const options = ['-DVN_FUZZ=ON', '-DVN_ADDON=OFF', '-DCMAKE_CXX_COMPILER=clang++-14']
  await run('cmake', ['-S', '.', '-B', BUILD, '-G', 'Ninja', ...options])
  const wanted = targets.flatMap((target) => ['--target', `fuzz_${target}`])
  await run('cmake', ['--build', BUILD, '--parallel', String(availableParallelism()), ...wanted])
}

/** The smallest part of the inputs that reaches as much as all of them; the shortest, where there are too many. */
async function keep(target, program, folder) {
  const smallest = join(ROOT, BUILD, 'smallest', target)
  writeFolder(smallest, [])
  await run(program, ['-merge=1', `-max_len=${MAX_INPUT_BYTES}`, smallest, folder])
  const inputs = readFolder(smallest).sort((a, b) => a.length - b.length)
  writeEntries(join(KEPT, target, 'corpus.bin'), inputs.slice(0, MAX_KEPT_INPUTS))
}

async function fuzz(target, { seconds, keep: wanted }) {
  const program = join(ROOT, BUILD, `fuzz_${target}`)
  const folder = join(ROOT, BUILD, 'corpus', target)
  mkdirSync(join(KEPT, target), { recursive: true })
  writeFolder(folder, seeds(join(KEPT, target)))
  const artifacts = `-artifact_prefix=${join(KEPT, target)}/`
  const limits = [`-max_total_time=${seconds}`, `-max_len=${MAX_INPUT_BYTES}`, '-timeout=10', '-print_final_stats=1']
  const { ok, output } = await capture(program, [...limits, artifacts, folder])
  const runs = /stat::number_of_executed_units: *(\d+)/.exec(output)?.[1] ?? '0'
  const rate = /stat::average_exec_per_sec: *(\d+)/.exec(output)?.[1] ?? '0'
  const good = ok && Number(runs) > 0
  process.stdout.write(
    good ? `ok    fuzz ${target} (${runs} runs, ${rate} a second)\n` : `FAIL  fuzz ${target}\n${output.slice(-8000)}\n`,
  )
  if (good && wanted) await keep(target, program, folder)
  return { passed: good ? 1 : 0, failed: good ? 0 : 1, skipped: 0, skips: [] }
}

/** Fuzzes each target for that long; resolves with the counts, a target counting as one test. */
export async function runFuzz(targets, options) {
  await build(targets)
  const results = []
  for (const target of targets) results.push(await fuzz(target, options))
  return sum(results)
}
