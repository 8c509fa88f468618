import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type SourceFile, sourceFiles } from '../support/source-files.js'
import { callsOf, escapesOf, programsOf, stringsOf } from './typescript-imports.js'

const test = suite('code')

/** What the kernel is told by netlink, never by a program. */
const KERNEL_PROGRAMS = /^(\/?(usr\/)?s?bin\/)?(ip|ifconfig|route|iptables|nft|brctl|vconfig|ethtool)$/
const KERNEL_COMMAND_LINE = /^(ip (-\w+ )*(link|addr|address|route|rule|neigh|netns)|ifconfig|route (add|del)) /

function programProblems({ path, text }: SourceFile): readonly string[] {
  const named = programsOf(text).filter((program) => KERNEL_PROGRAMS.test(program))
  const paths = stringsOf(text).filter((string) => string.startsWith('/') && KERNEL_PROGRAMS.test(string))
  const lines = stringsOf(text).filter((string) => KERNEL_COMMAND_LINE.test(string))
  return [...named, ...paths, ...lines].map((found) => `${path}: runs ${found}`)
}

/** Tests that run alone, or are left out without a name and a reason. */
function onlyProblems({ path, text }: SourceFile): readonly string[] {
  const found = callsOf(text).filter((call) => /^(test|it|suite|\w+Test)\.(only|skip)$/.test(call))
  return found.map((call) => `${path}: ${call}`)
}

test('nothing below lib/ runs a program for what netlink does', () => {
  assert.equal(sourceFiles(/^lib\/.*\.ts$/).flatMap(programProblems), [])
})

test('types are switched off nowhere', () => {
  const files = sourceFiles(/^(lib|test|bench|examples|scripts)\/.*\.ts$/)
  const wrong = files.flatMap(({ path, text }) => {
    // Compile-time tests must say which line has to fail.
    const allowed = (found: string): boolean => path.startsWith('test/types/') && found.includes('@ts-expect-error')
    return escapesOf(text)
      .filter((found) => !allowed(found))
      .map((found) => `${path}: ${found}`)
  })
  assert.equal(wrong, [])
})

test('no test runs alone, and skips go through test/support/skip.ts', () => {
  const files = sourceFiles(/^test\/.*\.ts$/).filter(({ path }) => path !== 'test/support/skip.ts')
  assert.equal(files.flatMap(onlyProblems), [])
})

test('rule: a program that netlink makes needless is found', () => {
  const count = (text: string): number => programProblems({ path: 'a.ts', text }).length
  assert.is(count("spawn('ip', ['link'])"), 1)
  assert.is(count("await deps.run('ifconfig', [])"), 1)
  assert.is(count("const step = { type: 'run', program: 'route', args: [] }"), 1)
  assert.is(count("const path = '/sbin/ip'"), 1)
  assert.is(count("shell('ip link set eth0 up')"), 1)
  assert.is(count(`shell(\`ip -6 route add \${to} via x\`)`), 1)
  assert.is(count("const event = { type: 'route' }; spawn('udhcpc', [])"), 0)
})

test('rule: any and silenced compiler errors are found', () => {
  assert.is(escapesOf('const a: any = 1').length, 1)
  assert.is(escapesOf('const a = b as any').length, 1)
  assert.is(escapesOf(`// @ts-${'ignore'}\nconst a = 1`).length, 1)
  assert.is(escapesOf('// any number of them\nconst any = 1').length, 0)
})

test('rule: a test that runs alone or is skipped without a reason is found', () => {
  assert.is(onlyProblems({ path: 'a.ts', text: "test.only('x', () => undefined)" }).length, 1)
  assert.is(onlyProblems({ path: 'a.ts', text: "test.skip('x')" }).length, 1)
  assert.is(onlyProblems({ path: 'a.ts', text: "skip(test, 'x', 'y'); list.only('x')" }).length, 0)
})

test.run()
