// lib/ → dist/: JavaScript, declarations, the scripts that daemons run and the JSON Schema.

import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { newestChangeMs, ROOT, run, step } from './step.mjs'

const DIST = join(ROOT, 'dist')
/** Outside of dist/, which is published; written last, so an interrupted build is done again. */
const STAMP = join(ROOT, '.cache', 'dist-built')
/** Service files, for who installs the package. */
const SERVICE = join(ROOT, 'examples', 'service')
/** What is made from the compiled code. */
const WRITERS = ['write-schema.mjs', 'write-man.mjs'].map((name) => join(ROOT, 'scripts', name))
const JSON_SCHEMA = join(ROOT, 'scripts', 'json-schema.mjs')
/** npm makes it executable when it installs; whoever runs it from a clone has to have it so too. */
const PROGRAM = 'cli/main.js'
/** tsc copies no scripts; daemons execute these, so they must be executable in the package. */
const HANDLERS = ['dhcp/udhcpc-handler.sh', 'supervision/handlers/ip-up.sh', 'supervision/handlers/ip-down.sh']

function upToDate() {
  const lock = join(ROOT, 'package-lock.json')
  const sources = [join(ROOT, 'lib'), join(ROOT, 'tsconfig.json'), ...WRITERS, JSON_SCHEMA, SERVICE, lock]
  return existsSync(DIST) && existsSync(STAMP) && statSync(STAMP).mtimeMs > newestChangeMs(sources)
}

async function build() {
  rmSync(STAMP, { force: true })
  rmSync(DIST, { recursive: true, force: true })
  const startedAt = new Date()
  await run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'])
  for (const handler of HANDLERS) {
    mkdirSync(dirname(join(DIST, handler)), { recursive: true })
    copyFileSync(join(ROOT, 'lib', handler), join(DIST, handler))
    chmodSync(join(DIST, handler), 0o755)
  }
  chmodSync(join(DIST, PROGRAM), 0o755)
  cpSync(SERVICE, join(DIST, 'service'), { recursive: true })
  for (const writer of WRITERS) await run(process.execPath, [writer])
  mkdirSync(join(ROOT, '.cache'), { recursive: true })
  // What is edited while the compiler runs counts as newer than the build.
  writeFileSync(STAMP, `${startedAt.toISOString()}\n`)
}

/** Builds dist/ unless it is newer than everything it is made from. */
export async function ensureTypeScript() {
  if (!upToDate()) await step('built dist/', build)
}
