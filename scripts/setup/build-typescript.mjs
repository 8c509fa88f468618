// lib/ → dist/: JavaScript, declarations, the DHCP handler script and the JSON Schema.

import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newestChangeMs, ROOT, run, step } from './step.mjs'

const DIST = join(ROOT, 'dist')
/** Outside of dist/, which is published; written last, so an interrupted build is done again. */
const STAMP = join(ROOT, '.cache', 'dist-built')
const WRITE_SCHEMA = join(ROOT, 'scripts', 'write-schema.mjs')
/** tsc copies no scripts; udhcpc executes this one, so it must be executable in the package. */
const HANDLER = join('dhcp', 'udhcpc-handler.sh')

function upToDate() {
  const sources = [join(ROOT, 'lib'), join(ROOT, 'tsconfig.json'), WRITE_SCHEMA, join(ROOT, 'package-lock.json')]
  return existsSync(DIST) && existsSync(STAMP) && statSync(STAMP).mtimeMs > newestChangeMs(sources)
}

async function build() {
  rmSync(STAMP, { force: true })
  rmSync(DIST, { recursive: true, force: true })
  const startedAt = new Date()
  await run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'])
  if (existsSync(join(ROOT, 'lib', HANDLER))) {
    mkdirSync(join(DIST, 'dhcp'), { recursive: true })
    copyFileSync(join(ROOT, 'lib', HANDLER), join(DIST, HANDLER))
    chmodSync(join(DIST, HANDLER), 0o755)
  }
  if (existsSync(WRITE_SCHEMA)) await run(process.execPath, [WRITE_SCHEMA])
  mkdirSync(join(ROOT, '.cache'), { recursive: true })
  // What is edited while the compiler runs counts as newer than the build.
  writeFileSync(STAMP, `${startedAt.toISOString()}\n`)
}

/** Builds dist/ unless it is newer than everything it is made from. */
export async function ensureTypeScript() {
  if (!upToDate()) await step('built dist/', build)
}
