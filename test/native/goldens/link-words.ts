/** What `ip -N -d -j link` says, in our words. */

import type { IpRecord } from './ip-record.js'
import { type Names, type Noun, present } from './noun.js'

type Attributes = (data: IpRecord, names: Names) => object

const VLAN_PROTOCOLS: Readonly<Record<number, string>> = { 33024: '802.1Q', 34984: '802.1ad' }
/** The bridge counts in hundredths of a second (USER_HZ). */
const MS_PER_TICK = 10

const ms = (ticks: number | undefined): number | undefined => (ticks === undefined ? undefined : ticks * MS_PER_TICK)
const vlanProtocol = (number: number | undefined): string | undefined =>
  number === undefined ? undefined : VLAN_PROTOCOLS[number]

/** A link's own attributes, by its kind; other kinds have none. */
const KINDS: Readonly<Record<string, Attributes>> = {
  vlan: (data) => {
    const flags = data.words('flags')
    return {
      vlan: {
        id: data.number('id'),
        protocol: vlanProtocol(data.number('protocol')),
        reorderHeader: flags.includes('REORDER_HDR'),
        gvrp: flags.includes('GVRP'),
        mvrp: flags.includes('MVRP'),
        looseBinding: flags.includes('LOOSE_BINDING'),
        bridgeBinding: flags.includes('BRIDGE_BINDING'),
      },
    }
  },
  bridge: (data) => ({
    bridge: present({
      stp: data.flag('stp_state'),
      forwardDelayMs: ms(data.number('forward_delay')),
      helloTimeMs: ms(data.number('hello_time')),
      maxAgeMs: ms(data.number('max_age')),
      ageingTimeMs: ms(data.number('ageing_time')),
      priority: data.number('priority'),
      vlanFiltering: data.flag('vlan_filtering'),
      vlanProtocol: vlanProtocol(data.number('vlan_protocol')),
      vlanDefaultPvid: data.number('vlan_default_pvid'),
      multicastSnooping: data.flag('mcast_snooping'),
      multicastQuerier: data.flag('mcast_querier'),
      groupForwardMask: data.number('group_fwd_mask'),
    }),
  }),
  bond: (data, names) => ({
    bond: present({
      mode: data.text('mode'),
      miimonMs: data.number('miimon'),
      upDelayMs: data.number('updelay'),
      downDelayMs: data.number('downdelay'),
      peerNotifyDelayMs: data.number('peer_notify_delay'),
      arpIntervalMs: data.number('arp_interval'),
      activeSlave: names.index(data.text('active_slave')),
      primary: names.index(data.text('primary')),
      primaryReselect: data.text('primary_reselect'),
      failOverMac: data.text('fail_over_mac'),
      xmitHashPolicy: data.text('xmit_hash_policy'),
      lacpRate: data.text('ad_lacp_rate'),
      adSelect: data.text('ad_select'),
      minLinks: data.number('min_links'),
      allSlavesActive: data.flag('all_slaves_active'),
      resendIgmp: data.number('resend_igmp'),
      packetsPerSlave: data.number('packets_per_slave'),
      tlbDynamicBalancing: data.flag('tlb_dynamic_lb'),
    }),
  }),
  macvlan: (data) => ({ macvlan: { mode: data.text('mode') } }),
  vrf: (data) => ({ vrf: { table: data.number('table') } }),
  tun: (data) => ({
    tun: present({
      mode: data.text('type'),
      persist: data.flag('persist'),
      owner: data.text('user') === 'root' ? 0 : undefined,
      packetInfo: data.flag('pi'),
      multiQueue: data.flag('multi_queue'),
      vnetHeader: data.flag('vnet_hdr'),
    }),
  }),
}

/** What the master says of its port. */
const PORTS: Readonly<Record<string, Attributes>> = {
  bridge: (data) => ({
    bridgePort: {
      state: data.text('state'),
      cost: data.number('cost'),
      priority: data.number('priority'),
      hairpin: data.flag('hairpin'),
      bpduGuard: data.flag('guard'),
      rootBlock: data.flag('root_block'),
      fastLeave: data.flag('fastleave'),
      learning: data.flag('learning'),
      unicastFlood: data.flag('flood'),
      multicastFlood: data.flag('mcast_flood'),
      broadcastFlood: data.flag('bcast_flood'),
      isolated: data.flag('isolated'),
      neighbourSuppression: data.flag('neigh_suppress'),
    },
  }),
  bond: (data) => ({
    bondPort: {
      state: data.text('state')?.toLowerCase(),
      permanentMacAddress: data.text('perm_hwaddr'),
      queueId: data.number('queue_id'),
      priority: data.number('prio'),
    },
  }),
}

function link(record: IpRecord, names: Names): object {
  const flags = record.words('flags')
  const info = record.record('linkinfo')
  const kind = info.text('info_kind')
  const port = info.text('info_slave_kind')
  return present({
    ifindex: record.number('ifindex'),
    ifname: record.text('ifname'),
    kind,
    macAddress: record.text('address'),
    mtu: record.number('mtu'),
    up: flags.includes('UP'),
    lowerUp: flags.includes('LOWER_UP'),
    operstate: record.text('operstate')?.toLowerCase(),
    master: names.index(record.text('master')),
    parent: names.index(record.text('link')),
    ...KINDS[kind ?? '']?.(info.record('info_data'), names),
    ...PORTS[port ?? '']?.(info.record('info_slave_data'), names),
  })
}

export const LINK: Noun = {
  toOurs: link,
  key: (ours) => String(ours['ifindex']),
  untold: [],
  // A bridge tells of its ports in messages of family AF_BRIDGE only.
  silent: ['bridgePort', 'tun.persist', 'tun.owner', 'tun.multiQueue'],
  // Queues, offload limits, counters and what only people look at.
  leftOut: [
    'qdisc',
    'linkmode',
    'group',
    'txqlen',
    'link_type',
    'broadcast',
    'promiscuity',
    'allmulti',
    'min_mtu',
    'max_mtu',
    'inet6_addr_gen_mode',
    'num_tx_queues',
    'num_rx_queues',
    'gso_max_size',
    'gso_max_segs',
    'tso_max_size',
    'tso_max_segs',
    'gro_max_size',
    'ifalias',
  ],
}
