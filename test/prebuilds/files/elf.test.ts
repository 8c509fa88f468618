/** The files themselves: what each needs and shows, and the instructions of the ARMv6 ones. */

import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runIn } from '../../support/packed-package.js'
import { ROOT } from '../../support/source-files.js'
import { inspectFile, installedFile, type Platform, platforms, readStage } from '../stage.js'

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

test('what is wrong with a file is named: a foreign processor, a newer glibc, symbols of its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vintage-net-elf-'))
  try {
    const [x64] = all
    if (x64 === undefined) throw new Error('no platforms')
    const file = join(folder, 'library.so')
    const source = join(folder, 'library.cc')
    await runIn(folder, 'sh', [
      '-c',
      `echo '#include <math.h>\nextern "C" double own(double x) { return pow(x, x); }' > ${source}`,
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
 * What an ARM1176 (ARMv6KZ, VFPv2, no NEON) does not have and a compiler may emit for later ones: ARM Architecture Reference
 * Manual ARMv7-A, "Instruction set overview" and the section "Architecture versions" of each.
 */
const NOT_IN_ARMV6 =
  /^(movw|movt|dmb|dsb|isb|ubfx|sbfx|bfi|bfc|mls|rbit|sdiv|udiv|lda|stl|ldaex|stlex|crc32|orn|cbn?z|tb[bh]|vfma|vfms|vfnm|vsel|vrint|vmaxnm|vminnm|vcvt[btanpm]|vld[1-4]|vst[1-4]|v(add|sub|mul|mov|and|orr|eor|bic|dup|ext|shl|shr|max|min|ceq|cge|cgt|clt|tbl|tst|zip|uzp|trn|rev|qadd|qsub|padd|mla|mls)[a-z]*\.(i|s|u|p)?(8|16|32|64))/

/** The registers that VFPv2 has not. */
const NOT_IN_VFPV2 = /\b(q\d+|d(1[6-9]|2\d|3[01]))\b/

interface Instruction {
  readonly mnemonic: string
  readonly line: string
  readonly bytes: number
}

/** objdump's lines: address, encoding, mnemonic, operands. Data between the code is printed as `.word` and is no instruction. */
async function disassemble(file: string): Promise<Instruction[]> {
  const args = ['-d', '--no-show-raw-insn', '-z', file]
  const text = await runIn(ROOT, 'arm-linux-gnueabihf-objdump', args)
  return [...text.matchAll(/^ *[0-9a-f]+:\t([a-z][a-z0-9.]*)(.*)$/gm)].map(([line, mnemonic]) => ({
    mnemonic: mnemonic ?? '',
    line,
    bytes: 4,
  }))
}

for (const name of ['arm-glibc', 'arm-musl']) {
  test(`${name}: no instruction is newer than ARMv6 with VFPv2`, async () => {
    const platform = all.find((one) => one.name === name)
    if (platform === undefined) throw new Error(name)
    const instructions = await disassemble(fileOf(platform))
    assert.ok(instructions.length > 20_000, `${instructions.length} instructions`)
    assert.ok(instructions.some(({ mnemonic }) => mnemonic.startsWith('ldrex')))
    assert.ok(instructions.some(({ mnemonic }) => mnemonic.startsWith('v')))
    const foreign = instructions.filter(
      ({ mnemonic, line }) => NOT_IN_ARMV6.test(mnemonic) || (mnemonic.startsWith('v') && NOT_IN_VFPV2.test(line)),
    )
    assert.equal(
      foreign.slice(0, 5).map(({ line }) => line),
      [],
    )
  })
}

test.run()
