/** Finds and loads the native addon, when it is asked for and not before. */

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf, NetworkError } from '../errors.js'
import { type Addon, nativeEngine } from './carriage/native-engine.js'
import { ENGINE_ABI, type EngineBinding } from './engine-binding.js'

/** Where developers' builds lie, below the package root; never shipped, so an installed package takes a prebuild. */
const DEVELOPER_BUILD = join('build-cmake', 'Release', 'vintage_net.node')

/** The package root is two folders above both lib/kernel and dist/kernel. */
const packageRoot = (): string => join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/**
 * The addon's exports.
 * @throws ERR_ABI when there is none for this machine or it speaks another version of the vocabulary.
 */
export function loadAddon(root: string = packageRoot()): EngineBinding {
  const developerBuild = join(root, DEVELOPER_BUILD)
  const require = createRequire(import.meta.url)
  let loaded: unknown
  try {
    loaded = existsSync(developerBuild) ? require(developerBuild) : require('node-gyp-build')(root)
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
  const machine = `${process.platform} ${process.arch} ${libc()}`
  const why = cause === undefined ? '' : ` (${messageOf(cause).split('\n')[0]})`
  const message = `${what} on ${machine}${why}; build one with \`npx --yes node-gyp rebuild\` in ${root}`
  return new NetworkError('ERR_ABI', message, { operation: 'loadAddon', cause })
}

/** The C library's name as prebuilds are labelled: node reports a glibc version only where there is one. */
function libc(): 'glibc' | 'musl' {
  const report = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } }
  return report.header?.glibcVersionRuntime === undefined ? 'musl' : 'glibc'
}
