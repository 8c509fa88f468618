/** The shipped decoders on recorded bytes: under an emulated ARMv6 processor, a big-endian one, and musl's loader. */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runIn } from '../../support/packed-package.js'
import { ROOT } from '../../support/source-files.js'
import { inspectFile, installedFile, platforms, readStage, testProgram } from '../stage.js'
import { turnRecording } from '../turn-messages.js'

interface Context {
  folder: string
  /** What the decoders of this machine say of each recording. */
  expected: ReadonlyMap<string, string>
}

const test = suite<Context>('prebuilds/recordings')
const stage = readStage()
const RECORDINGS = join(ROOT, 'test', 'fixtures', 'netlink', 'rtnl')
/** A Raspberry Pi Zero's processor: an instruction that it has not ends the program. */
const ARM1176 = ['qemu-arm-static', '-cpu', 'arm1176']

/** Left out: what needs sockets of the kernel, some of which QEMU does not know. */
const NO_SOCKETS = [
  `--source-file-exclude=${['command_writer', 'dump_series', 'engine', 'engine_open', 'generic', 'instance_lock', 'socket_dumps', 'tcp_probe', 'uevents', 'unix_endpoint'].map((name) => `*/${name}_test.cc`).join()}`,
]

const names = (await readdir(RECORDINGS)).filter((name) => name.endsWith('.bin'))

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'vintage-net-recordings-'))
  const program = (await runIn(ROOT, process.execPath, [join(ROOT, 'scripts', 'native-tests.mjs'), 'vn_decode'])).trim()
  const said = names.map(async (name) => [name, await runIn(ROOT, program, [join(RECORDINGS, name)])] as const)
  context.expected = new Map(await Promise.all(said))
  for (const [name, text] of context.expected)
    assert.ok(text.split('\n').length > 0 && !text.includes('malformed'), name)
})

test.after(async ({ folder }) => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

/** Every recording through a command line that prints what it decodes. */
async function compare({ expected }: Context, command: readonly string[], folder = RECORDINGS): Promise<void> {
  const [program = '', ...args] = command
  for (const name of names)
    assert.is(await runIn(ROOT, program, [...args, join(folder, name)]), expected.get(name), name)
}

test('32-bit ARM: what was built for musl decodes every recording on an ARM1176 as here', async (context) => {
  await compare(context, [...ARM1176, await testProgram('arm-musl', 'vn_decode')])
})

test('32-bit ARM: every C++ test passes on an ARM1176, on the shipped objects', async () => {
  const output = await runIn(ROOT, ARM1176[0] ?? '', [
    ...ARM1176.slice(1),
    await testProgram('arm-musl', 'vn_unit'),
    ...NO_SOCKETS,
  ])
  assert.match(output, /test cases: +\d{3} .*\| 0 failed/)
})

test('big-endian: recordings with their numbers turned are decoded to the same', async (context) => {
  const folder = join(context.folder, 'turned')
  await mkdir(folder)
  for (const name of names) await writeFile(join(folder, name), turnRecording(await readFile(join(RECORDINGS, name))))
  await compare(context, ['qemu-mips-static', await testProgram('mips-musl', 'vn_decode')], folder)
})

/** The launcher, whose stubs of Node-API are those that the file asks for. */
async function launcher({ folder }: Context, imports: readonly string[]): Promise<string> {
  const stubs = imports.filter((name) => name.startsWith('napi_'))
  const lines = stubs.map((name) => `__attribute__((weak)) void ${name}(void) { unexpected("${name}"); }`)
  await writeFile(join(folder, 'stubs.c'), ['void unexpected(const char *name);', ...lines, ''].join('\n'))
  const sources = [join(ROOT, 'test', 'prebuilds', 'launcher.c'), join(folder, 'stubs.c')]
  await runIn(folder, 'musl-gcc', ['-O1', '-rdynamic', '-o', 'launcher', ...sources])
  return join(folder, 'launcher')
}

test('musl: the addon registers itself under musl’s loader, with the schema that Node sees here', async (context) => {
  const platform = (await platforms()).find(({ name }) => name === 'x64-musl')
  if (platform === undefined) throw new Error('no x64-musl')
  const file = installedFile(stage, 'prebuilds', platform.file)
  const { facts } = await inspectFile(file, platform)
  const program = await launcher(context, facts.imports)
  assert.match(await runIn(ROOT, 'readelf', ['-l', program]), 'ld-musl-x86_64')
  const registered = JSON.parse(await runIn(ROOT, program, ['register', file])) as Record<string, unknown>
  const here = `const { loadAddon } = await import(${JSON.stringify(installedFile(stage, 'dist', 'kernel', 'load-addon.js'))})
    const { abi, schema } = loadAddon()
    console.log(JSON.stringify({ abi, schema }))`
  const loaded = JSON.parse(await runIn(stage.app, process.execPath, ['--input-type=module', '-e', here])) as object
  assert.equal(registered, { open: 'function open', ...loaded, nodeApi: 9 })
})

test('musl: what was built for musl decodes every recording under musl’s loader as here', async (context) => {
  const program = await launcher(context, [])
  await compare(context, [program, 'run', await testProgram('x64-musl', 'vn_decode', 'shared')])
})

test.run()
