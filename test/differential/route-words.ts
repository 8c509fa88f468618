/** The few addresses that random routes and nexthop objects speak of. */

type Words = Readonly<Record<4 | 6, readonly [string, ...string[]]>>

export const DESTINATIONS: Words = {
  4: ['default', '203.0.113.0/24', '203.0.113.0/25', '203.0.113.7/32'],
  6: ['default', '2001:db8:8::/48', '2001:db8:8:8::/64', '2001:db8:8::7/128'],
}

export const GATEWAYS: Words = {
  4: ['192.0.2.1', '192.0.2.9', '198.51.100.9'],
  6: ['2001:db8:1::9', '2001:db8:1::a', '2001:db8:2::9'],
}

export const SOURCES: Words = {
  4: ['192.0.2.1', '198.51.100.2'],
  6: ['2001:db8:1::1', '2001:db8:2::2'],
}
