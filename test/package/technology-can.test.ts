// The example of a technology of one's own, built and tested as a package of its own that uses ours from its tarball.

import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { packedPackage, runIn } from '../support/packed-package.js'
import { ROOT } from '../support/source-files.js'

const test = suite<{ folder: string; example: string; modules: string }>('package/technology-can')

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'technology-can-test-'))
  const { app } = await packedPackage(context.folder)
  context.modules = join(app, 'node_modules')
  context.example = join(app, 'technology-can')
  await cp(join(ROOT, 'examples', 'technology-can'), context.example, {
    recursive: true,
    filter: (path) => !/\/(dist|node_modules)$/.test(path),
  })
})

test.after(async ({ folder }) => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

test('it builds against the types in the tarball, and its own tests pass', async ({ example }) => {
  await runIn(example, 'npm', ['run', 'build', '--loglevel=error'])
  assert.match(await runIn(example, 'npm', ['test', '--loglevel=error']), /Passed: +[5-9]/)
})

test('whoever installs it uses it as its page says', async ({ example, modules }) => {
  const { name } = JSON.parse(await readFile(join(example, 'package.json'), 'utf8')) as { name: string }
  await symlink(example, join(modules, name))
  const script = `
    import { VintageNet } from 'vintage-net'
    import { FakeKernel } from 'vintage-net/testing'
    import { can } from '${name}'
    const net = await VintageNet.start({ kernel: new FakeKernel(), technologies: [can], persistence: 'none', resolvConf: null, tmpDir: '${example}/run' })
    await net.configure('vcan0', { type: 'can', virtual: true })
    await net.until(['interface', 'vcan0', 'connection'], 'lan')
    await net.stop()
    console.log('lan')`
  assert.is(await runIn(join(modules, '..'), process.execPath, ['--input-type=module', '-e', script]), 'lan')
})

test.run()
