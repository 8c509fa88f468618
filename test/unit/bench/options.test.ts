import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readOptions } from '../../../bench/options.js'

const test = suite('options')

const KNOWN = ['storm', 'dump']

test('without a case all run, five rounds', () => {
  assert.equal(readOptions([], KNOWN), { cases: KNOWN, json: false, quick: false, rounds: 5 })
})

test('a case, JSON and rounds are taken in any order', () => {
  assert.equal(readOptions(['--json', 'dump', '--rounds', '2'], KNOWN), {
    ...{ cases: ['dump'], json: true, quick: false, rounds: 2 },
  })
  assert.equal(readOptions(['--quick'], KNOWN), { cases: KNOWN, json: false, quick: true, rounds: 1 })
})

test('what is not known is refused', () => {
  for (const args of [['flood'], ['--fast'], ['--rounds', '0'], ['--rounds', 'many'], ['--rounds']]) {
    assert.type(readOptions(args, KNOWN), 'string', args.join(' '))
  }
})

test.run()
