import { copyFile, mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT, sourcePaths } from '../support/source-files.js'

interface Context {
  folder: string
  /** The unpacked tarball, among the packages that it depends on. */
  installed: string
  packed: readonly string[]
}

const test = suite<Context>('package')

/** Runs a program; its failure shows everything it printed. */
async function run(cwd: string, program: string, args: readonly string[]): Promise<string> {
  const { npm_config_nodedir: _nodedir, ...env } = process.env
  const result = await execa(program, args, { cwd, env, extendEnv: false, all: true, reject: false })
  if (result.exitCode !== 0) throw new Error(`${result.escapedCommand}\n${result.all}`)
  return result.stdout
}

async function evaluate(cwd: string, script: string): Promise<string> {
  return run(cwd, process.execPath, ['--input-type=module', '-e', script])
}

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'package-test-'))
  const modules = join(context.folder, 'app', 'node_modules')
  context.installed = join(modules, 'vintage-net')
  await mkdir(context.installed, { recursive: true })
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', context.folder]
  const [report] = JSON.parse(await run(ROOT, 'npm', args)) as [{ filename: string; files: { path: string }[] }]
  context.packed = report.files.map(({ path }) => path)
  await run(context.installed, 'tar', ['-xzf', join(context.folder, report.filename), '--strip-components=1'])
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (name !== 'vintage-net') await symlink(join(ROOT, 'node_modules', name), join(modules, name))
  }
})

test.after(async ({ folder }) => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

test('the tarball holds what a user needs', ({ packed }) => {
  const needed = ['dist/index.js', 'dist/index.d.ts', 'dist/kernel/index.js', 'dist/testing/index.js', 'LICENSE']
  needed.push('dist/dhcp/udhcpc-handler.sh', 'binding.gyp', 'native/sources.json', 'native/addon.cc')
  assert.equal(
    needed.filter((path) => !packed.includes(path)),
    [],
  )
})

test('every source that binding.gyp compiles is in the tarball', ({ packed }) => {
  const lists = createRequire(import.meta.url)(join(ROOT, 'native', 'sources.json')) as Record<string, string[]>
  assert.equal(
    Object.values(lists)
      .flat()
      .filter((path) => !packed.includes(path)),
    [],
  )
})

test('the tarball holds no tests, scripts and builds', ({ packed }) => {
  const unwanted = /(^|\/)(test|tests|bench|scripts|examples|build|build-[^/]*|node_modules)\/|\.test\.|^\.ci/
  assert.equal(
    packed.filter((path) => unwanted.test(path)),
    [],
  )
})

test('the scripts that daemons run are executable after packing and unpacking', async ({ installed }) => {
  for (const path of ['dhcp/udhcpc-handler.sh', 'supervision/handlers/ip-up.sh', 'supervision/handlers/ip-down.sh']) {
    const { mode } = await stat(join(installed, 'dist', path))
    assert.is(mode & 0o777, 0o755, path)
  }
})

test('the unpacked package can be imported, with all its subpaths and without an addon', async ({ installed }) => {
  const script = `
    const { VintageNet, NetworkError } = await import('vintage-net')
    const { openKernel } = await import('vintage-net/kernel')
    const { FakeKernel } = await import('vintage-net/testing')
    console.log([VintageNet, NetworkError, openKernel, FakeKernel].map((value) => typeof value).join())`
  assert.is(await evaluate(dirname(dirname(installed)), script), 'function,function,function,function')
})

test('publint finds nothing', async () => {
  await run(ROOT, join(ROOT, 'node_modules', '.bin', 'publint'), ['--strict'])
})

test('npm ci && npm run build make a fresh copy importable, addon included', async ({ folder }) => {
  const copy = join(folder, 'copy')
  for (const path of sourcePaths()) {
    await mkdir(join(copy, dirname(path)), { recursive: true })
    await copyFile(join(ROOT, path), join(copy, path))
  }
  await run(copy, 'npm', ['ci', '--loglevel=error'])
  await run(copy, 'npm', ['run', 'build'])
  const script = `
    import { createRequire } from 'node:module'
    const { VintageNet } = await import('vintage-net')
    const addon = createRequire(import.meta.url)('./build-cmake/Release/vintage_net.node')
    console.log(typeof VintageNet, typeof addon.open)`
  assert.is(await evaluate(copy, script), 'function function')
})

test.run()
