/** A fake kernel's rules for addresses. */

import type { Address, AddressCommand } from '../kernel/messages.js'
import { primaryOf, remakeRoutes } from './fake-made-routes.js'
import { canonical } from './fake-prefix.js'
import { dropRoutesOfLink, forgetSource } from './fake-routes.js'
import { addressesOf, type FakeLink, type FakeState, type Refusal, refuse } from './fake-state.js'
import { promotesSecondaries, sysctlFlag } from './fake-sysctls.js'

const SCOPE_LINK = 253
const SCOPE_HOST = 254

/** Executes an address command on a link that exists. */
export function changeAddress(state: FakeState, entry: FakeLink, command: AddressCommand): Refusal {
  const address = addressOf(entry, command)
  const family = `ipv${address.family}`
  const held = addressesOf(state, entry.link.ifindex).find((other) => sameKey(other, address))
  if (command.type === 'deleteAddress') {
    const text = address.family === 4 ? `${family}: Address not found` : `${family}: address not found`
    if (held === undefined || held.prefixLength !== address.prefixLength)
      return refuse('EADDRNOTAVAIL', command.type, text)
    deleteAddress(state, entry, held)
    return undefined
  }
  if (address.family === 6 && sysctlFlag(state, ['ipv6', 'conf', entry.link.ifname, 'disable_ipv6'])) {
    return refuse('EACCES', command.type, 'ipv6: IPv6 is disabled on this device')
  }
  if (held === undefined) {
    state.addresses.push(address)
    state.emit({ type: 'address', ...address })
    remakeRoutes(state, entry)
    return undefined
  }
  if (command.type === 'addAddress') {
    const text = address.family === 4 ? `${family}: Address already assigned` : `${family}: address already assigned`
    return refuse('EEXIST', command.type, text)
  }
  // inet_rtnl_newaddr keeps flags and label of an IPv4 address that exists; only lifetimes, metric and protocol are new.
  // inet6_addr_modify keeps the prefix length of an IPv6 address, and its peer where it is told of none.
  const { protocol, noPrefixRoute, peer = held.peer } = address
  const ofIpv6 = peer === undefined ? { noPrefixRoute } : { noPrefixRoute, peer }
  const replaced: Address = { ...held, protocol, ...(address.family === 4 ? {} : ofIpv6) }
  state.addresses = state.addresses.map((other) => (other === held ? replaced : other))
  state.emit({ type: 'address', ...replaced })
  remakeRoutes(state, entry)
  return undefined
}

/** Deletes an address and, unless the link promotes them, the secondaries of its subnet. */
export function deleteAddress(state: FakeState, entry: FakeLink, address: Address): void {
  const { ifindex } = entry.link
  const before = addressesOf(state, ifindex)
  const isPrimary = address.family === 4 && primaryOf(address, before) === undefined
  const secondaries = isPrimary ? before.filter((other) => primaryOf(other, before) === address) : []
  const dying = promotesSecondaries(state, entry.link.ifname) ? [address] : [...secondaries, address]
  for (const gone of dying) {
    state.addresses = state.addresses.filter((other) => other !== gone)
    state.emit({ type: 'addressGone', ...gone })
  }
  remakeRoutes(state, entry)
  for (const gone of dying) forgetSource(state, gone)
  if (address.family !== 4) return
  const last = !addressesOf(state, ifindex).some((other) => other.family === 4)
  if (last) dropRoutesOfLink(state, ifindex)
}

/** IPv6 addresses do not outlive the link's being up (keep_addr_on_down is 0). */
export function flushIpv6(state: FakeState, entry: FakeLink): void {
  const dying = addressesOf(state, entry.link.ifindex).filter((address) => address.family === 6)
  state.addresses = state.addresses.filter((address) => !dying.includes(address))
  remakeRoutes(state, entry, true)
  for (const address of dying) state.emit({ type: 'addressGone', ...address })
}

/** The label of an IPv4 address follows the name of its link. */
export function relabel(state: FakeState, entry: FakeLink, before: string): void {
  state.addresses = state.addresses.map((address) => {
    if (address.ifindex !== entry.link.ifindex || address.label === undefined) return address
    const label = entry.link.ifname + address.label.slice(before.length)
    const renamed = { ...address, label }
    state.emit({ type: 'address', ...renamed })
    return renamed
  })
}

function sameKey(a: Address, b: Address): boolean {
  return a.address === b.address && (a.family === 6 || (a.prefixLength === b.prefixLength && a.peer === b.peer))
}

function addressOf(entry: FakeLink, command: AddressCommand): Address {
  const address = canonical(command.address)
  const family = address.includes(':') ? 6 : 4
  const loopback = address.startsWith('127.') || address === '::1'
  return {
    ifindex: entry.link.ifindex,
    family,
    address,
    prefixLength: command.prefixLength,
    ...(command.peer === undefined || command.peer === command.address ? {} : { peer: canonical(command.peer) }),
    ...(command.broadcast === undefined ? {} : { broadcast: command.broadcast }),
    scope: loopback ? SCOPE_HOST : family === 6 ? ipv6Scope(command.address) : (command.scope ?? 0),
    ...(family === 6 ? {} : { label: command.label ?? entry.link.ifname }),
    permanent: true,
    noPrefixRoute: command.noPrefixRoute ?? false,
    protocol: command.protocol ?? 0,
  }
}

/** ipv6_addr_scope: an IPv6 address says its scope itself, whatever the command says. */
function ipv6Scope(address: string): number {
  return /^fe[89ab]/i.test(address) ? SCOPE_LINK : 0
}
