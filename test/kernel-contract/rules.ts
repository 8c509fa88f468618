/** The contract for policy routing rules. */

import * as assert from 'uvu/assert'
import type { Kernel } from '../../lib/kernel/kernel.js'
import type { RuleCommand } from '../../lib/kernel/messages.js'
import { sameRecord } from '../../lib/kernel/same-record.js'
import { type ContractTest, codes, mustBeExact, mustSend } from './world.js'

const from = (type: RuleCommand['type'], prefix: string, more: Partial<RuleCommand> = {}): RuleCommand => ({
  type,
  family: prefix.includes(':') ? 6 : 4,
  from: prefix,
  table: 100,
  priority: 10_000,
  ...more,
})

const ours = (kernel: Kernel): string[] =>
  kernel.mirror.rules({ protocol: 183 }).map(({ family, priority, from: prefix }) => `${family} ${priority} ${prefix}`)

/** Declares the tests for rules. */
export function ruleContract(test: ContractTest): void {
  test('addRule arrives as asked for, IPv4 and IPv6; deleteRule takes it', async (world) => {
    const { kernel } = world
    const all = { to: '198.51.100.0/24', iif: 'lo', oif: 'v9', mark: 1, mask: 255, protocol: 183 }
    await mustSend(kernel, [
      from('addRule', '192.0.2.1/32', all),
      from('addRule', '2001:db8::1/128', { protocol: 183 }),
      { type: 'addRule', family: 4, priority: 11_000, to: '203.0.113.0/24', action: 'unreachable', protocol: 183 },
    ])
    const [v4, other, v6] = kernel.mirror
      .rules({ protocol: 183 })
      .sort((a, b) => a.family - b.family || a.priority - b.priority)
    assert.equal(v4, { family: 4, priority: 10_000, from: '192.0.2.1/32', action: 'table', table: 100, ...all })
    assert.equal([v6?.from, v6?.table, v6?.action], ['2001:db8::1/128', 100, 'table'])
    assert.equal([other?.action, other?.table], ['unreachable', undefined])
    await mustBeExact(world)
    await mustSend(kernel, [from('deleteRule', '192.0.2.1/32'), from('deleteRule', '2001:db8::1/128')])
    assert.equal(ours(kernel), ['4 11000 undefined'])
    await mustBeExact(world)
  })

  test('the same rule twice is EEXIST, the same priority twice is not; deleting what is not there is ENOENT', async (world) => {
    const { kernel } = world
    const results = await kernel.send([
      from('addRule', '192.0.2.1/32', { protocol: 183 }),
      from('addRule', '192.0.2.1/32', { protocol: 183 }),
      from('addRule', '192.0.2.2/32', { protocol: 183 }),
      from('deleteRule', '192.0.2.3/32'),
      from('addRule', '2001:db8::1/128', { protocol: 183 }),
      from('addRule', '2001:db8::1/128', { protocol: 183 }),
      from('deleteRule', '2001:db8::3/128'),
    ])
    assert.equal(codes(results), ['done', 'EEXIST', 'done', 'ENOENT', 'done', 'EEXIST', 'ENOENT'])
    assert.equal(ours(kernel).sort(), ['4 10000 192.0.2.1/32', '4 10000 192.0.2.2/32', '6 10000 2001:db8::1/128'])
    await mustBeExact(world)
  })

  test('deleteRule takes the first of what fits, by its protocol too', async (world) => {
    const { kernel } = world
    await mustSend(kernel, [
      from('addRule', '192.0.2.1/32', { priority: 9_000, protocol: 4 }),
      from('addRule', '192.0.2.1/32', { protocol: 183 }),
      { type: 'deleteRule', family: 4, from: '192.0.2.1/32', protocol: 183 },
    ])
    assert.equal(ours(kernel), [])
    assert.is(kernel.mirror.rules().filter(({ priority }) => priority === 9_000).length, 1)
    await mustSend(kernel, [{ type: 'deleteRule', family: 4, priority: 9_000 }])
    await mustBeExact(world)
  })

  test('all selectors arrive as asked for, and tell rules apart', async (world) => {
    const { kernel } = world
    const base = { type: 'addRule', family: 4, priority: 9_000, table: 100, protocol: 183 } as const
    const selectors = [
      { invert: true, from: '192.0.2.0/24' },
      { from: '198.51.100.0/24' },
      { tos: 16 },
      { ipProtocol: 6, sourcePorts: { start: 1_000, end: 2_000 }, destinationPorts: { start: 443, end: 443 } },
      // A user namespace may have no other user than 0.
      { uidRange: { start: 0, end: 0 } },
      { suppressPrefixLength: 0 },
    ]
    await mustSend(
      kernel,
      selectors.map((selector) => ({ ...base, ...selector })),
    )
    const { type: _, ...plain } = base
    const held = kernel.mirror.rules({ protocol: 183 })
    for (const selector of selectors) {
      const wanted = { ...plain, action: 'table', ...selector }
      assert.ok(
        held.some((rule) => sameRecord(rule, wanted)),
        JSON.stringify([wanted, held]),
      )
    }
    await mustBeExact(world)
    await mustSend(
      kernel,
      selectors.map((selector) => ({ ...base, ...selector, type: 'deleteRule' })),
    )
    assert.equal(kernel.mirror.rules({ protocol: 183 }), [])
    await mustBeExact(world)
  })

  test('invert tells no rules apart', async ({ kernel }) => {
    const results = await kernel.send([
      from('addRule', '192.0.2.0/24', { invert: true }),
      from('addRule', '192.0.2.0/24'),
      from('deleteRule', '192.0.2.0/24'),
    ])
    assert.equal(codes(results), ['done', 'EEXIST', 'done'])
  })

  test('a rule without a priority stands before the others', async (world) => {
    const { kernel } = world
    await mustSend(kernel, [{ type: 'addRule', family: 4, from: '192.0.2.1/32', table: 100, protocol: 183 }])
    assert.equal(ours(kernel), ['4 32765 192.0.2.1/32'])
    await mustBeExact(world)
  })
}
