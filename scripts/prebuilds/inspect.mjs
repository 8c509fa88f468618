// What an addon's file says of itself, by readelf, and what is wrong with it for its platform.

import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { run } from '../setup/step.mjs'
import { OLDEST_GLIBC } from './platforms.mjs'

/** The version that the addon is compiled for; package.json (binary.napi_versions) and binding.gyp say the same. */
export const NODE_API_VERSION = 9

/** Beyond it something has gone wrong: boards have small disks. */
const LARGEST_BYTES = 2_000_000

const LIBC_LIBRARIES = {
  glibc: /^(libc\.so\.6|libm\.so\.6|libpthread\.so\.0|libdl\.so\.2|librt\.so\.1|ld-linux(-[a-z0-9-]+)?\.so\.\d)$/,
  musl: /^libc\.so$/,
}

/** Sorts '2.9' below '2.17'. */
function compareVersions(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number))
  return left[0] - right[0] || left[1] - right[1]
}

/** The facts of a file. `glibc`: the newest version of a symbol that it needs, null where it needs none. */
export async function inspect(file) {
  const output = await run(
    'readelf',
    ['--wide', '--file-header', '--sections', '--segments', '--dynamic', '--dyn-syms', '--version-info', file],
    {
      env: { LC_ALL: 'C' },
    },
  )
  const all = (pattern) => [...output.matchAll(pattern)].map(([, found]) => found)
  const symbols = all(/^ +\d+: [0-9a-f]+ +\d+ (.+)$/gm).map((line) => line.trim().split(/ +/))
  const named = (index) => symbols.filter((fields) => (fields[3] === 'UND') === index && fields[4] !== undefined)
  const versions = all(/Name: GLIBC_(\d+\.\d+)/g).sort(compareVersions)
  return {
    machine: all(/^ +Machine: +(.+)$/gm)[0],
    bytes: statSync(file).size,
    libraries: all(/\(NEEDED\).*\[(.+)\]/g),
    glibc: versions.at(-1) ?? null,
    imports: named(true).map((fields) => fields[4].split('@')[0]),
    exports: named(false).map((fields) => fields[4].split('@')[0]),
    sections: all(/^ +\[ *\d+\] (\S+)/gm),
    flags: all(/\((?:FLAGS|FLAGS_1)\) +(?:Flags: )?(.+)$/gm)
      .join(' ')
      .split(/ +/),
    textRelocations: output.includes('(TEXTREL)'),
    executableStack: /GNU_STACK.* RWE /.test(output),
    searchPath: /\((RPATH|RUNPATH)\)/.test(output),
  }
}

/** Names of the Node-API functions of our version. */
function nodeApi() {
  const { symbols } = createRequire(import.meta.url)('node-api-headers')
  const { js_native_api_symbols, node_api_symbols } = symbols[`v${NODE_API_VERSION}`]
  return new Set([...js_native_api_symbols, ...node_api_symbols])
}

/** What is wrong with a file's facts, one sentence each; [] when nothing is. */
export function problemsOf({ libc, machine }, facts) {
  const known = nodeApi()
  const tooNew = facts.imports.filter((name) => /^(napi|node_api)_/.test(name) && !known.has(name))
  const foreign = facts.libraries.filter((name) => !LIBC_LIBRARIES[libc].test(name))
  const inside = facts.exports.filter(
    (name) => !/^(napi_register_module_v1|node_api_module_get_api_version_v1)$/.test(name),
  )
  const unstripped = facts.sections.filter((name) => /^\.(symtab|debug)/.test(name))
  return [
    facts.machine !== machine && `it is for ${facts.machine}, not ${machine}`,
    tooNew.length > 0 && `it needs functions beyond version ${NODE_API_VERSION} of Node-API: ${tooNew.join(' ')}`,
    foreign.length > 0 && `it needs libraries besides ${libc}: ${foreign.join(' ')}`,
    inside.length > 0 && `it exports what is its own: ${inside.slice(0, 5).join(' ')}`,
    !facts.exports.includes('napi_register_module_v1') && 'it does not export napi_register_module_v1',
    !facts.exports.includes('node_api_module_get_api_version_v1') &&
      'it does not say which version of Node-API it is for',
    unstripped.length > 0 && `it is not stripped: ${unstripped.join(' ')}`,
    libc === 'musl' && facts.glibc !== null && `it needs glibc ${facts.glibc}`,
    libc === 'glibc' &&
      compareVersions(facts.glibc ?? '0.0', OLDEST_GLIBC) > 0 &&
      `it needs glibc ${facts.glibc}, newer than ${OLDEST_GLIBC}`,
    !facts.flags.includes('NODELETE') && 'it may be unloaded (no NODELETE)',
    !facts.flags.includes('NOW') && 'its symbols are not bound when it is loaded (no NOW)',
    facts.textRelocations && 'it has text relocations',
    facts.executableStack && 'its stack is executable',
    facts.searchPath && 'it has a search path for libraries',
    facts.bytes > LARGEST_BYTES && `it has ${facts.bytes} bytes, more than ${LARGEST_BYTES}`,
  ].filter((problem) => problem !== false)
}
