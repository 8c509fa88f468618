// npm packages that are compilers or other processors' Node: far too large for node_modules, so fetched when they are needed,
// held to the hash that stands in the source, and kept in the user's cache.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { run, SetupError, step } from '../setup/step.mjs'

/** Where compilers, their caches and other processors' Node are kept. */
export const CACHE =
  process.env.VN_PREBUILDS_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'vintage-net-prebuilds')

/** The hash of a file as npm writes it in a lock file. */
function integrityOf(file) {
  return `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`
}

/** The folder of an unpacked package; fetched once. `spec`: name@version, `integrity`: as in a lock file. */
export async function pinnedPackage({ spec, integrity }) {
  const folder = join(CACHE, 'packages', spec.replaceAll('/', '+'))
  if (existsSync(folder)) return folder
  mkdirSync(join(CACHE, 'packages'), { recursive: true })
  const work = mkdtempSync(join(CACHE, 'work-'))
  try {
    await step(`fetched ${spec}`, async () => {
      await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', work, spec])
      const [tarball] = readdirSync(work)
      const found = integrityOf(join(work, tarball))
      if (found !== integrity)
        throw new SetupError(`${spec} is not what it was: its hash is ${found}, expected ${integrity}`)
      mkdirSync(join(work, 'package'))
      await run('tar', [
        '-xzf',
        join(work, tarball),
        '-C',
        join(work, 'package'),
        '--strip-components=1',
        '--no-same-owner',
      ])
    })
    // Complete or not there: another run may have been first.
    if (!existsSync(folder)) renameSync(join(work, 'package'), folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return folder
}
