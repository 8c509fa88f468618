import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../../lib/errors.js'
import { maskPlan } from '../../../../lib/technology/mask-plan.js'
import type { Plan } from '../../../../lib/technology/plan.js'
import { qmi } from '../../../../lib/technology/qmi/index.js'
import { quickConfigure } from '../../../../lib/technology/qmi/quick.js'
import { PAGE_CONTEXT } from '../../../support/plan-blocks.js'

const PROVIDERS = [{ apn: 'internet' }]

function fieldOf(config: object): string | undefined {
  try {
    qmi.normalize({ type: 'qmi', ...config })
  } catch (thrown) {
    return isNetworkError(thrown, 'ERR_INVALID_CONFIG') ? thrown.field : String(thrown)
  }
  return 'none'
}

function plan(config: object, ifname = 'wwan0'): Plan {
  return qmi.plan(ifname, qmi.normalize({ type: 'qmi', ...config }), PAGE_CONTEXT)
}

test('F2: service providers must be there, and have an access point', () => {
  assert.is(fieldOf({}), 'serviceProviders')
  assert.is(fieldOf({ serviceProviders: [] }), 'serviceProviders')
  assert.is(fieldOf({ serviceProviders: [{}] }), 'serviceProviders.0.apn')
  assert.is(fieldOf({ qmi: {} }), 'serviceProviders')
  assert.is(fieldOf({ qmi: { serviceProviders: [] } }), 'qmi.serviceProviders')
  assert.is(fieldOf({ qmi: { serviceProviders: [{ roamingAllowed: true }] } }), 'qmi.serviceProviders.0.apn')
  try {
    qmi.normalize({ type: 'qmi' })
    assert.unreachable()
  } catch (thrown) {
    assert.match(String(thrown), /apn: 'internet'/)
  }
})

test('every refusal names its field, and never a secret', () => {
  const refused: readonly [string, object][] = [
    ['serviceProviders.0.apn', { serviceProviders: [{ apn: 'has space' }] }],
    ['serviceProviders.0.ipFamily', { serviceProviders: [{ apn: 'a', ipFamily: 'ipv5' }] }],
    ['serviceProviders.0.authentication', { serviceProviders: [{ apn: 'a', authentication: 'eap' }] }],
    ['serviceProviders.0.username', { serviceProviders: [{ apn: 'a', password: 'hidden' }] }],
    ['serviceProviders.0.onlyIccidPrefixes.0', { serviceProviders: [{ apn: 'a', onlyIccidPrefixes: ['89x'] }] }],
    ['serviceProviders.0.onlyPlmns.0', { serviceProviders: [{ apn: 'a', onlyPlmns: ['26'] }] }],
    ['serviceProviders.0.apm', { serviceProviders: [{ apn: 'a', apm: 1 }] }],
    ['onlyRadioTechnologies.0', { serviceProviders: PROVIDERS, onlyRadioTechnologies: ['5g'] }],
    ['pin', { serviceProviders: PROVIDERS, pin: '12' }],
    ['device', { serviceProviders: PROVIDERS, device: '/etc/passwd' }],
  ]
  for (const [field, config] of refused) assert.is(fieldOf(config), field)
  try {
    qmi.normalize({ type: 'qmi', serviceProviders: PROVIDERS, pin: '12x4' })
    assert.unreachable()
  } catch (thrown) {
    assert.not.match(String(thrown), /12x4/)
  }
})

test('the normal form is flat, the same when it is made again, and without what stands for nothing', () => {
  const normal = qmi.normalize({
    type: 'qmi',
    qmi: { serviceProviders: PROVIDERS, onlyRadioTechnologies: [] },
    hostname: 'press-3',
  })
  assert.equal(normal, { type: 'qmi', serviceProviders: PROVIDERS, hostname: 'press-3' })
  assert.equal(qmi.normalize(normal), normal)
  assert.equal(quickConfigure('internet'), { type: 'qmi', serviceProviders: PROVIDERS })
})

test('addresses of the user are left out with a warning; DHCP is taken', () => {
  const warned: string[] = []
  const context = { onWarning: (field: string) => void warned.push(field) }
  const ipv4 = { method: 'static', address: '192.0.2.2', prefixLength: 24 }
  assert.is(qmi.normalize({ type: 'qmi', serviceProviders: PROVIDERS, ipv4 }, context).ipv4, undefined)
  assert.equal(warned, ['ipv4'])
  const dhcp = qmi.normalize({ type: 'qmi', serviceProviders: PROVIDERS, ipv4: { method: 'dhcp' } }, context)
  assert.equal(dhcp.ipv4, { method: 'dhcp' })
})

const commands = (steps: Plan['up']) =>
  steps.map((step) =>
    step.type === 'kernel' ? JSON.stringify(step.command) : step.type === 'call' ? step.name : step.program,
  )

test('the framing is set while the link is down, and the modem judges the interface', () => {
  const made = plan({ serviceProviders: PROVIDERS })
  assert.equal(made.requires, ['wwan0'])
  assert.equal(commands(made.up), [
    '{"type":"setLink","ifname":"wwan0","up":false}',
    'set-raw-ip',
    '{"type":"setLink","ifname":"wwan0","up":true}',
  ])
  assert.equal(commands(made.down), ['{"type":"setLink","ifname":"wwan0","up":false}', 'forget-modem'])
  assert.equal(made.services, [])
  const judge = made.connectivity
  assert.ok(typeof judge === 'object' && judge.type === 'part')
  assert.is((judge.args as { device: string }).device, '/dev/cdc-wdm0')
})

test('a DHCP client runs where it is configured, and in the plan for modems that tell no address', () => {
  const names = ({ services }: Plan) => services.map(({ name }) => name)
  assert.equal(names(plan({ serviceProviders: PROVIDERS, ipv4: { method: 'dhcp' } })), ['udhcpc'])
  const made = plan({ serviceProviders: PROVIDERS, hostname: 'press-3' })
  const other = made.alternatives?.['dhcp']
  assert.ok(other)
  assert.equal(names(other), ['udhcpc'])
  assert.match(JSON.stringify(other.services), /press-3/)
  assert.equal(other.connectivity, made.connectivity, 'the modem goes on')
  assert.equal(other.source, made.source)
})

test('the control channel has the number of the link, or the name that is given', () => {
  const device = (made: Plan): unknown => (made.connectivity as unknown as { args: { device: string } }).args.device
  assert.is(device(plan({ serviceProviders: PROVIDERS }, 'wwan3')), '/dev/cdc-wdm3')
  assert.is(device(plan({ serviceProviders: PROVIDERS, device: '/dev/cdc-wdm1' }, 'modem0')), '/dev/cdc-wdm1')
  try {
    plan({ serviceProviders: PROVIDERS }, 'modem0')
    assert.unreachable()
  } catch (thrown) {
    assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'))
    assert.is(thrown.field, 'device')
  }
})

test('a plan that is shown has neither passwords nor the PIN', () => {
  const provider = { apn: 'a', username: 'someone', password: 'hidden-word' }
  const made = plan({ serviceProviders: [provider], pin: '9876' })
  const shown = JSON.stringify(maskPlan(made))
  assert.not.match(shown, /hidden-word|9876/)
  assert.match(JSON.stringify(made), /hidden-word/, 'the part itself has it')
})

test.run()
