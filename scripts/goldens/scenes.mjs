// What is set up for the golden captures, as `ip` command lines; documentation addresses only. `up` names the links whose
// carrier must have come before the capture. What was added is deleted in reverse order for the capture of notifications.

const mac = (last) => `02:00:00:00:00:${last}`

const worldLinks = [
  'link set lo up',
  `link add v0 index 10 address ${mac(10)} type veth peer name v1 index 11 address ${mac(11)}`,
  `link add w0 index 12 address ${mac(12)} mtu 1400 type veth peer name w1 index 13 address ${mac(13)}`,
  `link add br0 index 20 address ${mac(20)} type bridge ageing_time 12300 ` +
    'forward_delay 400 hello_time 300 max_age 900 priority 4096 mcast_snooping 0',
  'link set v1 master br0',
  'link set w1 master br0',
  'link set v1 type bridge_slave cost 10 priority 5 hairpin on isolated on learning off',
  'link set v0 alias uplink txqueuelen 500 group 3',
  `link add mv0 link v0 index 30 address ${mac(30)} type macvlan mode bridge`,
  `link add mv1 link v0 index 31 address ${mac(31)} type macvlan mode private`,
  `link add mv2 link w0 index 32 address ${mac(32)} type macvlan mode passthru`,
  'link add ifb0 index 40 type ifb',
  'tuntap add dev tun0 mode tun user 0',
  'tuntap add dev tap0 mode tap multi_queue',
  ...['v0', 'v1', 'w0', 'w1', 'br0', 'mv0'].map((ifname) => `link set ${ifname} up`),
]

const worldAddresses = [
  'addr add 192.0.2.2/24 brd + dev v0 label v0:main',
  'addr add 192.0.2.3/24 dev v0',
  'addr add 198.51.100.1 peer 198.51.100.2/32 dev w0',
  'addr add 203.0.113.9/28 dev w0 valid_lft 86400 preferred_lft 3600',
  'addr add 198.51.100.130/25 dev v0 scope host noprefixroute',
  'addr add 2001:db8::2/64 dev v0 nodad',
  'addr add 2001:db8:1::2 peer 2001:db8:1::3/128 dev w0 nodad',
  'addr add 2001:db8:2::2/64 dev v0 nodad noprefixroute valid_lft 86400 preferred_lft 0',
  'addr add 2001:db8:3::1/128 dev lo',
]

const worldNexthops = [
  'nexthop add id 7 via 192.0.2.1 dev v0 proto 183',
  'nexthop add id 8 via 198.51.100.2 dev w0 onlink',
  'nexthop add id 9 group 7,3/8',
  'nexthop add id 10 blackhole',
  'nexthop add id 11 via fe80::1 dev v0',
  'nexthop add id 12 dev v0',
  'nexthop add id 14 group 7/8 type resilient buckets 8 idle_timer 100',
]

const worldRoutes4 = [
  'route add default via 192.0.2.1 dev v0 metric 100 proto 183',
  '-4 route add default via inet6 fe80::1 dev v0 metric 200',
  'route add 203.0.113.128/25 nexthop via 192.0.2.1 dev v0 weight 3 nexthop via 198.51.100.2 dev w0 weight 1',
  '-4 route add 203.0.113.64/26 nexthop via inet6 fe80::1 dev v0 nexthop dev w0 weight 256',
  'route add blackhole 198.51.100.64/26',
  'route add unreachable 203.0.113.48/28 table 1000',
  'route add prohibit 203.0.113.32/28 metric 5',
  'route add throw 203.0.113.40/29 table 4000000000',
  'route add 198.51.100.32/27 dev v0 scope link src 192.0.2.3 table 300 mtu 1400',
  'route add local 203.0.113.1 dev lo table 300',
  'route add broadcast 203.0.113.255 dev v0 table 300',
  'route add 203.0.113.2/32 via 203.0.113.77 dev v0 onlink',
  'route add 203.0.113.3/32 via 192.0.2.1 tos 0x10',
  'route add 203.0.113.4/32 nhid 7',
  'route add 203.0.113.5/32 nhid 9',
  'route add 203.0.113.6/32 nhid 10',
  'route add 203.0.113.7/32 via 192.0.2.1 dev v0 mtu 1300 advmss 1260 initcwnd 20',
]

const worldRoutes6 = [
  '-6 route add default via fe80::1 dev v0 metric 100 pref high',
  '-6 route add 2001:db8:10::/48 nexthop via 2001:db8::1 dev v0 weight 2 nexthop via fe80::2 dev w0',
  '-6 route add blackhole 2001:db8:20::/48',
  '-6 route add unreachable 2001:db8:21::/48 metric 7',
  '-6 route add prohibit 2001:db8:22::/48',
  '-6 route add throw 2001:db8:23::/48 table 1000',
  '-6 route add 2001:db8:30::/48 nhid 11',
  '-6 route add 2001:db8:31::/48 dev w0 proto 183 src 2001:db8:3::1 table 300',
  '-6 route add 2001:db8:32::/48 via 2001:db8::9 dev v0 expires 5000',
  '-6 route add local 2001:db8:33::1/128 dev lo table 300',
]

