/** The part of /proc/sys/net that this library reads and writes, for a fake kernel. */

import { type FakeState, type Refusal, refuse } from './fake-state.js'

/** Per-link files and what a new namespace holds in them. */
const PER_LINK: Readonly<Record<'ipv4' | 'ipv6', Readonly<Record<string, string>>>> = {
  ipv4: {
    accept_local: '0',
    arp_announce: '0',
    arp_filter: '0',
    arp_ignore: '0',
    forwarding: '0',
    ignore_routes_with_linkdown: '0',
    promote_secondaries: '0',
    rp_filter: '0',
  },
  ipv6: {
    accept_dad: '1',
    accept_ra: '1',
    addr_gen_mode: '0',
    autoconf: '1',
    disable_ipv6: '0',
    forwarding: '0',
    ignore_routes_with_linkdown: '0',
    keep_addr_on_down: '0',
    use_tempaddr: '0',
  },
}

const keyOf = (path: readonly string[]): string => path.join('/')

/** The files of a fresh namespace. */
export function initSysctls(state: FakeState): void {
  state.sysctls.set('ipv4/ip_forward', '0')
  for (const [family, files] of Object.entries(PER_LINK)) {
    for (const name of ['all', 'default']) {
      for (const [file, value] of Object.entries(files)) state.sysctls.set(keyOf([family, 'conf', name, file]), value)
    }
  }
}

/** A new link takes the values of conf/default. */
export function addLinkSysctls(state: FakeState, ifname: string): void {
  for (const [family, files] of Object.entries(PER_LINK)) {
    for (const [file, value] of Object.entries(files)) {
      const inherited = state.sysctls.get(keyOf([family, 'conf', 'default', file])) ?? value
      state.sysctls.set(keyOf([family, 'conf', ifname, file]), inherited)
    }
  }
}

export function removeLinkSysctls(state: FakeState, ifname: string): void {
  for (const key of [...state.sysctls.keys()]) if (key.split('/')[2] === ifname) state.sysctls.delete(key)
}

export function renameLinkSysctls(state: FakeState, before: string, after: string): void {
  for (const [key, value] of [...state.sysctls]) {
    const [family = '', conf = '', ifname, file = ''] = key.split('/')
    if (ifname !== before) continue
    state.sysctls.delete(key)
    state.sysctls.set(keyOf([family, conf, after, file]), value)
  }
}

export function readSysctl(state: FakeState, path: readonly string[]): string | undefined {
  return state.sysctls.get(keyOf(path))
}

export function writeSysctl(state: FakeState, path: readonly string[], value: string): Refusal {
  if (!state.sysctls.has(keyOf(path))) return refuse('ENOENT', 'setSysctl')
  state.sysctls.set(keyOf(path), value.trim())
  return undefined
}

/** True where the file holds a number other than 0. */
export function sysctlFlag(state: FakeState, path: readonly string[]): boolean {
  return Number(readSysctl(state, path) ?? 0) !== 0
}

/** `all` or the link's own: either promotes (IN_DEV_ORCONF). */
export function promotesSecondaries(state: FakeState, ifname: string): boolean {
  return ['all', ifname].some((name) => sysctlFlag(state, ['ipv4', 'conf', name, 'promote_secondaries']))
}
