#include "rtnl/link_kind/bridge.hh"

#include <linux/if_link.h>

#include "rtnl/link_kind/attribute_table.hh"

namespace vn::rtnl {

namespace {

using Flag = BoolWire<std::uint8_t>;

constexpr auto kBridge = std::make_tuple(
    entry<BoolWire<std::uint32_t>>(IFLA_BR_STP_STATE, &Bridge::stp),
    entry<ClockWire>(IFLA_BR_FORWARD_DELAY, &Bridge::forward_delay_ms),
    entry<ClockWire>(IFLA_BR_HELLO_TIME, &Bridge::hello_time_ms),
    entry<ClockWire>(IFLA_BR_MAX_AGE, &Bridge::max_age_ms),
    entry<ClockWire>(IFLA_BR_AGEING_TIME, &Bridge::ageing_time_ms),
    entry<NumberWire<std::uint16_t>>(IFLA_BR_PRIORITY, &Bridge::priority),
    entry<Flag>(IFLA_BR_VLAN_FILTERING, &Bridge::vlan_filtering),
    entry<VlanProtocolWire>(IFLA_BR_VLAN_PROTOCOL, &Bridge::vlan_protocol),
    entry<NumberWire<std::uint16_t>>(IFLA_BR_VLAN_DEFAULT_PVID, &Bridge::vlan_default_pvid),
    entry<Flag>(IFLA_BR_MCAST_SNOOPING, &Bridge::multicast_snooping),
    entry<Flag>(IFLA_BR_MCAST_QUERIER, &Bridge::multicast_querier),
    entry<NumberWire<std::uint16_t>>(IFLA_BR_GROUP_FWD_MASK, &Bridge::group_forward_mask));

using StateWire = WordWire<std::uint8_t, BridgePortState, BridgePortState::kBlocking>;

constexpr auto kBridgePort = std::make_tuple(
    entry<StateWire>(IFLA_BRPORT_STATE, &BridgePort::state),
    entry<NumberWire<std::uint32_t>>(IFLA_BRPORT_COST, &BridgePort::cost),
    entry<NumberWire<std::uint16_t>>(IFLA_BRPORT_PRIORITY, &BridgePort::priority),
    entry<Flag>(IFLA_BRPORT_MODE, &BridgePort::hairpin),
    entry<Flag>(IFLA_BRPORT_GUARD, &BridgePort::bpdu_guard),
    entry<Flag>(IFLA_BRPORT_PROTECT, &BridgePort::root_block),
    entry<Flag>(IFLA_BRPORT_FAST_LEAVE, &BridgePort::fast_leave),
    entry<Flag>(IFLA_BRPORT_LEARNING, &BridgePort::learning),
    entry<Flag>(IFLA_BRPORT_UNICAST_FLOOD, &BridgePort::unicast_flood),
    entry<Flag>(IFLA_BRPORT_MCAST_FLOOD, &BridgePort::multicast_flood),
    entry<Flag>(IFLA_BRPORT_BCAST_FLOOD, &BridgePort::broadcast_flood),
    entry<Flag>(IFLA_BRPORT_ISOLATED, &BridgePort::isolated),
    entry<Flag>(IFLA_BRPORT_NEIGH_SUPPRESS, &BridgePort::neighbour_suppression));

}  // namespace

Bridge decode_bridge(ByteView info_data) {
  Bridge bridge;
  load_nest(kBridge, info_data, bridge);
  return bridge;
}

BridgePort decode_bridge_port(ByteView slave_data) {
  BridgePort port;
  load_nest(kBridgePort, slave_data, port);
  return port;
}

void put(netlink::MessageWriter& writer, const Bridge& bridge) { put_by(kBridge, writer, bridge); }
void put(netlink::MessageWriter& writer, const BridgePort& port) { put_by(kBridgePort, writer, port); }

}  // namespace vn::rtnl
