import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { KernelCommand } from '../../../lib/kernel/messages.js'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { FakeWorld } from '../../support/fake-instance.js'

function fixed(address: string, gateway: string) {
  const ipv4 = { method: 'static' as const, address, prefixLength: 24, gateway }
  return { type: 'ethernet' as const, mtu: 1400, ipv4, ipv6: { method: 'disabled' as const } }
}

const CONFIG = { eth0: fixed('192.0.2.2', '192.0.2.1'), eth1: fixed('198.51.100.2', '198.51.100.1') }

/** Two links with carrier; the commands of eth0 that the predicate names are refused. */
async function within(
  refused: (command: KernelCommand, isFirst: boolean) => boolean,
  work: (net: VintageNet, world: FakeWorld) => Promise<void>,
): Promise<void> {
  await using world = await FakeWorld.create()
  const first = world.kernel.lab.addLink({ ifname: 'eth0' })
  world.kernel.lab.addLink({ ifname: 'eth1' })
  const isFirst = (command: KernelCommand): boolean =>
    ('ifindex' in command && command.ifindex === first) ||
    ('from' in command && command.from?.startsWith('192.0.2.') === true) ||
    ('path' in command && command.path.includes('eth0'))
  world.kernel.lab.refuse((command) => refused(command, isFirst(command)), 'EPERM')
  await work(await world.start({ config: CONFIG, persistence: 'none', resolvConf: null }), world)
}

/** Every command that configuring a static interface needs, and what its refusal leaves standing. */
const COMMANDS: readonly [type: KernelCommand['type'], state: 'configured' | 'retrying'][] = [
  ['setSysctl', 'retrying'],
  ['setLink', 'retrying'],
  ['replaceAddress', 'retrying'],
  ['addRoute', 'configured'],
  ['addRule', 'configured'],
]

for (const [type, state] of COMMANDS) {
  test(`without the right to ${type} the interface says so, and the other one is online`, () =>
    within(
      (command, isFirst) => isFirst && command.type === type,
      async (net, world) => {
        await net.until(['interface', 'eth1', 'connection'], 'lan')
        await net.until(['interface', 'eth0', 'reason'], (value) => /EPERM/.test(String(value)))
        assert.is(net.get(['interface', 'eth0', 'state']), state)
        assert.match(String(net.get(['interface', 'eth0', 'reason'])), new RegExp(type))
        assert.is(net.get(['interface', 'eth1', 'reason']), undefined)
        await net.until(['available_interfaces'], (value) => (value as string[]).at(-1) === 'eth1')

        world.kernel.lab.refuse(null)
        await world.during(net.until(['interface', 'eth0', 'connection'], (value) => value !== 'disconnected'))
        await world.during(net.until(['interface', 'eth0', 'reason'], undefined))
        await world.during(net.until(['available_interfaces'], (value) => (value as string[]).length === 2))
        assert.equal([...(net.get(['available_interfaces']) as string[])].sort(), ['eth0', 'eth1'])
      },
    ))
}

test('without the right to add routes the connection does not claim them', () =>
  within(
    (command, isFirst) => isFirst && command.type === 'addRoute',
    async (net) => {
      await net.until(['interface', 'eth0', 'reason'], (value) => /EPERM/.test(String(value)))
      assert.is(net.get(['interface', 'eth0', 'connection']), 'disconnected')
      await net.until(['available_interfaces'], (value) => (value as string[]).includes('eth1'))
      assert.equal(net.get(['available_interfaces']), ['eth1'])
    },
  ))

test('a kernel that refuses everything fails no start and no stop', () =>
  within(
    () => true,
    async (net) => {
      for (const ifname of ['eth0', 'eth1']) {
        await net.until(['interface', ifname, 'state'], 'retrying')
        assert.match(String(net.get(['interface', ifname, 'reason'])), /EPERM/)
      }
      await net.stop()
    },
  ))

test.run()
