/** The files themselves: what each needs and shows, and the instructions of the ARMv6 ones. */

import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runIn } from '../../support/packed-package.js'
import { ROOT } from '../../support/source-files.js'
import { inspectFile, installedFile, type Platform, platforms, readStage, testProgram } from '../stage.js'

const test = suite('prebuilds/elf')
const stage = readStage()
const all = await platforms()
const fileOf = ({ file }: { readonly file: string }): string => installedFile(stage, 'prebuilds', file)

for (const platform of all) {
  test(`${platform.name}: processor, library versions, exports and protections are as they should be`, async () => {
    const { facts, problems } = await inspectFile(fileOf(platform), platform)
    assert.equal(problems, [])
    assert.ok(facts.imports.includes('napi_create_function'))
    assert.is(facts.glibc === null, platform.libc === 'musl')
  })
}

/** What tells or takes a time of day: time_t has 32 bits where glibc is of 2012 and the processor's word is 32 bits, and ends in 2038. */
const TIME_OF_DAY =
  /^(time|ftime|gettimeofday|mktime|timegm|(local|gm)time(_r)?|clock_settime|utimes?|utimensat|futimens)$/
/** With an offset or an inode number of 32 bits there: a larger one is EOVERFLOW. */
const SHORT_OFFSETS =
  /^(open|openat|creat|lseek|mmap|truncate|ftruncate|pread|pwrite|readdir|fopen|(__)?[fl]?x?stat|statfs|fstatfs)$/

for (const platform of all.filter(({ libc }) => libc === 'glibc')) {
  test(`${platform.name}: offsets have 64 bits, and the time of day is nobody's business`, async () => {
    const { facts } = await inspectFile(fileOf(platform), platform)
    for (const name of ['open64', 'clock_gettime', 'timerfd_settime']) assert.ok(facts.imports.includes(name), name)
    assert.equal(
      facts.imports.filter((name) => TIME_OF_DAY.test(name) || SHORT_OFFSETS.test(name)),
      [],
    )
  })
}

test('what is wrong with a file is named: a foreign processor, a newer glibc, symbols of its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vintage-net-elf-'))
  try {
    const [x64] = all
    if (x64 === undefined) throw new Error('no platforms')
    const file = join(folder, 'library.so')
    const source = join(folder, 'library.cc')
    await runIn(folder, 'sh', [
      '-c',
      `echo '#include <math.h>\nextern "C" double own(double x) { return pow(x, *new double(x)); }' > ${source}`,
    ])
    await runIn(folder, 'g++', ['-shared', '-fPIC', '-g', '-o', file, source])
    const text = (await inspectFile(file, x64)).problems.join('\n')
    for (const part of [
      'needs glibc 2.29',
      'exports what is its own: own',
      'not stripped',
      'NODELETE',
      'libraries besides',
      'does not say which',
    ]) {
      assert.match(text, part)
    }
    const arm = all.find(({ name }) => name === 'arm-glibc') ?? x64
    await copyFile(fileOf(x64), join(folder, 'x64.node'))
    const foreign: Platform = { ...arm }
    assert.match((await inspectFile(join(folder, 'x64.node'), foreign)).problems.join('\n'), 'not ARM')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

/**
 * What an ARM1176 (ARMv6KZ, VFPv2) does not have and a compiler emits for later ones: the instructions of ARMv6T2, ARMv7 and ARMv8, by the
 * ARM Architecture Reference Manual (ARMv7-A, A8.8: "Encoding …: ARMv6T2, ARMv7").
 */
const NOT_IN_ARMV6 =
  /^(movw|movt|dmb|dsb|isb|ubfx|sbfx|bfi|bfc|mls|rbit|sdiv|udiv|lda|ldaex|stl|stlex|crc32|vfma|vfms|vfnm|vsel|vrint|vmaxnm|vminnm|vcvt[bt])/
/** Of NEON: a vector of integers, or a register that VFPv2 has not. Of VFPv3: a constant in the instruction. */
const NOT_IN_VFPV2 = [/^v(?!cvt)[a-z]*\.[isup]\d/, /^v\S*\t.*\b(q\d+|d(1[6-9]|2\d|3[01]))\b/, /^vmov\S*\t.*#/]

/** libunwind's registers of VFPv3 and iWMMX: touched only where an exception's tables name them, and there are no exceptions. */
const FOR_OTHERS = /<_ZN9libunwind13Registers_arm\d+(save|restore)(VFPv3|iWMMX)\w*>:\n(.+\n)*/g

const isNewer = (text: string): boolean => NOT_IN_ARMV6.test(text) || NOT_IN_VFPV2.some((pattern) => pattern.test(text))

test('what is newer than ARMv6 with VFPv2 is recognized', () => {
  for (const text of [
    'movw\tr0, #1',
    'movteq\tr0, #1',
    'dmb\tish',
    'vadd.i32\td0, d1, d2',
    'vmov.f64\td0, #112',
    'vldr\td16, [r0]',
    'udiv\tr0, r1, r2',
  ]) {
    assert.ok(isNewer(text), text)
  }
  for (const text of [
    'mov\tr0, #1',
    'mcr\t15, 0, r0, cr7, cr10, {5}',
    'vcvt.f64.s32\td0, s0',
    'vmov.f64\td0, d1',
    'ldrex\tr0, [r1]',
    'smmul\tr0, r1, r2',
  ]) {
    assert.not.ok(isNewer(text), text)
  }
})

test('arm-glibc: no instruction is newer than ARMv6 with VFPv2', async () => {
  // Linked once more with its symbols, which tell code from the constants between it.
  const file = await testProgram('arm-glibc', 'addon')
  const text = await runIn(ROOT, 'arm-linux-gnueabihf-objdump', ['-d', '--no-show-raw-insn', file])
  const ours = text.replaceAll(FOR_OTHERS, '')
  const instructions = [...ours.matchAll(/^ *[0-9a-f]+:\t([a-z].*)$/gm)].map(([, found]) => found ?? '')
  assert.ok(instructions.length > 100_000, `${instructions.length} instructions`)
  assert.ok(instructions.some((instruction) => instruction.startsWith('ldrex')))
  assert.ok(instructions.some((instruction) => instruction.startsWith('vldr')))
  assert.equal(instructions.filter(isNewer).slice(0, 5), [])
})

test.run()
