/** Draws configurations: every one is valid, and no two interfaces ever ask for the same address. */

import type { Dice } from './dice.js'
import { ADAPTERS, SPARE_NAME } from './step.js'

/** Interfaces that are configured; the last has no adapter of its own. */
export const IFNAMES = [...ADAPTERS, SPARE_NAME] as const

/** Interfaces whose link comes with their configuration. */
export const MADE_NAMES = ['lan7', 'dummy7'] as const

/** Subnets that an interface may have, by number. */
const SUBNET_COUNT = 3

export function drawConfig(dice: Dice, ifname: string): object {
  return dice.weighted<() => object>([
    [5, () => ({ type: 'ethernet', ...drawLinkKeys(dice, ifname), ipv4: drawStatic(dice, ifname) })],
    [5, () => ({ type: 'ethernet', ...drawLinkKeys(dice, ifname), ipv4: drawDhcp(dice) })],
    [1, () => ({ type: 'ethernet', ipv4: { method: 'disabled' } })],
    [1, () => ({ type: 'null', reason: 'drawn' })],
  ])()
}

/** A link of ours: over an adapter, which may not be there, or over none. */
export function drawMadeConfig(dice: Dice, ifname: string): object {
  const own = 10 + (MADE_NAMES as readonly string[]).indexOf(ifname)
  const address = `10.${own}.${dice.roll(SUBNET_COUNT)}.2`
  const ipv4 = dice.oneIn(4) ? { method: 'disabled' } : { method: 'static', address, prefixLength: 24 }
  if (ifname !== 'lan7') return { type: 'dummy', ipv4 }
  const vlan = { parent: dice.pick(ADAPTERS), id: dice.pick([7, 8]) }
  return given({ type: 'vlan', vlan, ipv4, mtu: dice.maybe(6, () => 1_280) })
}

function drawLinkKeys(dice: Dice, ifname: string): object {
  const number = numberOf(ifname)
  return given({
    mtu: dice.maybe(6, () => dice.pick([1280, 1400, 1492])),
    macAddress: dice.maybe(8, () => `02:00:00:00:01:0${number}`),
    metric: dice.maybe(8, () => 40 + dice.roll(3)),
    ipv6: dice.maybe(6, () => ({ method: dice.pick(['auto', 'disabled']) })),
  })
}

function drawStatic(dice: Dice, ifname: string): object {
  const net = `10.${numberOf(ifname)}.${dice.roll(SUBNET_COUNT)}`
  const gateway = dice.oneIn(4) ? undefined : `${net}.1`
  return given({
    method: 'static',
    address: `${net}.${dice.pick([2, 2, 3])}`,
    prefixLength: 24,
    gateway,
    nameServers: dice.maybe(2, () => [`${net}.1`, '198.51.100.53'].slice(0, 1 + dice.roll(2))),
    domain: dice.maybe(4, () => `${ifname}.example.com`),
    addresses: dice.maybe(3, () => [
      { address: `${net}.9`, prefixLength: 24 },
      ...(dice.oneIn(2) ? [{ address: `10.${numberOf(ifname)}.200.2`, prefixLength: 25 }] : []),
    ]),
    routes: dice.maybe(4, () => [
      given({
        to: `203.0.113.${32 * dice.roll(8)}/27`,
        via: `${net}.254`,
        metric: dice.maybe(2, () => 300 + numberOf(ifname)),
      }),
    ]),
  })
}

function drawDhcp(dice: Dice): object {
  return given({
    method: 'dhcp',
    ignoreDns: dice.maybe(6, () => true),
    ignoreGateway: dice.maybe(6, () => true),
  })
}

function numberOf(ifname: string): number {
  return (IFNAMES as readonly string[]).indexOf(ifname)
}

/** The same without the members that are undefined: a step is stored as JSON. */
function given(members: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
