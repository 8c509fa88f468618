/** The system suite over the installed package, and that it is this package that it runs over: what is broken in there turns it red. */

import { appendFile, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT } from '../../support/source-files.js'
import { readStage } from '../stage.js'

const test = suite<{ folder: string }>('prebuilds/system-suite')
const stage = readStage()

/** The benchmarks and the recording are our own and are not shipped. */
const NOT_ON_THE_TARBALL = ['bench.test.ts', 'recording.test.ts']
/** What the suite is made of, beside the code that it tests. */
const OWN = ['test', 'scripts', 'bench', 'examples', 'docs', 'package.json', 'tsconfig.json', 'tsconfig.test.json']
const SUITE_TIMEOUT_MS = 3_000_000
/** Needs the addon, routes and the property table. */
const ONE_FILE = ['static.test.ts']

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'vintage-net-system-suite-'))
})

test.after.each(async ({ folder }) => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

/** Runs files of the suite as they stand, but lib/ and dist/ are those of `app`'s package, and no other addon is near. */
async function runSuite(folder: string, app: string, files: readonly string[]): Promise<{ ok: boolean; said: string }> {
  const tree = join(folder, 'tree')
  await mkdir(tree)
  for (const name of OWN) await cp(join(ROOT, name), join(tree, name), { recursive: true })
  const dist = join(app, 'node_modules', 'vintage-net', 'dist')
  for (const name of ['lib', 'dist']) await symlink(dist, join(tree, name))
  await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
  const args = ['scripts/run-uvu.mjs', '--world', ...files.map((name) => `test/system/${name}`)]
  const result = await execa(process.execPath, args, {
    cwd: tree,
    all: true,
    reject: false,
    timeout: SUITE_TIMEOUT_MS,
  })
  return { ok: result.exitCode === 0, said: result.all }
}

/** A copy of the installed package in which something may be broken. */
async function copyOfApp(folder: string): Promise<string> {
  const app = join(folder, 'app')
  await cp(join(stage.app, 'node_modules'), join(app, 'node_modules'), { recursive: true })
  return app
}

test('the system suite passes on the installed package', async ({ folder }) => {
  const all = await readdir(join(ROOT, 'test', 'system'), { recursive: true })
  const files = all.filter((name) => name.endsWith('.test.ts') && !NOT_ON_THE_TARBALL.includes(name)).sort()
  const { ok, said } = await runSuite(folder, stage.app, files)
  assert.ok(ok, said)
  assert.match(said, /^\d{2,} passed, 0 failed/m)
  console.log(said.trimEnd().split('\n').at(-1))
})

test('an addon that is missing in the installed package turns the suite red', async ({ folder }) => {
  const app = await copyOfApp(folder)
  await rm(join(app, 'node_modules', 'vintage-net', 'prebuilds'), { recursive: true })
  const { ok, said } = await runSuite(folder, app, ONE_FILE)
  assert.not.ok(ok, said)
  assert.match(said, 'there is no ready-made native addon')
})

test('an addon that is no addon in the installed package turns the suite red', async ({ folder }) => {
  const app = await copyOfApp(folder)
  await writeFile(join(app, 'node_modules', 'vintage-net', 'prebuilds', 'linux-x64', 'vintage-net.glibc.node'), '')
  const { ok, said } = await runSuite(folder, app, ONE_FILE)
  assert.not.ok(ok, said)
  assert.match(said, 'the native addon could not be loaded')
})

test('code that throws in the installed package turns the suite red', async ({ folder }) => {
  const app = await copyOfApp(folder)
  const code = join(app, 'node_modules', 'vintage-net', 'dist', 'routing', 'route-manager.js')
  await appendFile(code, "\nthrow new Error('broken for a test')\n")
  const { ok, said } = await runSuite(folder, app, ONE_FILE)
  assert.not.ok(ok, said)
  assert.match(said, 'broken for a test')
})

test.run()
