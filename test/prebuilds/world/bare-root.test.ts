/** A root folder in which there is Node, npm and nothing else: no shell, no compiler, no Python. What is installed there without scripts must work. */

import { copyFile, cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inNamespace, ipIn, PROGRAM_PATH } from '../../support/lab/command.js'
import { Lab } from '../../support/lab.js'
import { runIn } from '../../support/packed-package.js'
import { readStage } from '../stage.js'

const test = suite<{ root: string }>('prebuilds/bare-root')
const stage = readStage()
const NPM = '/npm/bin/npm-cli.js'

/** Mounts stand in a namespace that ends with the program: a folder with mounts in it must not be removed. */
const ENTER = 'mount -t proc proc "$0/proc" && mount --bind /dev/null "$0/dev/null" && exec chroot "$0" "$@"'

async function copyInto(root: string, file: string): Promise<void> {
  await mkdir(join(root, dirname(file)), { recursive: true })
  await copyFile(await realpath(file), join(root, file))
}

/** Node with the libraries that it names, npm, what is to be installed, and npm's cache in the place of a registry. */
async function makeRoot(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'vintage-net-bare-root-'))
  for (const name of ['proc', 'dev', 'tmp', 'app']) await mkdir(join(root, name))
  await writeFile(join(root, 'dev', 'null'), '')
  await writeFile(join(root, 'app', 'package.json'), '{ "name": "app", "private": true, "type": "module" }\n')
  const libraries = await runIn('/', 'ldd', [process.execPath])
  for (const [file] of libraries.matchAll(/\/\S+/g)) await copyInto(root, file)
  await mkdir(join(root, 'bin'))
  await copyFile(process.execPath, join(root, 'bin', 'node'))
  const npm = dirname(dirname(await realpath(join(stage.programs, 'npm'))))
  await cp(npm, join(root, 'npm'), { recursive: true, dereference: true })
  await cp(stage.npmCache, join(root, 'npm-cache'), { recursive: true })
  await copyFile(stage.tarball, join(root, basename(stage.tarball)))
  return root
}

/** Runs Node in the root folder, in the lab's namespace; what it printed. */
async function node(root: string, lab: Lab, args: readonly string[]): Promise<string> {
  const registry = (await runIn('/', 'npm', ['config', 'get', 'registry'])).trim()
  const inside = ['--mount', '--pid', '--fork', 'sh', '-c', ENTER, root, '/bin/node', ...args]
  const env = { PATH: PROGRAM_PATH, HOME: '/tmp', npm_config_registry: registry }
  const command = inNamespace(lab.name, 'unshare', inside)
  const { all, exitCode } = await execa(...command, { env, extendEnv: false, all: true, reject: false })
  assert.is(exitCode, 0, all)
  return all
}

test.before(async (context) => {
  context.root = await makeRoot()
})

test.after(async ({ root }) => {
  if (root !== undefined) await rm(root, { recursive: true, force: true })
})

test('what npm installs without scripts is imported, opens a kernel, reads a link and writes an address', async ({
  root,
}) => {
  await using lab = await Lab.create()
  const install = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--cache', '/npm-cache']
  const tarball = `/${basename(stage.tarball)}`
  assert.match(await node(root, lab, [NPM, ...install, '--prefix', '/app', tarball]), /added \d+ packages/)
  const script = `
    process.chdir('/app')
    const { VintageNet } = await import('/app/node_modules/vintage-net/dist/index.js')
    const { openKernel } = await import('/app/node_modules/vintage-net/dist/kernel/index.js')
    const kernel = await openKernel()
    const links = await kernel.links()
    const results = await kernel.send([{ type: 'addAddress', ifname: 'lo', address: '192.0.2.7', prefixLength: 32 }])
    await kernel.close()
    console.log(JSON.stringify([typeof VintageNet.start, links.map(({ ifname }) => ifname), results]))`
  const said = await node(root, lab, ['--input-type=module', '-e', script])
  assert.equal(JSON.parse(said), ['function', ['lo'], ['done']])
  assert.match(JSON.stringify(await ipIn(lab.name, ['address'])), '"local":"192.0.2.7"')
})

test('where nothing fits, it says how to build an addon', async ({ root }) => {
  await using lab = await Lab.create()
  await rm(join(root, 'app', 'node_modules', 'vintage-net', 'prebuilds'), { recursive: true })
  const script = `
    const { openKernel } = await import('/app/node_modules/vintage-net/dist/kernel/index.js')
    await openKernel().catch(({ code, message }) => console.log(code, message))`
  assert.is(
    (await node(root, lab, ['--input-type=module', '-e', script])).trim(),
    'ERR_ABI there is no ready-made native addon on linux x64 glibc; build one with `npx --yes node-gyp rebuild` in /app/node_modules/vintage-net',
  )
})

test.run()
