// Builds, checks and places ready-made addons.

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { newestChangeMs, ROOT, SetupError, step } from '../setup/step.mjs'
import { buildPrebuild } from './build.mjs'
import { ensureZig } from './compiler.mjs'
import { inspect, problemsOf } from './inspect.mjs'
import { CACHE } from './pinned-package.mjs'
import { fileOf, PLATFORMS } from './platforms.mjs'

/** What the files are made of and by; the test programs beside are linked with their objects only. */
const SOURCES = [
  ...['native', 'binding.gyp', 'package-lock.json'],
  ...['build.mjs', 'compiler.mjs', 'pinned-package.mjs', 'platforms.mjs', 'exports.map', 'node', 'zig-cxx'].map(
    (name) => `scripts/prebuilds/${name}`,
  ),
].map((path) => join(ROOT, path))

/** Where a platform's file is shipped from. */
export const shippedFile = (platform) => join(ROOT, 'prebuilds', fileOf(platform))

/** Where a platform is built; its objects stay there. */
export const buildFolder = ({ name }) => join(ROOT, 'build-prebuilds', name)

/** Builds a platform's file once more, with nothing left of the first time, and refuses one that differs. */
export async function verifyPrebuild(platform, zig) {
  await step(`built ${platform.name} again, with equal bytes`, () => refuseOtherBytes(platform, zig))
}

async function refuseOtherBytes(platform, zig) {
  const folder = mkdtempSync(join(tmpdir(), 'vintage-net-prebuild-'))
  try {
    const again = await buildPrebuild(platform, { zig, folder: join(folder, 'tree'), cache: join(folder, 'cache') })
    const shipped = readFileSync(shippedFile(platform))
    if (!readFileSync(again).equals(shipped)) throw new SetupError(`two builds of ${platform.name} differ`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Builds a platform's file, refuses it when something is wrong with it, and puts it into prebuilds/. */
export async function makePrebuild(platform, zig) {
  const { name } = platform
  const startedAt = new Date()
  const built = await step(`built ${name}`, () =>
    buildPrebuild(platform, { zig, folder: buildFolder(platform), cache: join(CACHE, 'zig') }),
  )
  const facts = await inspect(built)
  const problems = problemsOf(platform, facts)
  if (problems.length > 0) throw new SetupError(problems.map((problem) => `${name}: ${problem}`).join('\n'))
  const file = shippedFile(platform)
  mkdirSync(dirname(file), { recursive: true })
  copyFileSync(built, file)
  // What is edited during the build counts as newer.
  utimesSync(file, startedAt, startedAt)
  process.stderr.write(`prebuilds/${fileOf(platform)}: ${facts.bytes} bytes, glibc ${facts.glibc ?? 'none'}\n`)
}

function upToDate(platform) {
  const file = shippedFile(platform)
  return existsSync(file) && existsSync(buildFolder(platform)) && statSync(file).mtimeMs >= newestChangeMs(SOURCES)
}

/** Makes those that are older than what they are made from. */
export async function ensurePrebuilds(platforms = PLATFORMS) {
  const stale = platforms.filter((platform) => !upToDate(platform))
  if (stale.length === 0) return
  const zig = await ensureZig()
  for (const platform of stale) await makePrebuild(platform, zig)
}
