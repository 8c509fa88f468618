/** The two uplinks that a failover goes between. */

export const FIRST = { ifname: 'eth0', address: '192.0.2.2', gateway: '192.0.2.1' } as const
export const SECOND = { ifname: 'eth1', address: '198.51.100.2', gateway: '198.51.100.1' } as const
export const PREFIX_LENGTH = 24
/** Of the one default route that is replaced, in all ways but the library's, which keeps two. */
export const METRIC = 10
