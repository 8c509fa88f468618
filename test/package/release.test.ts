// The release script, as far as it goes before it builds: it must refuse.

import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
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

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'release-test-'))
  await cp(join(ROOT, 'scripts'), join(context.folder, 'scripts'), { recursive: true })
  await writeFile(
    join(context.folder, 'package.json'),
    '{ "name": "vintage-net", "version": "1.2.3", "type": "module" }',
  )
  await writeFile(join(context.folder, 'CHANGELOG.md'), '# Changelog\n\n## [Unreleased]\n')
  await runIn(context.folder, 'git', ['init', '--quiet'])
  await commit(context.folder)
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

test.run()
