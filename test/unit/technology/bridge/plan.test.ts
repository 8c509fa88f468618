import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { comparePlans } from '../../../../lib/interface/compare-plans.js'
import type { Bridge } from '../../../../lib/kernel/messages.js'
import type { Service } from '../../../../lib/technology/plan.js'
import { commandsOf, normalized, planned, refused } from '../../../support/configured.js'

const bridge = (section: object, rest: object = {}) => ({ type: 'bridge', bridge: section, ...rest })

const KERNEL_DEFAULTS: Bridge = {
  stp: false,
  forwardDelayMs: 15_000,
  helloTimeMs: 2_000,
  maxAgeMs: 20_000,
  ageingTimeMs: 300_000,
  priority: 32_768,
  multicastSnooping: true,
  multicastQuerier: false,
  groupForwardMask: 0,
}

const settingsOf = (section: object): (Bridge | undefined)[] =>
  commandsOf(planned('br0', bridge({ interfaces: [], ...section })).up).flatMap((command) =>
    command.type === 'setLink' && command.bridge !== undefined ? [command.bridge] : [],
  )

const portsOf = (section: object): unknown[] =>
  planned('br0', bridge(section)).services.flatMap((service: Service) =>
    service.type === 'part' && service.name.startsWith('port ') ? [service.args] : [],
  )

test('D4: a bridge is made, set, taken up; a part for each port; udhcpc behind them', () => {
  const plan = planned('br1', bridge({ interfaces: ['eth1'], stp: false }, { ipv4: { method: 'dhcp' } }))
  assert.equal(commandsOf(plan.up), [
    { type: 'addLink', ifname: 'br1', kind: 'bridge' },
    { type: 'setLink', ifname: 'br1', bridge: KERNEL_DEFAULTS },
    { type: 'setLink', ifname: 'br1', up: true },
  ])
  assert.equal(commandsOf(plan.down), [
    { type: 'setLink', ifname: 'br1', up: false },
    { type: 'deleteLink', ifname: 'br1' },
  ])
  assert.equal(plan.requires, [])
  assert.equal(
    plan.services.map(({ name }) => name),
    ['port eth1', 'udhcpc'],
  )
  assert.is(plan.connectivity, 'internet')
})

test('D4: without interfaces there is an error', () => {
  refused(bridge({}), 'bridge.interfaces', /but it is missing/)
  refused({ type: 'bridge' }, 'bridge')
})

test('every key reaches the kernel, in its units', () => {
  const [settings] = settingsOf({
    stp: true,
    forwardDelay: 4,
    helloTime: 1.5,
    maxAge: 10,
    ageingTime: 60,
    priority: 4_096,
    multicastSnooping: false,
    multicastQuerier: true,
    groupForwardMask: 0x4000,
  })
  assert.equal(settings, {
    ...KERNEL_DEFAULTS,
    stp: true,
    forwardDelayMs: 4_000,
    helloTimeMs: 1_500,
    maxAgeMs: 10_000,
    ageingTimeMs: 60_000,
    priority: 4_096,
    multicastSnooping: false,
    multicastQuerier: true,
    groupForwardMask: 0x4000,
  })
})

test('the default VLAN is set before the bridge filters', () => {
  const settings = settingsOf({ vlanFiltering: true, vlanDefaultPvid: 7, vlanProtocol: '802.1ad' })
  assert.equal(settings, [
    KERNEL_DEFAULTS,
    { vlanFiltering: false, vlanProtocol: '802.1ad', vlanDefaultPvid: 7 },
    { vlanFiltering: true },
  ])
})

test('a change of VLAN keys sets them all anew in place; without any of them the bridge is made anew', () => {
  const plan = (section: object) => planned('br0', bridge({ interfaces: [], ...section }))
  const changed = comparePlans(plan({ vlanFiltering: true }), plan({ vlanFiltering: true, vlanDefaultPvid: 7 }))
  assert.equal(changed.type === 'difference' && commandsOf([...changed.steps]), [
    {
      type: 'setLink',
      ifname: 'br0',
      bridge: { vlanFiltering: false, vlanProtocol: '802.1Q', vlanDefaultPvid: 7 },
    },
    { type: 'setLink', ifname: 'br0', bridge: { vlanFiltering: true } },
  ])
  assert.is(comparePlans(plan({ vlanFiltering: true }), plan({})).type, 'teardown')
  assert.is(comparePlans(plan({ stp: true }), plan({})).type, 'difference')
})

test('cost and priority hold for all ports, hairpin for one, and a port has its own on top', () => {
  const section = {
    interfaces: ['eth0', 'eth1'],
    pathCost: 10,
    pathPriority: 5,
    hairpin: ['eth0', true],
    ports: { eth1: { pathCost: 20, isolated: true } },
  }
  assert.equal(portsOf(section), [
    { port: 'eth0', master: 'bridge', bridgePort: { hairpin: true, cost: 10, priority: 5 } },
    { port: 'eth1', master: 'bridge', bridgePort: { cost: 20, priority: 5, isolated: true } },
  ])
  assert.equal(normalized(bridge(section)), { ...bridge(section), ipv4: { method: 'dhcp' } })
})

test('what is wrong is named by its field', () => {
  const wrong = (section: object, field: string, text?: RegExp): void =>
    refused(bridge({ interfaces: ['eth1'], ...section }), `bridge.${field}`, text)
  wrong({ interfaces: 'eth1' }, 'interfaces')
  wrong({ interfaces: ['eth1', 'eth1'] }, 'interfaces.1', /not listed before/)
  wrong({ interfaces: ['a name'] }, 'interfaces.0')
  wrong({ interfaces: ['test0'] }, 'interfaces.0', /another link than the bridge/)
  wrong({ forwardDelay: 31 }, 'forwardDelay')
  wrong({ forwardDelay: 1, stp: true }, 'forwardDelay', /because of `stp`/)
  wrong({ helloTime: 0.5 }, 'helloTime')
  wrong({ maxAge: 5 }, 'maxAge')
  wrong({ priority: 65_536 }, 'priority')
  wrong({ pathCost: 0 }, 'pathCost')
  wrong({ pathPriority: 64 }, 'pathPriority')
  wrong({ stp: 'yes' }, 'stp')
  wrong({ hairpin: ['eth1'] }, 'hairpin.1')
  wrong({ hairpin: ['eth9', true] }, 'hairpin.0', /one of `interfaces`/)
  wrong({ groupForwardMask: 1 }, 'groupForwardMask')
  wrong({ vlanDefaultPvid: 4_095 }, 'vlanDefaultPvid')
  wrong({ vlanProtocol: '802.1q' }, 'vlanProtocol')
  wrong({ ports: { eth9: {} } }, 'ports.eth9', /one of `interfaces`/)
  wrong({ ports: { eth1: { isolatd: true } } }, 'ports.eth1.isolatd')
  wrong({ interfces: [] }, 'interfces', /interfaces/)
})

test.run()