function rulesOf(family, from, to) {
  const rules = [
    `from ${from} to ${to} lookup 300 protocol 183`,
    'fwmark 0x10/0xff lookup 1000',
    'fwmark 0x20 lookup 4000000000',
    'iif v0 oif w0 prohibit',
    'tos 0x10 lookup 300',
    'ipproto tcp sport 1000-2000 dport 443 lookup 300',
    'ipproto udp dport 5000-6000 lookup 300',
    'uidrange 0-0 lookup 300',
    `not from ${from} lookup 300`,
    'goto 32766',
    'nop',
    `unreachable from ${to}`,
    'blackhole fwmark 0x30',
    'lookup 254 suppress_prefixlength 0',
    'lookup 254 suppress_ifgroup 7',
    'tun_id 5 lookup 300',
  ]
  return rules.map((rule, at) => `${family} rule add priority ${100 + at} ${rule}`)
}

const worldNeighbours = [
  `neigh add 192.0.2.1 lladdr ${mac('01')} dev v0 nud permanent`,
  `neigh add 192.0.2.5 lladdr ${mac('05')} dev v0 nud stale`,
  `neigh add 198.51.100.2 lladdr ${mac('02')} dev w0 nud noarp`,
  'neigh add proxy 192.0.2.77 dev v0',
  `neigh add 2001:db8::1 lladdr ${mac('01')} dev v0 router nud permanent`,
  `neigh add fe80::2 lladdr ${mac('06')} dev w0 extern_learn nud stale`,
]

const machine = [
  'link set lo up',
  ...[0, 1, 2, 3, 4, 5].map((at) => `link add d${at} index ${10 + at} address ${mac(10 + at)} type dummy`),
  'link set d0 up',
  `link add d0.7 link d0 index 20 type vlan id 7`,
  `link add d0.8 link d0 index 21 type vlan id 4094 protocol 802.1ad reorder_hdr off gvrp on`,
  'link add bond0 index 30 type bond mode active-backup miimon 100 updelay 200 downdelay 300 fail_over_mac active',
  'link set d2 master bond0',
  'link set d3 master bond0',
  'link set bond0 type bond primary d3',
  'link add bond1 index 31 type bond mode 802.3ad lacp_rate fast xmit_hash_policy layer3+4 min_links 1',
  'link set d4 master bond1',
  'link add blue index 40 type vrf table 1000',
  'link set d5 master blue',
  'link add wg0 index 50 type wireguard',
  `link add mv0 link d0 index 60 address ${mac(60)} type macvlan mode vepa`,
  `link add br0 index 61 address ${mac(61)} type bridge vlan_filtering 1 vlan_default_pvid 7 stp_state 1 mcast_snooping 1`,
  'link set d1 master br0',
  'link set d1 type bridge_slave cost 10 priority 5 hairpin on learning off',
  ...['d0.7', 'd2', 'd3', 'bond0', 'd5', 'blue', 'wg0'].map((ifname) => `link set ${ifname} up`),
  'addr add 192.0.2.2/24 dev d0.7',
  'addr add 198.51.100.2/24 dev wg0',
  'addr add 2001:db8::2/64 dev d5 nodad',
  'route add 203.0.113.0/24 via 192.0.2.1 dev d0.7',
  'route add 203.0.113.0/25 dev wg0 table 1000',
  '-6 rule add priority 100 l3mdev',
]

/** `session`: the script that sets it up, below scripts/goldens. `folder`: of its fixtures, below test/fixtures/netlink. */
export const SCENES = [
  {
    name: 'world',
    place: 'world',
    session: 'session.mjs',
    folder: 'rtnl',
    lines: [
      ...worldLinks,
      ...worldAddresses,
      ...worldNexthops,
      ...worldRoutes4,
      ...worldRoutes6,
      ...rulesOf('-4', '192.0.2.128/25', '198.51.100.0/24'),
      ...rulesOf('-6', '2001:db8:50::/48', '2001:db8:51::1'),
      ...worldNeighbours,
    ],
    up: ['v0', 'v1', 'w0', 'w1', 'br0', 'mv0'],
  },
  {
    name: 'machine',
    place: 'machine',
    session: 'session.mjs',
    folder: 'rtnl',
    modules: ['dummy', '8021q', 'bonding', 'vrf', 'wireguard', 'macvlan', 'bridge'],
    lines: machine,
    up: ['d0.7', 'd2', 'd3', 'd5', 'bond0', 'blue'],
  },
  { name: 'sockets', place: 'world', session: 'sockets.mjs', folder: 'tcp-socket' },
  { name: 'uevents', place: 'world', session: 'uevents.mjs', folder: 'uevent' },
  { name: 'advertisement', place: 'world', session: 'advertisement.mjs', folder: 'nd-option' },
]
