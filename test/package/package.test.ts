import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { packedPackage, runIn } from '../support/packed-package.js'
import { ROOT, sourcePaths } from '../support/source-files.js'

interface Context {
  folder: string
  /** The unpacked tarball, among the packages that it depends on. */
  installed: string
  packed: readonly string[]
}

const test = suite<Context>('package')

async function evaluate(cwd: string, script: string): Promise<string> {
  return runIn(cwd, process.execPath, ['--input-type=module', '-e', script])
}

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'package-test-'))
  const { files, installed } = await packedPackage(context.folder)
  context.packed = files
  context.installed = installed
})

test.after(async ({ folder }) => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

test('the tarball holds what a user needs', ({ packed }) => {
  const needed = [
    'dist/index.js',
    'dist/index.d.ts',
    'dist/kernel/index.js',
    'dist/testing/index.js',
    'dist/technology/index.js',
    'dist/metrics/index.js',
    'dist/cli/main.js',
    'dist/man/vintage-net.1',
    'dist/service/vintage-net.service',
    'dist/service/vintage-net-wait-online.service',
    'LICENSE',
    'docs/getting-started.md',
    'docs/security.md',
  ]
  needed.push('dist/dhcp/udhcpc-handler.sh', 'binding.gyp', 'native/sources.json', 'native/addon.cc')
  assert.equal(
    needed.filter((path) => !packed.includes(path)),
    [],
  )
})

test('every source that binding.gyp compiles is in the tarball', ({ packed }) => {
  const sources = sourcePaths().filter((path) => /^native\/.*\.(cc|hh)$/.test(path))
  assert.ok(sources.length > 100)
  assert.equal(
    sources.filter((path) => !packed.includes(path)),
    [],
  )
})

test('links of the shipped pages into docs/ lead to what is shipped', async ({ packed, installed }) => {
  const pages = packed.filter((path) => path === 'README.md' || /^docs\/.*\.md$/.test(path))
  assert.ok(pages.length > 30)
  const dead: string[] = []
  for (const page of pages) {
    const text = await readFile(join(installed, page), 'utf8')
    for (const [, link = ''] of text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)) {
      const target = join(dirname(page), link)
      // Examples, benchmarks and what contributors read are in the repository alone.
      if (!/^docs\b/.test(target)) continue
      if (!packed.some((path) => path === target || path.startsWith(`${target}/`))) dead.push(`${page}: ${link}`)
    }
  }
  assert.equal(dead, [])
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
    const { makePlan } = await import('vintage-net/technology')
    console.log([VintageNet, NetworkError, openKernel, FakeKernel, makePlan].map((value) => typeof value).join())`
  assert.is(await evaluate(dirname(dirname(installed)), script), 'function,function,function,function,function')
})

test('require() takes it as well', async ({ installed }) => {
  const script = `
    const { VintageNet } = require('vintage-net')
    const { openKernel } = require('vintage-net/kernel')
    console.log(typeof VintageNet, typeof openKernel, require('vintage-net/schema.json').$schema !== undefined)`
  const app = dirname(dirname(installed))
  assert.is(await runIn(app, process.execPath, ['--no-warnings', '-e', script]), 'function function true')
})

for (const [moduleResolution, module] of [
  ['nodenext', 'nodenext'],
  ['bundler', 'esnext'],
]) {
  test(`its declarations are the types that test/types holds, with moduleResolution ${moduleResolution}`, async ({
    installed,
  }) => {
    const app = join(dirname(dirname(installed)), `types-${moduleResolution}`)
    await mkdir(app)
    const source = await readFile(join(ROOT, 'test', 'types', 'public.ts'), 'utf8')
    const published = source
      .replaceAll(/'\.\.\/\.\.\/lib\/(\w+)\/index\.js'/g, "'vintage-net/$1'")
      .replaceAll("'../../lib/index.js'", "'vintage-net'")
    assert.not.match(published, '../../lib')
    await writeFile(join(app, 'public.ts'), published)
    const { compilerOptions } = JSON.parse(await readFile(join(ROOT, 'tsconfig.json'), 'utf8')) as {
      compilerOptions: Record<string, unknown>
    }
    const { outDir: _outDir, rootDir: _rootDir, ...strict } = compilerOptions
    const options = { ...strict, module, moduleResolution, noEmit: true, declaration: false, declarationMap: false }
    // The declarations are checked as well, as they are for whoever has not set skipLibCheck.
    const config = {
      compilerOptions: { ...options, isolatedDeclarations: false, skipLibCheck: false, types: ['node'] },
      files: ['public.ts'],
    }
    await writeFile(join(app, 'tsconfig.json'), JSON.stringify(config))
    await writeFile(join(app, 'package.json'), '{ "type": "module" }')
    await runIn(app, join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', '.'])
  })
}

test('are-the-types-wrong finds nothing', async ({ folder }) => {
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'))
  await runIn(ROOT, join(ROOT, 'node_modules', '.bin', 'attw'), [join(folder, tarball ?? ''), '--profile', 'esm-only'])
})

test('publint finds nothing', async () => {
  await runIn(ROOT, join(ROOT, 'node_modules', '.bin', 'publint'), ['--strict'])
})

test('npm ci && npm run build make a fresh copy importable, addon included', async ({ folder }) => {
  const copy = join(folder, 'copy')
  for (const path of sourcePaths()) {
    await mkdir(join(copy, dirname(path)), { recursive: true })
    await copyFile(join(ROOT, path), join(copy, path))
  }
  await runIn(copy, 'npm', ['ci', '--loglevel=error'])
  await runIn(copy, 'npm', ['run', 'build'])
  const script = `
    import { createRequire } from 'node:module'
    const { VintageNet } = await import('vintage-net')
    const addon = createRequire(import.meta.url)('./build-cmake/Release/vintage_net.node')
    console.log(typeof VintageNet, typeof addon.open)`
  assert.is(await evaluate(copy, script), 'function function')
})

test.run()
