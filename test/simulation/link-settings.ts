/** What a configuration may overwrite of a link, and must put back: MTU, hardware address, sysctls. */

import type { FakeState } from '../../lib/testing/fake-state.js'

/** The settings of every link, as a text by its index. */
export type LinkSettings = ReadonlyMap<number, string>

export function readLinkSettings(state: FakeState): LinkSettings {
  return new Map(
    [...state.links.values()].map(({ link }) => [
      link.ifindex,
      [`mtu ${link.mtu}`, `mac ${link.macAddress}`, ...sysctlsOf(state, link.ifname)].join(' '),
    ]),
  )
}

/** The settings that a link has as it is plugged in. */
export function factorySettings(state: FakeState, macAddress: string): string {
  return ['mtu 1500', `mac ${macAddress}`, ...sysctlsOf(state, 'default')].join(' ')
}

function sysctlsOf(state: FakeState, ifname: string): string[] {
  return [...state.sysctls]
    .filter(([key]) => key.split('/')[2] === ifname)
    .map(([key, value]) => `${key.replace(`/${ifname}/`, '/')}=${value}`)
    .sort()
}
