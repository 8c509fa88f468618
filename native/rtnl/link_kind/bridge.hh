// The attributes of bridges and of their ports (IFLA_BR_*, IFLA_BRPORT_* of linux/if_link.h). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "netlink/message_writer.hh"
#include "rtnl/link_kind/vlan.hh"

namespace vn::rtnl {

/// Without what changes by itself: timers, root and topology. Absent: unknown when decoded, left alone when encoded.
struct Bridge {
  std::optional<bool> stp;
  std::optional<std::uint32_t> forward_delay_ms;
  std::optional<std::uint32_t> hello_time_ms;
  std::optional<std::uint32_t> max_age_ms;
  std::optional<std::uint32_t> ageing_time_ms;
  std::optional<std::uint16_t> priority;
  std::optional<bool> vlan_filtering;
  std::optional<VlanProtocol> vlan_protocol;
  std::optional<std::uint16_t> vlan_default_pvid;
  std::optional<bool> multicast_snooping;
  std::optional<bool> multicast_querier;
  std::optional<std::uint16_t> group_forward_mask;
};

/// Numbered as BR_STATE_* of linux/if_bridge.h.
enum class BridgePortState : std::uint8_t { kDisabled, kListening, kLearning, kForwarding, kBlocking };

struct BridgePort {
  std::optional<BridgePortState> state;
  std::optional<std::uint32_t> cost;
  std::optional<std::uint16_t> priority;
  std::optional<bool> hairpin;
  std::optional<bool> bpdu_guard;
  std::optional<bool> root_block;
  std::optional<bool> fast_leave;
  std::optional<bool> learning;
  std::optional<bool> unicast_flood;
  std::optional<bool> multicast_flood;
  std::optional<bool> broadcast_flood;
  std::optional<bool> isolated;
  std::optional<bool> neighbour_suppression;
};

Bridge decode_bridge(ByteView info_data);
BridgePort decode_bridge_port(ByteView slave_data);
void put(netlink::MessageWriter& writer, const Bridge& bridge);
void put(netlink::MessageWriter& writer, const BridgePort& port);

}  // namespace vn::rtnl
