// One ready-made addon: prebuildify and node-gyp with binding.gyp, in a folder of its own, with zig as the compiler.

import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { ROOT, run } from '../setup/step.mjs'
import { fileOf } from './platforms.mjs'

const HERE = join(ROOT, 'scripts', 'prebuilds')
const COMPILER = join(HERE, 'zig-cxx')
const HEADERS = join(ROOT, 'node_modules', 'node-api-headers', 'include')

/** What node-gyp compiles, beside the headers that it would otherwise download. */
function stage(folder) {
  rmSync(folder, { recursive: true, force: true })
  const include = join(folder, 'node', 'include', 'node')
  mkdirSync(include, { recursive: true })
  for (const name of ['native', 'binding.gyp', 'package.json'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  copyFileSync(join(HERE, 'exports.map'), join(folder, 'exports.map'))
  for (const from of [HEADERS, join(HERE, 'node')]) {
    for (const name of readdirSync(from)) copyFileSync(join(from, name), join(include, name))
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
}

/** Builds the addon of a platform in `folder`, which is made anew, and resolves with its path. `cache`: zig's. */
export async function buildPrebuild(platform, { zig, folder, cache }) {
  stage(folder)
  const env = {
    ZIG: zig,
    ZIG_TARGET: platform.target,
    ZIG_CPU: platform.cpu ?? '',
    ZIG_GLOBAL_CACHE_DIR: cache,
    ZIG_LOCAL_CACHE_DIR: cache,
    CC: COMPILER,
    CXX: COMPILER,
    LINK: COMPILER,
    AR: `${zig} ar`,
    // prebuildify asks for the headers of the newest Node it knows; these are used instead, and nothing is downloaded.
    npm_config_nodedir: join(folder, 'node'),
    PREBUILD_NODE_GYP: join(ROOT, 'node_modules', '.bin', 'node-gyp'),
    JOBS: process.env.JOBS ?? String(availableParallelism()),
    SOURCE_DATE_EPOCH: '0',
    LC_ALL: 'C',
  }
  const args = ['--napi', '--platform', 'linux', '--arch', platform.arch, '--tag-libc', platform.libc]
  await run('prebuildify', args, { cwd: folder, env })
  return join(folder, 'prebuilds', fileOf(platform))
}
