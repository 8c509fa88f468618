import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { checkPath, checkPattern, comparePaths, pathKey } from '../../../lib/properties/path.js'
import { PathTree } from '../../../lib/properties/path-tree.js'

const refused = (field: string) => (thrown: unknown) =>
  isNetworkError(thrown, 'ERR_INVALID_CONFIG') && thrown.field === field

test('a path is a list of strings without a wildcard', () => {
  checkPath([])
  checkPath(['interface', 'eth0', ''])
  const sparse: unknown[] = []
  sparse.length = 2
  for (const wrong of ['interface', null, undefined, 7, [7], ['a', null], sparse, ['a', '*'], { 0: 'a', length: 1 }]) {
    assert.throws(() => checkPath(wrong), refused('path'))
  }
})

test('a path has at most 32 segments', () => {
  checkPath(Array.from({ length: 32 }, () => 'x'))
  assert.throws(() => checkPath(Array.from({ length: 33 }, () => 'x')), refused('path'))
})

test('a pattern may hold wildcards', () => {
  checkPattern(['interface', '*', 'connection'])
  assert.throws(() => checkPattern(['a', 1]), refused('pattern'))
})

test('different paths have different keys', () => {
  assert.is.not(pathKey(['a', 'b']), pathKey(['a,b']))
  assert.is.not(pathKey(['a', 'b']), pathKey(['a","b']))
  assert.is.not(pathKey([]), pathKey(['']))
})

test('paths are ordered segment by segment, a path before those below it', () => {
  const sorted = [[], ['a'], ['a', 'b'], ['a', 'c'], ['a-b'], ['b']]
  assert.equal([...sorted].reverse().sort(comparePaths), sorted)
})

/** A small generator with a seed, so that a failure repeats. */
function random(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >>> 8) % limit
  }
}

test('the tree selects and covers as a plain comparison of every path would', () => {
  const next = random(7)
  const anyPath = (letters: string) => Array.from({ length: next(4) }, () => letters.charAt(next(letters.length)))
  const covers = (pattern: string[], path: string[]) =>
    pattern.length <= path.length && pattern.every((segment, index) => segment === '*' || segment === path[index])
  const values = new PathTree<string[]>()
  const patterns = new PathTree<string[]>()
  const model = new Map<string, string[]>()
  const patternModel = new Map<string, string[]>()
  for (let step = 0; step < 2_000; step += 1) {
    const path = anyPath('abc')
    const pattern = anyPath('abc*')
    if (next(3) > 0) {
      values.set(path, path)
      model.set(pathKey(path), path)
      patterns.set(pattern, pattern)
      patternModel.set(pathKey(pattern), pattern)
    } else {
      values.delete(path)
      model.delete(pathKey(path))
      patterns.delete(pattern)
      patternModel.delete(pathKey(pattern))
    }
    const query = anyPath('abc*')
    const below = [...model.values()].filter((candidate) => covers(query, candidate))
    const exact = below.filter((candidate) => candidate.length === query.length)
    assert.equal(values.select(query, 'below').sort(comparePaths), below.sort(comparePaths))
    assert.equal(values.select(query, 'exact').sort(comparePaths), exact.sort(comparePaths))
    const covering = [...patternModel.values()].filter((candidate) => covers(candidate, path))
    assert.equal(patterns.covering(path).sort(comparePaths), covering.sort(comparePaths))
    assert.equal(values.get(path), model.get(pathKey(path)))
  }
})

test('deleting a value that is not there leaves the tree as it was', () => {
  const tree = new PathTree<string[]>()
  tree.set(['a', 'b'], ['kept'])
  tree.delete(['a'])
  tree.delete(['a', 'b', 'c'])
  tree.delete(['x'])
  assert.equal(tree.get(['a', 'b']), ['kept'])
})

test.run()
