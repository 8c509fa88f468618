import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../../lib/errors.js'
import { nullTechnology } from '../../../../lib/technology/null/index.js'

const CONTEXT = {
  tmpDir: '/t',
  udhcpcHandlerPath: '/h',
  handlersPath: '/hs',
  hostname: 'board',
  regulatoryDomain: '00',
}

test('keeps the reason and nothing else', () => {
  assert.equal(nullTechnology.normalize({ type: 'null' }), { type: 'null', reason: '' })
  const before = { type: 'null', reason: 'interface deconfigured', ipv4: { method: 'dhcp' } }
  assert.equal(nullTechnology.normalize(before), { type: 'null', reason: 'interface deconfigured' })
})

test('a reason that is no text is refused', () => {
  try {
    nullTechnology.normalize({ type: 'null', reason: 42 })
    assert.unreachable()
  } catch (thrown) {
    assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'))
    assert.is(thrown.field, 'reason')
  }
})

test('the plan requires nothing and does nothing', () => {
  const plan = nullTechnology.plan('eth0', { type: 'null', reason: '' }, CONTEXT)
  assert.equal([plan.requires, plan.up, plan.down, plan.services, plan.files], [[], [], [], [], []])
  assert.is(plan.connectivity, 'none')
})

test.run()
