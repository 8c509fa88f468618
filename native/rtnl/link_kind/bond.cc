#include "rtnl/link_kind/bond.hh"

#include <linux/if_link.h>

#include "rtnl/link_kind/attribute_table.hh"

namespace vn::rtnl {

namespace {

using Number = NumberWire<std::uint32_t>;
using Flag = BoolWire<std::uint8_t>;

/// IFLA_BOND_PEER_NOTIF_DELAY (kernel 5.3) and IFLA_BOND_SLAVE_PRIO (6.0); older headers lack them.
constexpr int kPeerNotifyDelay = 28;
constexpr int kSlavePriority = 9;

constexpr auto kBond = std::make_tuple(
    entry<WordWire<std::uint8_t, BondMode, BondMode::kBalanceAlb>>(IFLA_BOND_MODE, &Bond::mode),
    entry<Number>(IFLA_BOND_MIIMON, &Bond::miimon_ms), entry<Number>(IFLA_BOND_UPDELAY, &Bond::up_delay_ms),
    entry<Number>(IFLA_BOND_DOWNDELAY, &Bond::down_delay_ms), entry<Number>(kPeerNotifyDelay, &Bond::peer_notify_delay_ms),
    entry<Number>(IFLA_BOND_ARP_INTERVAL, &Bond::arp_interval_ms),
    entry<Number>(IFLA_BOND_ACTIVE_SLAVE, &Bond::active_slave), entry<Number>(IFLA_BOND_PRIMARY, &Bond::primary),
    entry<WordWire<std::uint8_t, PrimaryReselect, PrimaryReselect::kFailure>>(IFLA_BOND_PRIMARY_RESELECT,
                                                                              &Bond::primary_reselect),
    entry<WordWire<std::uint8_t, FailOverMac, FailOverMac::kFollow>>(IFLA_BOND_FAIL_OVER_MAC, &Bond::fail_over_mac),
    entry<WordWire<std::uint8_t, XmitHashPolicy, XmitHashPolicy::kVlanSourceMac>>(IFLA_BOND_XMIT_HASH_POLICY,
                                                                                  &Bond::xmit_hash_policy),
    entry<WordWire<std::uint8_t, LacpRate, LacpRate::kFast>>(IFLA_BOND_AD_LACP_RATE, &Bond::lacp_rate),
    entry<WordWire<std::uint8_t, AdSelect, AdSelect::kCount>>(IFLA_BOND_AD_SELECT, &Bond::ad_select),
    entry<Number>(IFLA_BOND_MIN_LINKS, &Bond::min_links), entry<Flag>(IFLA_BOND_ALL_SLAVES_ACTIVE, &Bond::all_slaves_active),
    entry<Number>(IFLA_BOND_RESEND_IGMP, &Bond::resend_igmp),
    entry<Number>(IFLA_BOND_PACKETS_PER_SLAVE, &Bond::packets_per_slave),
    entry<Flag>(IFLA_BOND_TLB_DYNAMIC_LB, &Bond::tlb_dynamic_balancing));

constexpr auto kBondPort = std::make_tuple(
    entry<WordWire<std::uint8_t, BondPortState, BondPortState::kBackup>>(IFLA_BOND_SLAVE_STATE, &BondPort::state),
    entry<NumberWire<std::uint16_t>>(IFLA_BOND_SLAVE_QUEUE_ID, &BondPort::queue_id),
    entry<NumberWire<std::int32_t>>(kSlavePriority, &BondPort::priority));

}  // namespace

Bond decode_bond(ByteView info_data) {
  Bond bond;
  load_nest(kBond, info_data, bond);
  // 0: there is none.
  if (bond.active_slave == 0U) bond.active_slave.reset();
  if (bond.primary == 0U) bond.primary.reset();
  return bond;
}

BondPort decode_bond_port(ByteView slave_data) {
  BondPort port;
  netlink::AttributeReader reader(slave_data);
  while (const auto attribute = reader.next()) {
    load_by(kBondPort, *attribute, port);
    if (attribute->type == IFLA_BOND_SLAVE_PERM_HWADDR) port.permanent_mac_address = load_mac(attribute->payload);
  }
  return port;
}

void put(netlink::MessageWriter& writer, const Bond& bond) { put_by(kBond, writer, bond); }

}  // namespace vn::rtnl
