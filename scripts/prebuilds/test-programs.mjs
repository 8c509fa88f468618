// C++ test programs for other processors and C libraries, linked with the very objects that a ready-made addon was made of.

import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT, run, SetupError } from '../setup/step.mjs'
import { ensureZig } from './compiler.mjs'
import { buildFolder } from './make.mjs'
import { CACHE } from './pinned-package.mjs'
import { OLDEST_GLIBC, PLATFORMS } from './platforms.mjs'

const CORE = JSON.parse(readFileSync(join(ROOT, 'native', 'sources.json'), 'utf8')).core
const TESTS = join(ROOT, 'test', 'native')
/** The C++ tests ask for default attributes of threads, which 2.18 brought; up to 2.33 all functions of a 32-bit `time_t` are there. */
const GLIBC_OF_TESTS = '2.31'
const FLAGS = ['-std=c++20', '-fno-exceptions', '-O1', '-fno-sanitize=undefined', '-pthread', '-fPIC', '-w']

/** Nothing of these is shipped: their core is compiled with the program, not taken from an addon. */
const UNSHIPPED = [
  // A 32-bit big-endian processor that QEMU and zig know.
  { name: 'mips-musl', target: 'mips-linux-musl', flags: [] },
  // Ends at an access that is not aligned as 32-bit ARM's rules ask for, which QEMU would pass over.
  {
    ...PLATFORMS.find(({ name }) => name === 'arm-musl'),
    name: 'arm-aligned',
    flags: ['-fsanitize=alignment', '-fsanitize-trap=alignment'],
  },
]

function sourcesOf(program) {
  const list = (folder, pattern) =>
    readdirSync(join(TESTS, folder))
      .filter((name) => pattern.test(name))
      .map((name) => join(TESTS, folder, name))
  if (program === 'vn_decode') return [join(TESTS, 'tools', 'decode.cc')]
  if (program === 'misaligned') return [join(ROOT, 'test', 'prebuilds', 'misaligned.cc')]
  return [...list('', /(_test|golden|main)\.cc$/), ...list('fuzz', /\.cc$/)]
}

/** doctest is a header; the system's other headers must not be seen. */
function includeFolder(folder) {
  mkdirSync(join(folder, 'doctest'), { recursive: true })
  copyFileSync('/usr/include/doctest/doctest.h', join(folder, 'doctest', 'doctest.h'))
  return folder
}

/** Compiles sources, some at a time, and resolves with the objects' paths; zig's cache knows those that it has compiled before. */
async function compile(sources, folder, command) {
  mkdirSync(folder, { recursive: true })
  const waiting = sources.map((source) => ({
    source,
    object: join(folder, relative(ROOT, source).replaceAll('/', '+')),
  }))
  const objects = waiting.map(({ object }) => `${object}.o`)
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await command(['-c', next.source, '-o', `${next.object}.o`])
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  return objects
}

/** The core's objects of a shipped platform. */
function shippedObjects(platform) {
  const objects = join(buildFolder(platform), 'build', 'Release', 'obj.target', 'vintage_net')
  return CORE.map((source) => join(objects, source.replace(/\.cc$/, '.o')))
}

/**
 * Builds `vn_decode`, `vn_unit` or `misaligned` for a platform, for programs without a dynamic linker where the C library is musl, and
 * resolves with its path. `shared`: as a library whose `main` a launcher calls.
 */
export async function buildTestProgram(platformName, program, shared) {
  const platform = [...PLATFORMS, ...UNSHIPPED].find(({ name }) => name === platformName)
  if (platform === undefined) throw new SetupError(`no such platform: ${platformName}`)
  const folder = join(ROOT, 'build-prebuilds', 'tests')
  const include = ['native', 'test/native'].map((path) => `-I${join(ROOT, path)}`)
  const target = program === 'vn_unit' ? platform.target.replace(OLDEST_GLIBC, GLIBC_OF_TESTS) : platform.target
  const flags = ['-target', target, ...(platform.cpu === undefined ? [] : [`-mcpu=${platform.cpu}`]), ...FLAGS]
  flags.push(
    ...(platform.flags ?? []),
    ...include,
    `-I${includeFolder(join(folder, 'include'))}`,
    `-DVN_FIXTURES="${join(ROOT, 'test', 'fixtures')}"`,
  )
  const zig = await ensureZig()
  const cache = join(CACHE, 'zig')
  const env = { ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache }
  const command = (args) => run(zig, ['c++', ...flags, ...args], { env })
  const own = UNSHIPPED.includes(platform) ? CORE.map((source) => join(ROOT, source)) : []
  const objects = await compile([...sourcesOf(program), ...own], join(folder, platformName), command)
  if (own.length === 0) objects.push(...shippedObjects(platform))
  const file = join(folder, `${program}-${platformName}${shared ? '.so' : ''}`)
  // -s as for the addons: zig's cache then has its own C++ library ready.
  await command(['-s', ...(shared ? ['-shared'] : []), ...objects, '-o', file])
  return file
}

/** Links a platform's addon once more, as node-gyp did, but with all its symbols, and resolves with its path. */
export async function linkWithSymbols(platformName) {
  const platform = PLATFORMS.find(({ name }) => name === platformName)
  const build = join(buildFolder(platform), 'build')
  const note = readFileSync(join(build, 'Release', '.deps', 'Release', 'obj.target', 'vintage_net.node.d'), 'utf8')
  const file = join(buildFolder(platform), 'with-symbols.node')
  const command = note
    .split('\n')[0]
    .replace(/^.*? := /, '')
    .replace(' -s ', ' ')
    .replace(/ -o \S+/, ` -o ${file}`)
  const cache = join(CACHE, 'zig')
  const zig = { ZIG: await ensureZig(), ZIG_TARGET: platform.target, ZIG_CPU: platform.cpu ?? '' }
  await run('sh', ['-c', command], {
    cwd: build,
    env: { ...zig, ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache },
  })
  return file
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [platform, program, kind] = process.argv.slice(2)
  const file = program === 'addon' ? linkWithSymbols(platform) : buildTestProgram(platform, program, kind === 'shared')
  process.stdout.write(`${await file}\n`)
}
