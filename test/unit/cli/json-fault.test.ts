/** Where a text stops being JSON. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { jsonFault } from '../../../lib/cli/json-fault.js'

test('the first token that does not belong is named by line and column', () => {
  const cases: [string, number, number][] = [
    ['', 1, 1],
    ['{"a": tru}', 1, 7],
    ['{"a": 1,\n}', 2, 1],
    ['{\n "a" 1}', 2, 6],
    ['{"a": 01}', 1, 7],
    ['[1 2]', 1, 4],
    ['{"a":"x\ny"}', 1, 6],
    ['{"a":1} x', 1, 9],
    ['[1,]', 1, 4],
    ['[', 1, 2],
    ['[}', 1, 2],
    ["{'a':1}", 1, 2],
    ['["\\x"]', 1, 2],
    ['["\\N"]', 1, 2],
    ['["\\U00e9"]', 1, 2],
    ['\ufeff{}', 1, 1],
  ]
  for (const [text, line, column] of cases) assert.equal(jsonFault(text), { line, column }, text)
})

test('JSON has none, and everything else has one: texts by chance are judged as the parser judges them', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"a"',
    '"',
    '1',
    '-',
    '0',
    '.',
    'e',
    ' ',
    'true',
    'nul',
    'l',
    '\\',
    '"\\N"',
    '"\\U"',
    '"\\U00e9"',
    '"\\u00eF"',
    '\n',
    '\u0001',
  ]
  let state = 7
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  let goodCount = 0
  for (let round = 0; round < 20_000; round += 1) {
    const text = Array.from({ length: next(8) }, () => pieces[next(pieces.length)]).join('')
    const isGood = isJson(text)
    if (isGood) goodCount += 1
    assert.is(jsonFault(text) === undefined, isGood, JSON.stringify(text))
  }
  assert.ok(goodCount > 100)
})

test('neither length nor depth is too much', () => {
  assert.is(jsonFault(`["${'x'.repeat(1_000_000)}"]`), undefined)
  assert.equal(jsonFault('['.repeat(500_000)), { line: 1, column: 500_001 })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test.run()
