// The field tables of what links of a kind, and ports, have beyond other links.
#pragma once

#include "engine/fields/field.hh"
#include "rtnl/link.hh"

namespace vn::engine {

template <> struct Words<rtnl::VlanProtocol> {
  static constexpr auto kWords = std::to_array<const char*>({"802.1Q", "802.1ad"});
};
template <> struct Words<rtnl::BridgePortState> {
  static constexpr auto kWords = std::to_array<const char*>({"disabled", "listening", "learning", "forwarding", "blocking"});
};
template <> struct Words<rtnl::BondMode> {
  static constexpr auto kWords = std::to_array<const char*>({"balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"});
};
template <> struct Words<rtnl::XmitHashPolicy> {
  static constexpr auto kWords = std::to_array<const char*>({"layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac"});
};
template <> struct Words<rtnl::LacpRate> {
  static constexpr auto kWords = std::to_array<const char*>({"slow", "fast"});
};
template <> struct Words<rtnl::AdSelect> {
  static constexpr auto kWords = std::to_array<const char*>({"stable", "bandwidth", "count"});
};
template <> struct Words<rtnl::PrimaryReselect> {
  static constexpr auto kWords = std::to_array<const char*>({"always", "better", "failure"});
};
template <> struct Words<rtnl::FailOverMac> {
  static constexpr auto kWords = std::to_array<const char*>({"none", "active", "follow"});
};
template <> struct Words<rtnl::BondPortState> {
  static constexpr auto kWords = std::to_array<const char*>({"active", "backup"});
};
template <> struct Words<rtnl::MacvlanMode> {
  static constexpr auto kWords = std::to_array<const char*>({"private", "vepa", "bridge", "passthru", "source"});
};
template <> struct Words<rtnl::TunMode> {
  static constexpr auto kWords = std::to_array<const char*>({"tun", "tap"});
};

template <> struct Fields<rtnl::Vlan> {
  using T = rtnl::Vlan;
  static constexpr auto kTable = std::make_tuple(
      field("id", &T::id), field("protocol", &T::protocol), field("reorderHeader", &T::reorder_header),
      field("gvrp", &T::gvrp), field("mvrp", &T::mvrp), field("looseBinding", &T::loose_binding),
      field("bridgeBinding", &T::bridge_binding));
};
template <> struct Fields<rtnl::Bridge> {
  using T = rtnl::Bridge;
  static constexpr auto kTable = std::make_tuple(
      field("stp", &T::stp), field("forwardDelayMs", &T::forward_delay_ms), field("helloTimeMs", &T::hello_time_ms),
      field("maxAgeMs", &T::max_age_ms), field("ageingTimeMs", &T::ageing_time_ms), field("priority", &T::priority),
      field("vlanFiltering", &T::vlan_filtering), field("vlanProtocol", &T::vlan_protocol),
      field("vlanDefaultPvid", &T::vlan_default_pvid), field("multicastSnooping", &T::multicast_snooping),
      field("multicastQuerier", &T::multicast_querier), field("groupForwardMask", &T::group_forward_mask));
};
template <> struct Fields<rtnl::Bond> {
  using T = rtnl::Bond;
  static constexpr auto kTable = std::make_tuple(
      field("mode", &T::mode), field("miimonMs", &T::miimon_ms), field("upDelayMs", &T::up_delay_ms),
      field("downDelayMs", &T::down_delay_ms), field("peerNotifyDelayMs", &T::peer_notify_delay_ms),
      field("arpIntervalMs", &T::arp_interval_ms), field("activeSlave", &T::active_slave), field("primary", &T::primary),
      field("primaryReselect", &T::primary_reselect), field("failOverMac", &T::fail_over_mac),
      field("xmitHashPolicy", &T::xmit_hash_policy), field("lacpRate", &T::lacp_rate), field("adSelect", &T::ad_select),
      field("minLinks", &T::min_links), field("allSlavesActive", &T::all_slaves_active),
      field("resendIgmp", &T::resend_igmp), field("packetsPerSlave", &T::packets_per_slave),
      field("tlbDynamicBalancing", &T::tlb_dynamic_balancing));
};
template <> struct Fields<rtnl::Macvlan> {
  using T = rtnl::Macvlan;
  static constexpr auto kTable = std::make_tuple(
      field("mode", &T::mode));
};
template <> struct Fields<rtnl::Vrf> {
  using T = rtnl::Vrf;
  static constexpr auto kTable = std::make_tuple(
      field("table", &T::table));
};
template <> struct Fields<rtnl::Tun> {
  using T = rtnl::Tun;
  static constexpr auto kTable = std::make_tuple(
      field("mode", &T::mode), field("persist", &T::persist), field("owner", &T::owner), field("group", &T::group),
      field("packetInfo", &T::packet_info), field("multiQueue", &T::multi_queue), field("vnetHeader", &T::vnet_header));
};
template <> struct Fields<rtnl::BridgePort> {
  using T = rtnl::BridgePort;
  static constexpr auto kTable = std::make_tuple(
      field("state", &T::state), field("cost", &T::cost), field("priority", &T::priority), field("hairpin", &T::hairpin),
      field("bpduGuard", &T::bpdu_guard), field("rootBlock", &T::root_block), field("fastLeave", &T::fast_leave),
      field("learning", &T::learning), field("unicastFlood", &T::unicast_flood),
      field("multicastFlood", &T::multicast_flood), field("broadcastFlood", &T::broadcast_flood),
      field("isolated", &T::isolated), field("neighbourSuppression", &T::neighbour_suppression));
};
template <> struct Fields<rtnl::BondPort> {
  using T = rtnl::BondPort;
  static constexpr auto kTable = std::make_tuple(
      field("state", &T::state), field("permanentMacAddress", &T::permanent_mac_address), field("queueId", &T::queue_id),
      field("priority", &T::priority));
};

}  // namespace vn::engine
