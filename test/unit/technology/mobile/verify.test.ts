import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { mobile } from '../../../../lib/technology/mobile/index.js'

const interfaces = [{ ifname: 'ppp0', config: {} }]

test('chat is missed where a modem is to be dialled, and only there', async () => {
  const verify = async (names: readonly string[], of = interfaces) =>
    await mobile.verify?.({
      interfaces: of,
      findProgram: async (name) => (names.includes(name) ? `/usr/sbin/${name}` : undefined),
    })
  const [finding, ...more] = (await verify(['pppd'])) ?? []
  assert.is(finding?.code, 'PROGRAM_MISSING')
  assert.match(finding?.message ?? '', 'ppp0: the program chat is missing')
  assert.equal(more, [])
  assert.equal(await verify(['pppd', 'chat']), [])
  assert.equal(await verify([], []), [])
})

test.run()
