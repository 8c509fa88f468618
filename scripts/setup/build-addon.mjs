// The native addon: built with cmake-js into build-cmake/, unless a ready-made one fits this machine.

import { existsSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { newestChangeMs, ROOT, run, SetupError, step } from './step.mjs'
import { ensureSystemPackages } from './system-packages.mjs'

const BUILD = join(ROOT, 'build-cmake')
/** What the loader looks for first. */
const BUILT = join(BUILD, 'Release', 'vintage_net.node')
const SOURCES = [join(ROOT, 'native'), join(ROOT, 'CMakeLists.txt')]

/** The file that the loader would take: the built one, else the ready-made one that fits CPU and libc. */
function addonFile() {
  const libc = readFileSync('/proc/self/maps', 'latin1').includes('/libc.so.6') ? 'glibc' : 'musl'
  const readyMade = join(ROOT, 'prebuilds', `linux-${process.arch}`, `vintage-net.${libc}.node`)
  return [BUILT, readyMade].find((file) => existsSync(file))
}

function upToDate() {
  const file = addonFile()
  return file !== undefined && statSync(file).mtimeMs >= newestChangeMs(SOURCES)
}

/** True when there is certainly no addon yet; needs no npm package, so all system packages can be asked for at once. */
export function addonMustBeBuilt() {
  return !existsSync(BUILT) && !existsSync(join(ROOT, 'prebuilds', `linux-${process.arch}`))
}

/** CMake refuses a build folder that was made for a project at another place (a copied tree). */
export function removeForeignCmakeCache(folder) {
  const cache = join(folder, 'CMakeCache.txt')
  if (existsSync(cache) && !readFileSync(cache, 'utf8').includes(`CMAKE_HOME_DIRECTORY:INTERNAL=${ROOT}\n`)) {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function build() {
  const startedAt = new Date()
  removeForeignCmakeCache(BUILD)
  const cmakeJs = join(ROOT, 'node_modules', 'cmake-js', 'bin', 'cmake-js')
  await run(process.execPath, [cmakeJs, 'build', '-G', 'Ninja', '-O', 'build-cmake'])
  if (!existsSync(BUILT)) throw new SetupError(`cmake-js succeeded, yet there is no ${BUILT}`)
  // Ninja leaves the file alone when no object changed; what is edited during the build counts as newer.
  utimesSync(BUILT, startedAt, startedAt)
}

/** Builds the addon unless the one that would be loaded is as new as its sources. Needs the npm packages. */
export async function ensureAddon() {
  if (upToDate()) return
  await ensureSystemPackages(['build'])
  await step('built the addon', build)
}
