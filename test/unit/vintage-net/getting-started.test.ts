/** The first program of docs/getting-started.md, run as it stands there, and what the page says of the package. */

import { EventEmitter } from 'node:events'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FINDING_CODES } from '../../../lib/verification/findings.js'
import { Kitchen } from '../../support/kitchen.js'
import { sourceFiles } from '../../support/source-files.js'

const [page] = sourceFiles(/^docs\/getting-started\.md$/)
const text = page?.text ?? ''

test('the first program comes online by the cable, tells of it, and stops by a signal', async () => {
  const [, code = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(text) ?? []
  await using kitchen = await Kitchen.create(['eth0', 'wlan0'])
  const device = Object.assign(new EventEmitter(), { ended: 0, exit: () => (device.ended += 1) })
  const VintageNet = { start: (options: object) => kitchen.start(options) }
  const more = { process: device, modules: { 'vintage-net': { VintageNet } } }
  const running = kitchen.cook({ title: 'first', code }, more)
  await kitchen.lease('eth0', '192.0.2.7')
  await kitchen.world.during(running)
  assert.ok(kitchen.printed.includes('eth0 internet'))
  assert.match(kitchen.printed.at(-1) ?? '', /^Available interfaces: eth0$/m)
  device.emit('SIGTERM')
  await kitchen.until('it has stopped', () => device.ended === 1)
  assert.equal(kitchen.addresses('eth0'), [])
})

test('findings that the page names exist', () => {
  const named = [...text.matchAll(/`((?:RIVAL|RESOLV|PROGRAM|RIGHT)_[A-Z_]+)`/g)].map(([, code = '']) => code)
  assert.ok(named.length > 8)
  assert.equal(
    named.filter((code) => !(code in FINDING_CODES)),
    [],
  )
})

test('packages that the page names are those of the error', () => {
  const [finder] = sourceFiles(/^lib\/supervision\/find-program\.ts$/)
  const known = new Map(
    [...(finder?.text ?? '').matchAll(/^ {2}(\w+): '([\w-]+)',$/gm)].map(([, program = '', name = '']) => [
      program,
      name,
    ]),
  )
  const rows = [...text.matchAll(/^\| [^|]+ \| `(udhcpc|udhcpd|wpa_supplicant|pppd)`[^|]* \| `([\w-]+)`/gm)]
  assert.is(rows.length, 4)
  for (const [, program = '', name] of rows) assert.is(known.get(program), name)
})

test.run()
