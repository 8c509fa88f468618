import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { jsonOf, tableOf } from '../../../bench/print.js'
import { type Row, ratioOf, reaches } from '../../../bench/row.js'

const test = suite('row')

const figure = (value: number) => ({ value, spread: [value - 1, value + 1] as const })

const ROW: Row = {
  case: 'dump',
  metric: 'routes',
  unit: 'ms',
  better: 'lower',
  ours: figure(30),
  limit: figure(20),
  must: 2,
  aim: 1.2,
  peers: { fast: figure(25), dead: null },
}

test('a line of JSON has the ratio to the limit, and null for a peer that failed', () => {
  assert.equal(JSON.parse(jsonOf(ROW)), {
    ...{
      case: 'dump',
      metric: 'routes',
      unit: 'ms',
      better: 'lower',
      ours: 30,
      limit: 20,
      ratio: 1.5,
      must: 2,
      aim: 1.2,
    },
    peers: { fast: 25, dead: null },
  })
})

test('without ours or a limit there is no ratio', () => {
  assert.is(ratioOf({ ...ROW, ours: null }), null)
  assert.is(ratioOf({ ...ROW, limit: null }), null)
  assert.is(ratioOf({ ...ROW, limit: figure(0) }), null)
})

test('must is an upper bound where lower is better, else a lower one', () => {
  assert.is(reaches(ROW), true)
  assert.is(reaches({ ...ROW, must: 1.4 }), false)
  assert.is(reaches({ ...ROW, better: 'higher' }), false)
  assert.is(reaches({ ...ROW, better: 'higher', must: 0.8 }), true)
  assert.is(reaches({ ...ROW, must: null }), undefined)
})

test('where there is no limit, must speaks of our own figure; no figure reaches nothing', () => {
  assert.is(reaches({ ...ROW, limit: null, must: 30 }), true)
  assert.is(reaches({ ...ROW, limit: null, must: 29 }), false)
  assert.is(reaches({ ...ROW, ours: null, limit: null }), false)
})

test('the table shows spread, ratio and verdict', () => {
  const line = tableOf([ROW]).split('\n')[2] ?? ''
  for (const part of ['30 [29–31]', '20 [19–21]', ' 1.50 ', '≤ 2', '≤ 1.2', ' yes ', 'fast 25, dead -']) {
    assert.ok(line.includes(part), `${part} in ${line}`)
  }
})

test.run()
