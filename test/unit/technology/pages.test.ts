// `WRITE_PLANS=1 npm test -- test/unit/technology/pages.test.ts` writes the plans into the pages anew.

import { readFileSync, writeFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BUILT_IN_TECHNOLOGIES, TechnologyRegistry } from '../../../lib/technology/registry.js'
import { withPlans } from '../../support/plan-blocks.js'

const test = suite('technology/pages')

const registry = new TechnologyRegistry()

/** It has no page: its plan is empty. */
const WITHOUT_PAGE = 'null'

for (const { type } of BUILT_IN_TECHNOLOGIES.filter((one) => one.type !== WITHOUT_PAGE)) {
  test(`docs/technologies/${type}.md shows the plan of its example as it is`, () => {
    const url = new URL(`../../../docs/technologies/${type}.md`, import.meta.url)
    const page = readFileSync(url, 'utf8')
    const filled = withPlans(page, registry)
    assert.ok(filled.types.includes(type), 'no example of this technology is followed by <!-- plan: IFNAME -->')
    if (process.env['WRITE_PLANS'] === '1') writeFileSync(url, filled.page)
    else assert.is(page, filled.page)
  })
}

const EXAMPLE = '```json\n{ "type": "ethernet", "ipv4": { "method": "disabled" } }\n```\n'

test('a plan stands between its marks, and what is around them stays', () => {
  const { page, types } = withPlans(`# a\n\n${EXAMPLE}\n<!-- plan: eth7 -->\nold\n<!-- end of plan -->\nb\n`, registry)
  assert.equal(types, ['ethernet'])
  assert.is(
    page,
    `# a\n\n${EXAMPLE}\n<!-- plan: eth7 -->\n\n\`\`\`text\nrequires: ["eth7"]\nup:\n` +
      `  {"type":"kernel","command":{"type":"setLink","ifname":"eth7","up":true}}\ndown:\n` +
      `  {"type":"kernel","command":{"type":"setLink","ifname":"eth7","up":false}}\nrestart: "one-for-all"\n` +
      'connectivity: "none"\n```\n\n<!-- end of plan -->\nb\n',
  )
  assert.is(withPlans(page, registry).page, page)
})

test('secrets of an example are masked in its plan', () => {
  const wifi = { type: 'wifi', wifi: { networks: [{ ssid: 'a', keyMgmt: 'wpa-psk', psk: 'correct horse' }] } }
  const example = `\`\`\`json\n${JSON.stringify(wifi)}\n\`\`\`\n`
  const { page } = withPlans(`${example}<!-- plan: wlan0 -->\n<!-- end of plan -->\n`, registry)
  assert.is(page.match(/correct horse/g)?.length, 1)
})

test('a mark without an example or without an end is refused', () => {
  assert.throws(() => withPlans('<!-- plan: eth0 -->\n<!-- end of plan -->\n', registry), /no example/)
  assert.throws(() => withPlans(`${EXAMPLE}<!-- plan: eth0 -->\n`, registry), /no end/)
})

test.run()
