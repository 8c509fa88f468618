// node_modules, installed from the lock file when it is missing or older than the lock file.

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run, step } from './step.mjs'

/** npm writes this file last, so an interrupted install is done again. */
const INSTALLED = join(ROOT, 'node_modules', '.package-lock.json')

function upToDate() {
  return existsSync(INSTALLED) && statSync(INSTALLED).mtimeMs >= statSync(join(ROOT, 'package-lock.json')).mtimeMs
}

/** Installs the npm packages unless they are there and as new as the lock file. */
export async function ensureNpmPackages() {
  if (upToDate()) return
  // No package of ours needs its install script: native parts come ready-made or are built by build-addon.mjs.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  await step('installed npm packages', () => run('npm', args))
}
