/** The index of the cookbook has every recipe, and every page is run by a test. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { recipesOf } from '../support/recipes.js'
import { sourceFiles, sourcePaths } from '../support/source-files.js'

const test = suite('cookbook')

const PAGES = sourceFiles(/^docs\/cookbook\/[a-z-]+\.md$/)

/** As on GitHub: lower case, blanks as hyphens, no other punctuation. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
}

test('docs/cookbook/README.md has one line for each recipe, and no other', () => {
  const [index] = sourceFiles(/^docs\/cookbook\/README\.md$/)
  const lines = (index?.text ?? '').split('\n').filter((line) => line.startsWith('- '))
  const wanted = PAGES.flatMap(({ path, text }) => {
    const page = path.slice(path.lastIndexOf('/') + 1)
    return recipesOf(text).map(({ title }) => `- [${title}](${page}#${anchorOf(title)})`)
  })
  assert.ok(wanted.length > 60)
  assert.equal(lines.sort(), wanted.sort())
})

test('every page of the cookbook names a test that exists', () => {
  const all = new Set(sourcePaths())
  const without = PAGES.filter(({ text }) => {
    const [, named = ''] = /`(test\/[\w./-]+\.test\.ts)`/.exec(text) ?? []
    return !all.has(named)
  })
  assert.equal(
    without.map(({ path }) => path),
    [],
  )
})

test('rule: an anchor has no punctuation', () => {
  assert.is(anchorOf('Join the button (WPS), or not'), 'join-the-button-wps-or-not')
})

test.run()
