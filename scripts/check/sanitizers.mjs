// The C++ files by themselves; the C++ tests under sanitizers and valgrind, and the addon under sanitizers within Node.

import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { readCtest } from '../native-tests.mjs'
import { readSummary } from '../run-uvu.mjs'
import { removeForeignCmakeCache } from '../setup/build-addon.mjs'
import { capture, ROOT, run } from '../setup/step.mjs'
import { inWorld } from '../world.mjs'

/** Instrumented code is up to twenty times slower, valgrind fifty times. */
const TEST_TIMEOUT_S = 1800
/** Run with the sanitized addon: all that the real kernel can do to it. */
const ADDON_SUITE = 'test/kernel-contract/real.test.ts'

/** Halting at the first report makes the exit status tell. Node's own allocations are no leaks of ours. */
const OPTIONS = {
  ASAN_OPTIONS: 'halt_on_error=1:detect_leaks=1',
  UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
  TSAN_OPTIONS: 'halt_on_error=1:second_deadlock_stack=1',
}
/** Programs that the suite starts are not ours to check; a Node that loads the addon asks for the library by this name. */
const NOT_FOR_CHILDREN =
  'data:text/javascript,process.env.VINTAGE_NET_PRELOAD=process.env.LD_PRELOAD;delete process.env.LD_PRELOAD'
const LIBRARIES = { 'address,undefined': 'libasan.so', thread: 'libtsan.so' }

async function build(folder, options, targets = []) {
  removeForeignCmakeCache(join(ROOT, folder))
  await run('cmake', ['-S', '.', '-B', folder, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Debug', ...options])
  const wanted = targets.flatMap((target) => ['--target', target])
  await run('cmake', ['--build', folder, '--parallel', String(availableParallelism()), ...wanted])
}

async function ctest(folder) {
  const args = ['--test-dir', folder, '--verbose', '--timeout', String(TEST_TIMEOUT_S)]
  const { ok, output } = await capture('ctest', args, { env: OPTIONS })
  const counts = readCtest(output)
  if (counts.failed === 0 && (!ok || counts.passed === 0)) counts.failed += 1
  if (counts.failed > 0) process.stdout.write(`${output.trimEnd()}\n`)
  return counts
}

/** Each C++ file of the core compiled by itself: it includes what it uses. One test; the compiler's words say where it fails. */
export async function runEach() {
  await build('build-native-tests', ['-DVN_TESTS=ON', '-DVN_ADDON=OFF'], ['vn_each'])
  return { passed: 1, failed: 0, skipped: 0, skips: [] }
}

/** The C++ tests, corpus replay included, built with a sanitizer. */
export async function runSanitized(sanitizer) {
  const folder = `build-${sanitizer.replace(',', '-')}`
  await build(folder, ['-DVN_TESTS=ON', '-DVN_ADDON=OFF', `-DVN_SANITIZE=${sanitizer}`])
  return ctest(folder)
}

/**
 * The C++ tests, unchanged, under valgrind. A damaged message is one of ten thousands, so their storm is left to the
 * sanitizers; valgrind answers in its own way for a stack that no address space holds, and keeps descriptors beyond the limit for itself.
 */
export async function runValgrind() {
  await build('build-native-tests', ['-DVN_TESTS=ON', '-DVN_ADDON=OFF'], ['vn_unit', 'vn_replay'])
  const valgrind = ['--error-exitcode=1', '--quiet', '--leak-check=full', '--errors-for-leak-kinds=definite']
  const counts = { passed: 0, failed: 0, skipped: 0, skips: [] }
  const programs = [
    ['vn_unit', '--test-case-exclude=*safe for every decoder*,*no thread left*,*no descriptor left*'],
    ['vn_replay', join(ROOT, 'test', 'fixtures', 'fuzz')],
  ]
  for (const [program, ...args] of programs) {
    const { ok, output } = await capture('valgrind', [...valgrind, join(ROOT, 'build-native-tests', program), ...args])
    counts[ok ? 'passed' : 'failed'] += 1
    if (!ok) process.stdout.write(`${output.trimEnd()}\n`)
  }
  return counts
}

/**
 * The addon, built with a sanitizer, in Node, which is not: the sanitizer's library is loaded first. It takes the place of
 * the developer's build within the world only, by a mount.
 */
export async function runAddon(sanitizer) {
  const folder = `build-addon-${sanitizer.replace(',', '-')}`
  await build(folder, [`-DVN_SANITIZE=${sanitizer}`])
  const library = (await run('g++', [`-print-file-name=${LIBRARIES[sanitizer]}`])).trim()
  const mount = `mount --bind ${folder}/Release build-cmake/Release && LD_PRELOAD="$0" exec "$@"`
  const node = [process.execPath, '--import', NOT_FOR_CHILDREN, '--enable-source-maps', '--import', 'tsx', ADDON_SUITE]
  const { program, args, env } = await inWorld(['sh', '-c', mount, library, ...node])
  // What orders the threads of a Node that is not built with the sanitizer, is not seen: only what we call counts.
  const TSAN_OPTIONS = `${OPTIONS.TSAN_OPTIONS}:ignore_noninstrumented_modules=1`
  const options = {
    ...OPTIONS,
    TSAN_OPTIONS,
    ASAN_OPTIONS: 'halt_on_error=1:detect_leaks=0',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
  }
  const { ok, output } = await capture(program, args, { env: { ...env, ...options } })
  const counts = readSummary(output, ok ? undefined : 'failed')
  if (counts.failed > 0) process.stdout.write(`${output.trimEnd()}\n`)
  return counts
}
