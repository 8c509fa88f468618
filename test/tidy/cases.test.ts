import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sourceFiles, sourcePaths } from '../support/source-files.js'

const test = suite('cases')

interface Page {
  readonly page: RegExp
  readonly tests: RegExp
  /** Ids whose tests are still to come; one that has a test may not stand here. */
  readonly pending: readonly string[]
}

/** Of the folders of technologies, those whose cases stand among those of the core. */
const OF_CORE = ['ethernet', 'ip', 'null']
const FOLDERS = new Set(sourcePaths().flatMap((path) => /^lib\/technology\/([\w-]+)\//.exec(path)?.[1] ?? []))
const TECHNOLOGIES = [...FOLDERS].filter((folder) => !OF_CORE.includes(folder)).join('|')

/** Each page has ids of its own; those of the technologies are held by tests in folders of a technology. */
const PAGES: readonly Page[] = [
  {
    page: /^docs\/cases\/core\.md$/,
    tests: new RegExp(`^test/(?!tidy/)(?!.*/(?:${TECHNOLOGIES})/).*\\.(ts|cc)$`),
    pending: [],
  },
  {
    page: /^docs\/cases\/technologies\.md$/,
    tests: new RegExp(`^test/.*/(?:${TECHNOLOGIES})/.*\\.ts$`),
    pending: [],
  },
]

/** Ids that head a table row with what is done and what follows. */
function caseIds(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^\| ([A-Z]\d+) \| \S.* \| \S.* \| .*\|$/gm)].map(([, id = '']) => id)
}

/** Ids with which a title begins: the first text of a test, or a case of the C++ tests. */
function testedIds(code: string): readonly string[] {
  return [...code.matchAll(/(?:\b[a-zA-Z]*[tT]est\(\s*|TEST_CASE\()['"`]([A-Z]\d+): /g)].map(([, id = '']) => id)
}

function gaps(ids: readonly string[], tested: ReadonlySet<string>, pending: readonly string[]): readonly string[] {
  return [
    ...ids.filter((id) => !tested.has(id) && !pending.includes(id)).map((id) => `${id}: no test`),
    ...pending.filter((id) => tested.has(id)).map((id) => `${id}: has a test, and is pending`),
    ...pending.filter((id) => !ids.includes(id)).map((id) => `${id}: is pending, and no case`),
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id}: stands twice`),
  ]
}

const documented = (page: RegExp): readonly string[] => sourceFiles(page).flatMap(({ text }) => caseIds(text))
const tested = (tests: RegExp): ReadonlySet<string> =>
  new Set(sourceFiles(tests).flatMap(({ text }) => testedIds(text)))

test('every case of docs/cases has a test whose title begins with its id', () => {
  for (const { page, tests, pending } of PAGES) {
    const ids = documented(page)
    assert.ok(ids.length > 0, String(page))
    assert.equal(gaps(ids, tested(tests), pending), [], String(page))
  }
})

test('every page of docs/cases is looked at', () => {
  const pages = sourcePaths().filter((path) => /^docs\/cases\/.*\.md$/.test(path))
  assert.equal(
    pages.filter((path) => !PAGES.some(({ page }) => page.test(path))),
    [],
  )
})

test('every row of docs/cases is a case', () => {
  const rows = sourceFiles(/^docs\/cases\/.*\.md$/).flatMap(({ text }) => text.match(/^\| [A-Z]\d+ .*$/gm) ?? [])
  assert.is(documented(/^docs\/cases\/.*\.md$/).length, rows.length)
})

test('rule: a case without a test, a pending one with a test and a repeated one are found', () => {
  assert.equal(gaps(['A1', 'A2', 'A2'], new Set(['A1']), ['A1', 'A3']), [
    'A2: no test',
    'A2: no test',
    'A1: has a test, and is pending',
    'A3: is pending, and no case',
    'A2: stands twice',
  ])
})

test('rule: titles are found however they are written', () => {
  assert.equal(testedIds('test(\'A1: x\', f)\nlist.test(\n  `B2: y`, f)\nTEST_CASE("O5: z") {\n'), ['A1', 'B2', 'O5'])
  assert.equal(testedIds("const text = 'A1: x'\ntest('about A1: x', f)"), [])
  assert.equal(caseIds('| A1 | x | y | |\n| A2 | | y | |\n| id | x | y | z |\n'), ['A1'])
})

test.run()
