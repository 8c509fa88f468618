/** What the name of an interface says about it. */

/** The class of a link, by which built-in metrics rank it. */
export type InterfaceType = 'ethernet' | 'wifi' | 'mobile' | 'local' | 'unknown'

/** The first prefix that fits decides. */
const TYPES_BY_PREFIX: readonly (readonly [prefix: string, type: InterfaceType])[] = [
  ['eth', 'ethernet'],
  ['en', 'ethernet'],
  ['wlan', 'wifi'],
  ['wl', 'wifi'],
  ['ra', 'wifi'],
  ['ppp', 'mobile'],
  ['wwan', 'mobile'],
  ['lo', 'local'],
  ['tap', 'local'],
]

/** The class that the name's beginning stands for; 'unknown' for every other name. */
export function interfaceTypeOf(ifname: string): InterfaceType {
  return TYPES_BY_PREFIX.find(([prefix]) => ifname.startsWith(prefix))?.[1] ?? 'unknown'
}

/** All decimal digits of the name read as one number; 0 without any. At most 15 digits, so always exact. */
export function instanceOf(ifname: string): number {
  return Number(ifname.replace(/[^0-9]/g, ''))
}

/** Tells interfaces of one type apart in metrics: the instance modulo 10. */
export function weightOf(ifname: string): number {
  return instanceOf(ifname) % 10
}
