import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readFixtures } from './fixture.js'
import { run } from './run.js'

const test = suite('failures found earlier')

const fixtures = readFixtures()

test('there are some', () => {
  assert.ok(fixtures.length > 0)
})

for (const [name, { what, steps }] of fixtures) {
  test(`${name} passes: ${what.slice(0, 100)}`, async () => {
    const { failure } = await run(steps)
    assert.is(failure, undefined, failure?.message)
  })
}

test.run()
