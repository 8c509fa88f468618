import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { programFinder, programKey } from '../../../lib/supervision/find-program.js'

const test = suite<{ directory: string; path: string }>('find-program')

test.before.each(async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'vintage-net-'))
  for (const name of ['first', 'second']) await mkdir(join(directory, name))
  context.directory = directory
  context.path = `${directory}/first:${directory}/second/`
})

test.after.each(async ({ directory }) => {
  if (directory !== undefined) await rm(directory, { recursive: true, force: true })
})

async function install(path: string, mode = 0o755): Promise<string> {
  await writeFile(path, '#!/bin/sh\n')
  await chmod(path, mode)
  return path
}

async function missing(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (thrown) {
    if (isNetworkError(thrown, 'ERR_PROGRAM_MISSING')) return thrown.message
    throw thrown
  }
  throw new Error('was found')
}

test('takes the first hit on the path', async ({ directory, path }) => {
  const second = await install(`${directory}/second/tool`)
  assert.is(await programFinder({ path })('tool'), second)
  const first = await install(`${directory}/first/tool`)
  assert.is(await programFinder({ path })('tool'), first)
})

test('passes over files that are not executable, and directories', async ({ directory, path }) => {
  await install(`${directory}/first/tool`, 0o644)
  const second = await install(`${directory}/second/tool`)
  assert.is(await programFinder({ path })('tool'), second)
  await mkdir(`${directory}/first/folder`)
  assert.match(await missing(programFinder({ path })('folder')), 'folder: not found on')
})

test('an absolute path must exist and be executable', async ({ directory, path }) => {
  const tool = await install(`${directory}/tool`)
  assert.is(await programFinder({ path })(tool), tool)
  await chmod(tool, 0o644)
  assert.is(await missing(programFinder({ path })(tool)), `tool: no executable file at ${tool}`)
})

test('an explicit path goes before the path', async ({ directory, path }) => {
  await install(`${directory}/first/wpa_supplicant`)
  const own = await install(`${directory}/own-supplicant`)
  const find = programFinder({ path, programs: { wpaSupplicant: own } })
  assert.is(await find('wpa_supplicant'), own)
})

test('a wrong explicit path is not replaced by another program', async ({ directory, path }) => {
  await install(`${directory}/first/udhcpc`)
  const message = await missing(programFinder({ path, programs: { udhcpc: '/nowhere/udhcpc' } })('udhcpc'))
  assert.match(message, '/nowhere/udhcpc')
})

test('the error names the program, the path and the Debian package', async ({ path }) => {
  assert.is(
    await missing(programFinder({ path })('wpa_supplicant')),
    `wpa_supplicant: not found on ${path} (Debian package: wpasupplicant)`,
  )
})

test('relative names and relative path elements are not looked up', async ({ directory }) => {
  await install(`${directory}/first/tool`)
  assert.match(await missing(programFinder({ path: 'first::.' })('tool')), 'not found')
  assert.match(await missing(programFinder({ path: directory })('first/tool')), 'no executable file')
})

test('keys are the names in camelCase', () => {
  assert.is(programKey('wpa_supplicant'), 'wpaSupplicant')
  assert.is(programKey('/usr/sbin/udhcpc'), 'udhcpc')
  assert.is(programKey('qmi-network'), 'qmiNetwork')
})

test.run()
