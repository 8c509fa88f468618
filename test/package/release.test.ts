// The release script: what it refuses before it builds, and what it makes of what was built.

import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { packagesOnPage } from '../support/package-figures.js'
import { runIn } from '../support/packed-package.js'
import { ROOT } from '../support/source-files.js'

const test = suite<{ folder: string }>('package/release')

async function commit(folder: string): Promise<void> {
  await runIn(folder, 'git', ['add', '--all'])
  await runIn(folder, 'git', [
    '-c',
    'user.name=t',
    '-c',
    'user.email=t@example.invalid',
    'commit',
    '--quiet',
    '-m',
    'all',
  ])
}

async function release(folder: string, ...options: readonly string[]): Promise<string> {
  const result = await execa(process.execPath, ['scripts/release.mjs', ...options], {
    cwd: folder,
    all: true,
    reject: false,
  })
  assert.is(result.exitCode, 1, result.all)
  return result.all
}

/** Runs an expression over the exports of a release script, that of a folder; what it makes goes into `out`. Resolves with what it gives. */
async function ask(folder: string, expression: string): Promise<string> {
  const script = JSON.stringify(join(folder, 'scripts', 'release.mjs'))
  const out = JSON.stringify(join(folder, 'out'))
  const text = `import * as release from ${script}\nconst out = ${out}\nprocess.stdout.write(String(await ${expression}))`
  return runIn(folder, process.execPath, ['--input-type=module', '-e', text])
}

interface Component {
  readonly 'bom-ref': string
  readonly name: string
}

interface Bill {
  readonly bomFormat: string
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

/** The bill of materials of this package, as text. */
async function billOfMaterials(out: string): Promise<string> {
  const script = JSON.stringify(join(ROOT, 'scripts', 'release.mjs'))
  const text = `import { billOfMaterials } from ${script}\nawait billOfMaterials(${JSON.stringify(out)})`
  await runIn(ROOT, process.execPath, ['--input-type=module', '-e', text])
  return readFile(join(out, 'sbom.cdx.json'), 'utf8')
}

/** Files in the places of the ready-made addons, as the script's own list has them. */
async function addons(folder: string): Promise<string[]> {
  const list = JSON.stringify(join(folder, 'scripts', 'prebuilds', 'platforms.mjs'))
  const text = `import { PLATFORMS } from ${list}\nprocess.stdout.write(JSON.stringify(PLATFORMS))`
  const stdout = await runIn(folder, process.execPath, ['--input-type=module', '-e', text])
  const platforms = JSON.parse(stdout) as { name: string; arch: string; libc: string }[]
  for (const { name, arch, libc } of platforms) {
    await mkdir(join(folder, 'prebuilds', `linux-${arch}`), { recursive: true })
    await writeFile(join(folder, 'prebuilds', `linux-${arch}`, `vintage-net.${libc}.node`), name)
  }
  return platforms.map(({ name }) => name)
}

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'release-test-'))
  await cp(join(ROOT, 'scripts'), join(context.folder, 'scripts'), { recursive: true })
  await writeFile(
    join(context.folder, 'package.json'),
    '{ "name": "vintage-net", "version": "1.2.3", "type": "module", "files": ["prebuilds"] }',
  )
  await writeFile(join(context.folder, 'CHANGELOG.md'), '# Changelog\n\n## [Unreleased]\n')
  await runIn(context.folder, 'git', ['init', '--quiet'])
  await commit(context.folder)
  await mkdir(join(context.folder, 'out'))
})

test.after.each(async ({ folder }) => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

test('it refuses a tree with changes that are not committed, and names them', async ({ folder }) => {
  await writeFile(join(folder, 'new-file'), '')
  const said = await release(folder)
  assert.match(said, 'the tree is dirty')
  assert.match(said, 'new-file')
})

test('it refuses a version that the changelog says nothing of', async ({ folder }) => {
  assert.match(await release(folder), 'CHANGELOG.md has no section for version 1.2.3')
})

test('a release without tests says so before anything else', async ({ folder }) => {
  assert.match(await release(folder, '--skip-tests'), /^NOT TESTED \(--skip-tests\): do not publish this\n/)
  assert.not.match(await release(folder), 'NOT TESTED')
})

test('it packs with the addon of every platform, and lays each beside the tarball', async ({ folder }) => {
  const names = await addons(folder)
  assert.is(names.length, 6)
  assert.is(await ask(folder, 'release.pack(out)'), 'vintage-net-1.2.3.tgz')
  const files = ['vintage-net-1.2.3.tgz', ...names.map((name) => `vintage-net-${name}.node`)]
  assert.equal((await readdir(join(folder, 'out'))).sort(), files.sort())
  for (const name of names) {
    assert.is(await readFile(join(folder, 'out', `vintage-net-${name}.node`), 'utf8'), name)
  }
})

test('it refuses a tarball without the addon of a platform, and names it', async ({ folder }) => {
  const [, second = ''] = await addons(folder)
  const [arch, libc] = second.split('-')
  await rm(join(folder, 'prebuilds', `linux-${arch}`, `vintage-net.${libc}.node`))
  const said = await ask(folder, 'release.pack(out).catch((error) => error.message)')
  assert.is(said, `not in the tarball: ${second}`)
})

test('sha256sum takes the checksums, and finds a file that was changed since', async ({ folder }) => {
  const out = join(folder, 'out')
  for (const name of ['b.tgz', 'a.node']) await writeFile(join(out, name), name)
  await ask(folder, 'release.checksums(out)')
  assert.is(await runIn(out, 'sha256sum', ['-c', '--strict', 'SHA256SUMS']), 'a.node: OK\nb.tgz: OK')
  await appendFile(join(out, 'b.tgz'), '!')
  const { exitCode, stdout } = await execa('sha256sum', ['-c', 'SHA256SUMS'], { cwd: out, reject: false })
  assert.is(exitCode, 1)
  assert.match(stdout, /^b\.tgz: FAILED$/m)
})

test('the bill of materials names what comes along and nothing of developers, each time the same', async ({
  folder,
}) => {
  const text = await billOfMaterials(join(folder, 'out'))
  const { bomFormat, metadata, components, dependencies } = JSON.parse(text) as Bill
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Record<string, object>
  const namesIn = (key: string): string[] => Object.keys(manifest[key] ?? {})
  assert.is(bomFormat, 'CycloneDX')
  assert.is(metadata.component.name, 'vintage-net')
  const names = new Set(components.map(({ name }) => name))
  // `ms` comes along by way of others, and developers' packages need it as well.
  const needed = [...namesIn('dependencies'), ...namesIn('optionalDependencies'), 'ms']
  assert.equal(
    needed.filter((name) => !names.has(name)),
    [],
  )
  assert.equal(
    namesIn('devDependencies').filter((name) => names.has(name)),
    [],
  )
  assert.is(components.length, packagesOnPage(), [...names].join(' '))
  const known = new Set([metadata.component['bom-ref'], ...components.map((one) => one['bom-ref'])])
  for (const { ref, dependsOn } of dependencies) {
    assert.equal(
      [ref, ...dependsOn].filter((one) => !known.has(one)),
      [],
    )
  }
  assert.is(await billOfMaterials(join(folder, 'out')), text)
})

test.run()
