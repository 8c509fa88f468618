import { basename } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type SourceFile, sourceFiles, sourcePaths } from '../support/source-files.js'

const test = suite('files')

/** A longer file holds more than one noun; write at most 300. */
const MAX_LINES = 400
const CODE = /^(lib|native|test|bench|examples|scripts)\/.*\.(ts|mjs|cc|h|hh|sh)$/
const EMPTY_NAMES = /^(utils?|helpers?|common|misc)(\.|$)/

function lengthProblem({ path, text }: SourceFile): readonly string[] {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  return lines > MAX_LINES ? [`${path}: ${lines} lines`] : []
}

function nameProblems(path: string): readonly string[] {
  const problems = path.split('/').filter((name) => EMPTY_NAMES.test(name))
  const name = basename(path)
  if (/\.(ts|mjs|sh)$/.test(name) && !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|d))?\.(ts|mjs|sh)$/.test(name))
    problems.push(name)
  if (/\.(cc|h|hh)$/.test(name) && !/^[a-z0-9]+(_[a-z0-9]+)*\.(cc|h|hh)$/.test(name)) problems.push(name)
  return problems.map((problem) => `${path}: ${problem}`)
}

/** Something of one machine in a file: an absolute path or the host of a package registry. */
function machineProblems({ path, text }: SourceFile): readonly string[] {
  const patterns = [
    /(?<![\w.])\/(work|farm|root|home\/[a-z]\w*)\/\w+/g,
    /\/tmp\/bash_jobs/g,
    /\b(registry|npm|pypi|deb|ftp)\.[a-z0-9-]+\.(org|com|net|io)\b/g,
  ]
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([found]) => `${path}: ${found}`))
}

test('no code file is longer than 400 lines', () => {
  assert.equal(sourceFiles(CODE).flatMap(lengthProblem), [])
})

test('file names are kebab-case (TypeScript) or snake_case (C++) and say what is in the file', () => {
  assert.equal(
    sourcePaths()
      .filter((path) => CODE.test(path))
      .flatMap(nameProblems),
    [],
  )
})

test('no file names a path of one machine or the host of a registry', () => {
  const text = /\.(ts|mjs|js|json|md|cc|h|hh|sh|txt|gyp|yml)$|(^|\/)(run|\.npmrc|\.gitignore|LICENSE)$/
  const files = sourceFiles(text).filter(({ path }) => path !== 'test/tidy/files.test.ts')
  assert.equal(files.flatMap(machineProblems), [])
})

test('the lock file says nothing about where packages come from', () => {
  const [lock] = sourceFiles(/^package-lock\.json$/)
  assert.ok(lock)
  assert.not(lock.text.includes('"resolved"'))
})

test('native/sources.json lists the units, and these include exactly the other .cc files below native/', () => {
  const [list] = sourceFiles(/^native\/sources\.json$/)
  const listed = list === undefined ? [] : Object.values(JSON.parse(list.text) as Record<string, string[]>).flat()
  const units = sourceFiles(/^native\/unit\/.*\.cc$/)
  assert.equal(
    [...listed].sort(),
    units.map(({ path }) => path),
  )
  const included = units.flatMap(({ text }) =>
    [...text.matchAll(/^#include "(.*)"$/gm)].map(([, path]) => `native/${path}`),
  )
  const existing = sourcePaths().filter((path) => /^native\/(?!unit\/).*\.cc$/.test(path))
  assert.equal([...included].sort(), existing)
})

test('rule: a file of 401 lines is found, one of 400 is not', () => {
  assert.is(lengthProblem({ path: 'a.ts', text: 'x\n'.repeat(400) }).length, 0)
  assert.is(lengthProblem({ path: 'a.ts', text: 'x\n'.repeat(401) }).length, 1)
})

test('rule: names that say nothing or are spelled otherwise are found', () => {
  for (const path of [
    'lib/utils/a.ts',
    'lib/base/helpers.ts',
    'lib/myFile.ts',
    'lib/my_file.ts',
    'native/base/my-file.cc',
  ]) {
    assert.is(nameProblems(path).length, 1, path)
  }
  for (const path of ['lib/my-file.ts', 'test/unit/my-file.test.ts', 'native/base/my_file.cc', 'native/base/bytes.h']) {
    assert.is(nameProblems(path).length, 0, path)
  }
})

test('rule: a path of one machine and a registry are found', () => {
  const count = (text: string): number => machineProblems({ path: 'a.md', text }).length
  assert.is(count('see /root/project'), 1)
  assert.is(count('see /home/someone/project'), 1)
  assert.is(count(['https://registry', 'npmjs', 'org/x'].join('.')), 1)
  assert.is(count('lib/work/file, ./root/x, /var/lib/vintage-net, example.org'), 0)
})

test.run()
