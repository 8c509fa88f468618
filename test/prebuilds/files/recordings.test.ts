/** The shipped decoders on recorded bytes: under an emulated ARMv6 processor, a big-endian one, and musl's loader. */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
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
/** A machine has no nexthop objects; all that the dump holds is its end. */
const EMPTY_RECORDING = 'machine-nexthop.bin'
const RECORDINGS = join(ROOT, 'test', 'fixtures', 'netlink', 'rtnl')
/** A Raspberry Pi Zero's processor: an instruction that it has not ends the program. */
const ARM1176 = ['qemu-arm-static', '-cpu', 'arm1176']
/** Debian's C library is for ARMv7 and newer. */
const ARMV7 = ['qemu-arm-static', '-L', '/usr/arm-linux-gnueabihf']

/** The shipped platforms, by what runs a program that was built for them; x64-musl is run by musl's loader below. */
const RUNNERS: Readonly<Record<string, readonly string[]>> = {
  'x64-glibc': [],
  'arm64-glibc': ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu'],
  'arm64-musl': ['qemu-aarch64-static'],
  'arm-glibc': ARMV7,
  'arm-musl': ARM1176,
}

/** Where all C++ tests run. */
const UNIT_TESTS = [
  { platform: 'arm-musl', runner: ARM1176, without: [], what: 'on an ARM1176, on the shipped objects' },
  // Reads a folder, whose places QEMU tells in 64 bits: glibc's readdir for 32 bits refuses them. The other two read it.
  {
    ...{ platform: 'arm-glibc', runner: ARMV7, without: ['damaged_message'] },
    what: 'where time_t has 32 bits, on the shipped objects',
  },
  {
    platform: 'arm-aligned',
    runner: ARM1176,
    without: [],
    what: 'where an access that is not aligned ends the program',
  },
]

/** Left out: what needs sockets of the kernel, some of which QEMU does not know. */
const NEED_SOCKETS = [
  ...['command_writer', 'dump_series', 'engine', 'engine_open', 'generic', 'instance_lock', 'socket_dumps'],
  ...['tcp_probe', 'uevents', 'unix_endpoint'],
]

const names = (await readdir(RECORDINGS)).filter((name) => name.endsWith('.bin'))

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'vintage-net-recordings-'))
  const program = (await runIn(ROOT, process.execPath, [join(ROOT, 'scripts', 'native-tests.mjs'), 'vn_decode'])).trim()
  const said = names.map(async (name) => [name, await runIn(ROOT, program, [join(RECORDINGS, name)])] as const)
  context.expected = new Map(await Promise.all(said))
  for (const [name, text] of context.expected) {
    assert.is(text.includes('"body"'), name !== EMPTY_RECORDING, name)
    assert.not.match(text, 'malformed', name)
  }
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

for (const [platform, runner] of Object.entries(RUNNERS)) {
  test(`${platform}: what was built for it decodes every recording as here`, async (context) => {
    await compare(context, [...runner, await testProgram(platform, 'vn_decode')])
  })
}

for (const { platform, runner, what, without } of UNIT_TESTS) {
  test(`32-bit ARM: every C++ test passes ${what}`, async () => {
    const left = [...NEED_SOCKETS, ...without].map((name) => `*/${name}_test.cc`)
    const [program = '', ...args] = [...runner, await testProgram(platform, 'vn_unit')]
    args.push(`--source-file-exclude=${left.join()}`)
    assert.match(await runIn(ROOT, program, args), /test cases: +\d{3} .*\| 0 failed/)
  })
}

test('32-bit ARM: an access that is not aligned does end the program', async () => {
  const [program = '', ...args] = [...ARM1176, await testProgram('arm-aligned', 'misaligned')]
  const { exitCode, signal } = await execa(program, args, { reject: false })
  assert.is(exitCode, undefined)
  assert.match(String(signal), /^SIG(ILL|TRAP)$/)
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
