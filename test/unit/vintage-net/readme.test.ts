/** The sample of README.md, run as it stands there. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Kitchen } from '../../support/kitchen.js'
import { sourceFiles } from '../../support/source-files.js'

const [page] = sourceFiles(/^README\.md$/)
const [, code = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(page?.text ?? '') ?? []

test('the twenty lines are twenty', () => {
  assert.is(code.trimEnd().split('\n').length, 20)
})

test('the twenty lines print what their comment says, and leave nothing behind', async () => {
  const [, claimed] = /\['available_interfaces'\]\)\) +\/\/ (\[.*\]): /.exec(code) ?? []
  assert.ok(claimed !== undefined, 'the sample has no comment on what it prints')
  await using kitchen = await Kitchen.create(['eth0', 'eth1'])
  const VintageNet = { start: (options: object) => kitchen.start(options) }
  const running = kitchen.cook({ title: 'sample', code }, { modules: { 'vintage-net': { VintageNet } } })
  // eth1 has its address at once, and must not be taken for both.
  await kitchen.until('eth1 is online', () => kitchen.property('eth1', 'connection') === 'internet')
  assert.not(kitchen.printed.includes(claimed))
  await kitchen.lease('eth0', '198.51.100.7')
  await kitchen.world.during(running)
  assert.ok(kitchen.printed.includes(claimed), kitchen.printed.join('\n'))
  for (const ifname of ['eth0', 'eth1']) {
    assert.ok(kitchen.printed.some((line) => line.startsWith(`${ifname}: `) && line.endsWith(' → internet')))
    assert.equal(kitchen.addresses(ifname), [])
  }
})

test.run()
