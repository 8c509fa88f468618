/** What scripts/prebuilds/stage.mjs has made ready, and its scripts for tests. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runIn } from '../support/packed-package.js'
import { ROOT } from '../support/source-files.js'

export interface Stage {
  readonly tarball: string
  readonly bytes: number
  readonly unpackedBytes: number
  /** Files in the tarball, relative to its root. */
  readonly files: readonly string[]
  /** A project with vintage-net as its one dependency, installed from the tarball. */
  readonly app: string
  /** The folder that was the whole PATH of that installation. */
  readonly programs: string
  /** What npm printed. */
  readonly output: string
  /** npm's cache after that installation: with it another one needs no registry. */
  readonly npmCache: string
  /** Command lines of Node for other processors. */
  readonly nodes: { readonly arm64: readonly string[]; readonly arm: readonly string[] }
}

/** A platform as scripts/prebuilds/platforms.mjs lists it. */
export interface Platform {
  readonly name: string
  readonly arch: string
  readonly libc: 'glibc' | 'musl'
}

/** Facts of a file, as scripts/prebuilds/inspect.mjs reads them. */
export interface Facts {
  readonly bytes: number
  readonly libraries: readonly string[]
  readonly glibc: string | null
  readonly imports: readonly string[]
  readonly exports: readonly string[]
}

export function readStage(): Stage {
  return JSON.parse(readFileSync(join(ROOT, 'build-prebuilds', 'stage.json'), 'utf8')) as Stage
}

/** Where a file of the installed package lies. */
export function installedFile(stage: Stage, ...path: readonly string[]): string {
  return join(stage.app, 'node_modules', 'vintage-net', ...path)
}

/** What an expression over our scripts' exports gives; T is not checked. */
async function askScript<T>(script: string, names: string, expression: string): Promise<T> {
  const path = JSON.stringify(join(ROOT, 'scripts', 'prebuilds', script))
  const text = `import { ${names} } from ${path}\nprocess.stdout.write(JSON.stringify(${expression}))`
  return JSON.parse(await runIn(ROOT, process.execPath, ['--input-type=module', '-e', text])) as T
}

export async function platforms(): Promise<readonly (Platform & { readonly file: string })[]> {
  return askScript('platforms.mjs', 'PLATFORMS, fileOf', 'PLATFORMS.map((one) => ({ ...one, file: fileOf(one) }))')
}

/** The facts of a file, and what is wrong with them for a platform. */
export async function inspectFile(file: string, platform: Platform): Promise<{ facts: Facts; problems: string[] }> {
  const [path, json] = [JSON.stringify(file), JSON.stringify(platform)]
  const expression = `await inspect(${path}).then((facts) => ({ facts, problems: problemsOf(${json}, facts) }))`
  return askScript('inspect.mjs', 'inspect, problemsOf', expression)
}

/** Builds a C++ test program for a platform out of what was built for it (`addon`: the addon itself, with its symbols), and resolves with its path. */
export async function testProgram(
  platform: string,
  program: 'vn_decode' | 'vn_unit' | 'misaligned' | 'addon',
  kind?: 'shared',
): Promise<string> {
  const script = join(ROOT, 'scripts', 'prebuilds', 'test-programs.mjs')
  const args = [script, platform, program, ...(kind === undefined ? [] : [kind])]
  return (await runIn(ROOT, process.execPath, args)).trim()
}
