import { posix } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type SourceFile, sourceFiles } from '../support/source-files.js'
import { importProblem, LIB_TABLE, NATIVE_TABLE, partOf } from './import-table.js'
import { importsOf } from './typescript-imports.js'

const test = suite('imports')

/** Problems of one file below lib/. */
function libProblems({ path, text }: SourceFile): readonly string[] {
  return importsOf(text).flatMap(({ specifier, typeOnly }) => {
    if (!specifier.startsWith('.')) return []
    const target = posix.join(posix.dirname(path), specifier)
    if (target === 'package.json') return []
    if (!target.startsWith('lib/')) return [`${path}: imports ${specifier}, which is outside of lib/`]
    const [from, to] = [partOf(path.slice('lib/'.length)), partOf(target.slice('lib/'.length))]
    const problem = importProblem(LIB_TABLE, from, to, typeOnly)
    return problem === undefined ? [] : [`${path}: ${problem} (${specifier})`]
  })
}

/** Problems of one file below native/; quoted includes are relative to native/ or to the file. */
function nativeProblems({ path, text }: SourceFile, all: ReadonlySet<string>): readonly string[] {
  const from = partOf(path.slice('native/'.length))
  const problems: string[] = []
  for (const [, specifier = ''] of text.matchAll(/^\s*#\s*include\s*"([^"]+)"/gm)) {
    const nearby = posix.join(posix.dirname(path), specifier)
    const target = all.has(nearby) ? nearby : posix.join('native', specifier)
    if (!target.startsWith('native/')) {
      problems.push(`${path}: includes ${specifier}, which is outside of native/`)
      continue
    }
    const problem = importProblem(NATIVE_TABLE, from, partOf(target.slice('native/'.length)), false)
    if (problem !== undefined) problems.push(`${path}: ${problem} (${specifier})`)
  }
  if (from !== 'binding' && from !== 'addon' && /^\s*#\s*include\s*[<"](napi|node_api|uv|node)\b/m.test(text)) {
    problems.push(`${path}: only addon.cc and binding/ know Node`)
  }
  return problems
}

test('every import below lib/ is in the import table', () => {
  assert.equal(sourceFiles(/^lib\/.*\.ts$/).flatMap(libProblems), [])
})

test('every include below native/ is in the import table', () => {
  // The units include every file, which files.test.ts looks at.
  const files = sourceFiles(/^native\/(?!unit\/).*\.(cc|h|hh)$/)
  const paths = new Set(files.map(({ path }) => path))
  assert.equal(
    files.flatMap((file) => nativeProblems(file, paths)),
    [],
  )
})

const problemsOf = (path: string, text: string): number => libProblems({ path, text }).length
const nativeProblemsOf = (path: string, text: string): number => nativeProblems({ path, text }, new Set()).length

test('rule: an import that is not in the table is found, in every form', () => {
  for (const form of [
    "import { A } from '../kernel/mirror.js'",
    "import '../kernel/mirror.js'",
    "import * as mirror from '../kernel/mirror.js'",
    "export { A } from '../kernel/mirror.js'",
    "export * from '../kernel/mirror.js'",
    "const a = await import('../kernel/mirror.js')",
    "import type { A } from '../kernel/mirror.js'",
    "let a: import('../kernel/mirror.js').A",
  ]) {
    assert.is(problemsOf('lib/config/schema.ts', form), 1, form)
    assert.is(problemsOf('lib/routing/metric.ts', form), 0, form)
  }
})

test('rule: where only types are allowed, a value import is found', () => {
  const problems = (text: string): number => problemsOf('lib/technology/plan.ts', text)
  assert.is(problems("import type { A } from '../kernel/messages.js'"), 0)
  assert.is(problems("import { type A, type B } from '../kernel/messages.js'"), 0)
  assert.is(problems("export type { A } from '../kernel/messages.js'"), 0)
  assert.is(problems("import { type A, b } from '../kernel/messages.js'"), 1)
  assert.is(problems("import { b } from '../kernel/messages.js'"), 1)
  assert.is(problems("import a from '../kernel/messages.js'"), 1)
})

test('rule: an unknown folder, a way out of lib/ and a file of the root are seen', () => {
  assert.is(problemsOf('lib/strange/a.ts', "import { b } from '../base/clock.js'"), 1)
  assert.is(problemsOf('lib/base/clock.ts', "import { b } from '../../test/support/skip.js'"), 1)
  assert.is(problemsOf('lib/config/schema.ts', "import { b } from '../errors.js'"), 0)
  assert.is(problemsOf('lib/errors.ts', "import { b } from './base/clock.js'"), 1)
  assert.is(problemsOf('lib/interface/interface.ts', "import { b } from '../vintage-net.js'"), 1)
  assert.is(problemsOf('lib/cli/run.ts', "import { b } from '../routing/metric.js'"), 1)
  assert.is(problemsOf('lib/cli/run.ts', "import { b } from '../kernel/mirror.js'"), 1)
  assert.is(problemsOf('lib/cli/run.ts', "import { b } from '../kernel/index.js'"), 0)
})

test('rule: a folder with a row of its own is a part of its own', () => {
  assert.is(problemsOf('lib/kernel/load-addon.ts', "import { a } from './carriage/inbox.js'"), 0)
  assert.is(problemsOf('lib/kernel/carriage/inbox.ts', "import type { A } from '../messages.js'"), 0)
  assert.is(problemsOf('lib/routing/metric.ts', "import { a } from '../kernel/carriage/inbox.js'"), 1)
  assert.is(problemsOf('lib/routing/metric.ts', "import { a } from '../kernel/check/fault.js'"), 0)
  assert.is(nativeProblemsOf('native/engine/outbox.hh', '#include "engine/record/layout.hh"'), 0)
  assert.is(nativeProblemsOf('native/engine/record/layout.hh', '#include "rtnl/link.hh"'), 1)
  assert.is(nativeProblemsOf('native/engine/fields/rtnl.hh', '#include "engine/record/layout.hh"'), 1)
})

test('rule: an include that is not in the table is found', () => {
  assert.is(nativeProblemsOf('native/netlink/socket.cc', '#include "base/unique_fd.h"'), 0)
  assert.is(nativeProblemsOf('native/netlink/socket.cc', '#include "rtnl/link.h"'), 1)
  assert.is(nativeProblemsOf('native/base/clock.cc', '  #  include "../netlink/socket.h"'), 1)
  assert.is(nativeProblemsOf('native/engine/engine.cc', '#include <napi.h>'), 1)
  assert.is(nativeProblemsOf('native/binding/to_js.cc', '#include <napi.h>\n#include "engine/engine.h"'), 0)
})

test.run()
