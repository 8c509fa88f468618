/** The technology that docs/technologies/your-own.md shows, run as it stands there; and the names that the page mentions. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { VintageNetOptions } from '../../../lib/options.js'
import * as technology from '../../../lib/technology/index.js'
import { FakeWorld } from '../../support/fake-instance.js'
import { recipesOf, runRecipe } from '../../support/recipes.js'
import { sourceFiles } from '../../support/source-files.js'

const [page] = sourceFiles(/^docs\/technologies\/your-own\.md$/)
const text = page?.text ?? ''

test('the technology of the page runs as it stands there', async () => {
  const [whole] = recipesOf(text.slice(0, text.indexOf('## The object')))
  assert.ok(whole)
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'plc0' })
  const ran: string[] = []
  world.daemons.on('plctool', (child) => {
    ran.push(child.request.args.join(' '))
    child.exit(0)
  })
  const printed: unknown[] = []
  const VintageNet = { start: (options: VintageNetOptions) => world.start(options) }
  await runRecipe(whole, { ...technology, VintageNet, console: { log: (value: unknown) => printed.push(value) } })
  assert.equal(ran, ['-i plc0 -q'])
  assert.equal(printed, [['192.0.2.2']])
})

test('what the page imports and calls is exported', () => {
  const imported = [...text.matchAll(/^import \{ (.*) \} from 'vintage-net\/technology'$/gm)].flatMap(
    ([, names = '']) => names.split(', '),
  )
  const called = [...text.matchAll(/^\| `(\w+)\(/gm)].map(([, name = '']) => name)
  const members = new Set(['normalize', 'plan', 'ioctl', 'verify', 'put', 'watched', 'setConnection', 'setProblem'])
  for (const name of ['resolveOutside', 'fail', 'takePlan', 'writeAttribute', 'setOpen']) members.add(name)
  assert.ok(imported.length > 5)
  assert.equal(
    [...imported, ...called].filter((name) => !(name in technology) && !members.has(name)),
    [],
  )
})

test.run()
