/** The package as npm would publish it, unpacked among the packages that it depends on. */

import { mkdir, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { ROOT } from './source-files.js'

export interface PackedPackage {
  /** Files in the tarball, relative to its root. */
  readonly files: readonly string[]
  /** A folder of a user's: packages are found from within it. */
  readonly app: string
  /** Where the package lies in there. */
  readonly installed: string
}

/** Runs a program; its failure shows everything it printed. */
export async function runIn(cwd: string, program: string, args: readonly string[]): Promise<string> {
  const { npm_config_nodedir: _nodedir, ...env } = process.env
  const result = await execa(program, args, { cwd, env, extendEnv: false, all: true, reject: false })
  if (result.exitCode !== 0) throw new Error(`${result.escapedCommand}\n${result.all}`)
  return result.stdout
}

/** Packs and unpacks it below `folder`. dist must be built. */
export async function packedPackage(folder: string): Promise<PackedPackage> {
  const app = join(folder, 'app')
  const modules = join(app, 'node_modules')
  const installed = join(modules, 'vintage-net')
  await mkdir(installed, { recursive: true })
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder]
  const [report] = JSON.parse(await runIn(ROOT, 'npm', args)) as [{ filename: string; files: { path: string }[] }]
  await runIn(installed, 'tar', ['-xzf', join(folder, report.filename), '--strip-components=1'])
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (name !== 'vintage-net') await symlink(join(ROOT, 'node_modules', name), join(modules, name))
  }
  return { files: report.files.map(({ path }) => path), app, installed }
}
