/** The tarball: what is in it, and how it is installed. */

import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { packagesOnPage, sizesOnPage } from '../../support/package-figures.js'
import { runIn } from '../../support/packed-package.js'
import { installedFile, platforms, readStage } from '../stage.js'

const test = suite('prebuilds/tarball')
const stage = readStage()

/** docs/performance.md rounds, and every change of a source moves the sizes a little. */
const SIZE_TOLERANCE = 0.03

/** Runs where only Node, npm and a shell are in reach. */
async function node(script: string): Promise<string> {
  const args = ['--input-type=module', '-e', script]
  const { stdout } = await execa(process.execPath, args, {
    cwd: stage.app,
    env: { PATH: stage.programs },
    extendEnv: false,
  })
  return stdout
}

test('it holds dist, the ready-made addons, what builds another one, and the texts; nothing else', async () => {
  const shipped = (await platforms()).map(({ file }) => `prebuilds/${file}`)
  assert.equal(stage.files.filter((path) => path.endsWith('.node')).sort(), shipped.sort())
  const known =
    /^(dist\/|native\/|prebuilds\/|binding\.gyp$|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$|docs\/[\w/-]+\.md$)/
  assert.equal(
    stage.files.filter((path) => !known.test(path)),
    [],
  )
  assert.equal(
    stage.files.filter((path) => /\.(test|spec)\.|\.tsbuildinfo$|\.o$|\.log$/.test(path)),
    [],
  )
})

test('its size is what the page says', () => {
  console.log(`tarball: ${stage.bytes} bytes, ${stage.unpackedBytes} unpacked, ${stage.files.length} files`)
  const { tarball, unpacked } = sizesOnPage()
  for (const [measured, said] of [
    [stage.bytes, tarball],
    [stage.unpackedBytes, unpacked],
  ] as const) {
    assert.ok(Math.abs(measured - said) <= said * SIZE_TOLERANCE, `${measured} bytes, docs/performance.md says ${said}`)
  }
})

test('npm installs it where there is no compiler, and runs no script of ours', async () => {
  assert.equal((await readdir(stage.programs)).sort(), ['env', 'node', 'npm', 'sh'])
  const { scripts } = JSON.parse(await readFile(installedFile(stage, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) assert.is(scripts[name], undefined)
  // npm lists packages whose scripts it runs or holds back; what it compiles, gyp tells of.
  assert.not.match(stage.output, /gyp (ERR|info)|npm error|vintage-net@/)
})

test('as many packages come along as docs/decisions/0002 says', async () => {
  const list = await runIn(stage.app, 'npm', ['ls', '--all', '--parseable', '--omit=dev'])
  const packages = list.split('\n').filter((path) => path.includes('node_modules') && !path.endsWith('/vintage-net'))
  assert.is(packages.length, packagesOnPage(), packages.join('\n'))
})

test('the addon that is loaded is the ready-made one of this machine', async () => {
  const script = `
    import { addonFile, loadAddon } from './node_modules/vintage-net/dist/kernel/load-addon.js'
    loadAddon()
    console.log(addonFile('node_modules/vintage-net'))`
  assert.is(await node(script), 'node_modules/vintage-net/prebuilds/linux-x64/vintage-net.glibc.node')
})

test('without a ready-made addon the error names the machine and the command that builds one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vintage-net-bare-'))
  try {
    await cp(join(stage.app, 'node_modules'), join(folder, 'node_modules'), { recursive: true })
    await rm(join(folder, 'node_modules', 'vintage-net', 'prebuilds'), { recursive: true })
    const script = `import { openKernel } from 'vintage-net/kernel'; await openKernel().catch((error) => console.log(error.code, error.message))`
    const text = await runIn(folder, process.execPath, ['--input-type=module', '-e', script])
    assert.match(
      text,
      /^ERR_ABI there is no ready-made native addon on linux x64 glibc; build one with `npx --yes node-gyp rebuild` in \//,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test.run()
