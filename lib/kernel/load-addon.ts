/** Finds and loads the native addon, when it is asked for and not before. */

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf, NetworkError } from '../errors.js'
import { type Addon, nativeEngine } from './carriage/native-engine.js'
import { ENGINE_ABI, type EngineBinding } from './engine-binding.js'

/** Where builds on this machine lie, below the package root: a developer's, and that of `node-gyp rebuild`. Neither is shipped. */
const BUILDS = [join('build-cmake', 'Release', 'vintage_net.node'), join('build', 'Release', 'vintage_net.node')]

/** The package root is two folders above both lib/kernel and dist/kernel. */
const packageRoot = (): string => join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/**
 * The file that is loaded: one that was built here, else the ready-made one for this processor and C library; undefined without either.
 * The C library is what this process runs with, not what a file of the system says: OpenWrt and Void have musl as Alpine does.
 */
export function addonFile(root: string, machine: Machine = thisMachine()): string | undefined {
  const readyMade = join('prebuilds', `${machine.platform}-${machine.arch}`, `vintage-net.${machine.libc}.node`)
  return [...BUILDS, readyMade].map((file) => join(root, file)).find((file) => existsSync(file))
}

/**
 * The addon's exports.
 * @throws ERR_ABI when there is none for this machine or it speaks another version of the vocabulary.
 */
export function loadAddon(root: string = packageRoot()): EngineBinding {
  const file = addonFile(root)
  if (file === undefined) throw abiError('there is no ready-made native addon', root)
  let loaded: unknown
  try {
    loaded = createRequire(import.meta.url)(file)
  } catch (thrown) {
    throw abiError('the native addon could not be loaded', root, thrown)
  }
  return checkBinding(loaded, root)
}

/** The exports, if they are those of an engine that speaks our version. @throws ERR_ABI otherwise. */
export function checkBinding(loaded: unknown, root: string): EngineBinding {
  if (!isAddon(loaded)) throw abiError('the file that was loaded is not the addon of this library', root)
  if (loaded.abi !== ENGINE_ABI) {
    throw abiError(`the native addon has version ${loaded.abi}, this library needs ${ENGINE_ABI}`, root)
  }
  return nativeEngine(loaded)
}

function isAddon(loaded: unknown): loaded is Addon {
  return (
    typeof loaded === 'object' &&
    loaded !== null &&
    'abi' in loaded &&
    'schema' in loaded &&
    'open' in loaded &&
    typeof loaded.open === 'function'
  )
}

function abiError(what: string, root: string, cause?: unknown): NetworkError {
  const { platform, arch, libc } = thisMachine()
  const machine = `${platform} ${arch} ${libc}`
  const why = cause === undefined ? '' : ` (${messageOf(cause).split('\n')[0]})`
  const message = `${what} on ${machine}${why}; build one with \`npx --yes node-gyp rebuild\` in ${root}`
  return new NetworkError('ERR_ABI', message, { operation: 'loadAddon', cause })
}

/** What decides which ready-made addon fits, in the words of their names. */
export interface Machine {
  readonly platform: string
  readonly arch: string
  readonly libc: 'glibc' | 'musl'
}

function thisMachine(): Machine {
  return { platform: process.platform, arch: process.arch, libc: libc() }
}

/**
 * The C library that this process has loaded: glibc's file is libc.so.6 (libc-2.31.so before 2.34), musl's libc.so or ld-musl-ARCH.so.1.
 * Not from `process.report`: its getReport() asks name servers for the peers of open sockets, and blocks for as long as they are silent.
 */
function libc(): 'glibc' | 'musl' {
  let files: string
  try {
    files = readFileSync('/proc/self/maps', 'latin1')
  } catch {
    return 'glibc' // no /proc: the usual one
  }
  return libcOf(files)
}

/** The same of the text of /proc/self/maps; a file that was replaced since, as by an update, is marked as deleted there. */
export function libcOf(maps: string): 'glibc' | 'musl' {
  return /\/(libc\.so\.6|libc-2\.\d+\.so)(?: \(deleted\))?$/m.test(maps) ? 'glibc' : 'musl'
}
