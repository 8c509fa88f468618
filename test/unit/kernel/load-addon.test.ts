import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError, type NetworkError } from '../../../lib/errors.js'
import { ENGINE_ABI } from '../../../lib/kernel/engine-binding.js'
import { addonFile, checkBinding, libcOf, loadAddon } from '../../../lib/kernel/load-addon.js'

const roots: string[] = []

/** A package root whose build-cmake holds this text instead of an addon. */
function rootWith(addon: string | undefined): string {
  const root = mkdtempSync(join(tmpdir(), 'load-addon-'))
  roots.push(root)
  if (addon === undefined) return root
  mkdirSync(join(root, 'build-cmake', 'Release'), { recursive: true })
  writeFileSync(join(root, 'build-cmake', 'Release', 'vintage_net.node'), addon)
  return root
}

function failure(root: string, load: () => unknown = () => loadAddon(root)): NetworkError {
  try {
    load()
  } catch (thrown) {
    if (isNetworkError(thrown)) return thrown
    throw thrown
  }
  throw new Error('it was loaded')
}

test.after(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true })
})

test('the C library is told by its file, also when an update has replaced that', () => {
  const line = (path: string) =>
    `7f0000000000-7f0000001000 r--p 00000000 08:01 1  /usr/bin/node\n7f0000002000-7f0000003000 r-xp 00000000 08:01 2  ${path}\n`
  for (const path of ['/usr/lib/libc.so.6', '/lib/libc-2.31.so', '/usr/lib/libc.so.6 (deleted)'])
    assert.is(libcOf(line(path)), 'glibc', path)
  for (const path of ['/lib/ld-musl-aarch64.so.1', '/lib/libc.so', '/lib/libc.so.60'])
    assert.is(libcOf(line(path)), 'musl', path)
})

test('without an addon the error names the machine and the command that builds one', () => {
  const root = rootWith(undefined)
  const { code, message } = failure(root)
  assert.is(code, 'ERR_ABI')
  assert.match(message, new RegExp(`${process.platform} ${process.arch} (glibc|musl)`))
  assert.match(message, 'npx --yes node-gyp rebuild')
  assert.match(message, root)
})

test('what was built here is taken first, then the file for the processor and the C library, and no other', () => {
  const root = rootWith(undefined)
  const place = (...path: string[]): string => {
    const file = join(root, ...path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, '')
    return file
  }
  const arm = { platform: 'linux', arch: 'arm', libc: 'glibc' } as const
  const musl = { platform: 'linux', arch: 'arm64', libc: 'musl' } as const
  const readyMade = place('prebuilds', 'linux-arm', 'vintage-net.glibc.node')
  place('prebuilds', 'linux-arm64', 'vintage-net.glibc.node')
  assert.is(addonFile(root, arm), readyMade)
  assert.is(addonFile(root, musl), undefined)
  const forMusl = place('prebuilds', 'linux-arm64', 'vintage-net.musl.node')
  assert.is(addonFile(root, musl), forMusl)
  assert.is(addonFile(root, { platform: 'linux', arch: 'riscv64', libc: 'glibc' }), undefined)
  const rebuilt = place('build', 'Release', 'vintage_net.node')
  assert.is(addonFile(root, arm), rebuilt)
  const developers = place('build-cmake', 'Release', 'vintage_net.node')
  assert.is(addonFile(root, arm), developers)
})

test('a file that is no addon for this machine is ERR_ABI with the loader’s reason', () => {
  const { code, message, cause } = failure(rootWith('not an ELF file'))
  assert.is(code, 'ERR_ABI')
  assert.match(message, /invalid ELF header|too short/)
  assert.instance(cause, Error)
})

test('an addon of another version, and something else altogether, are ERR_ABI', () => {
  const schema = { nouns: {}, commands: {}, events: {}, bytes: { commands: {}, events: {} } }
  const fitting = { abi: ENGINE_ABI, schema, open: () => undefined }
  assert.is(checkBinding(fitting, '/r').abi, ENGINE_ABI)
  assert.is(checkBinding(fitting, '/r').schema, schema)
  const old = { abi: 0, schema: {}, open: () => undefined }
  assert.match(failure('/r', () => checkBinding(old, '/r')).message, 'version 0')
  assert.is(failure('/r', () => checkBinding({}, '/r')).code, 'ERR_ABI')
})

test.run()
