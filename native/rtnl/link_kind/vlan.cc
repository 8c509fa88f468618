#include "rtnl/link_kind/vlan.hh"

#include <linux/if_link.h>
#include <linux/if_vlan.h>

#include <array>
#include <utility>

#include "rtnl/link_kind/attribute_table.hh"

namespace vn::rtnl {

namespace {

constexpr auto kVlan = std::make_tuple(
    entry<NumberWire<std::uint16_t>>(IFLA_VLAN_ID, &Vlan::id),
    entry<VlanProtocolWire>(IFLA_VLAN_PROTOCOL, &Vlan::protocol));

constexpr std::array kFlags{
    std::pair{VLAN_FLAG_REORDER_HDR, &Vlan::reorder_header}, std::pair{VLAN_FLAG_GVRP, &Vlan::gvrp},
    std::pair{VLAN_FLAG_MVRP, &Vlan::mvrp}, std::pair{VLAN_FLAG_LOOSE_BINDING, &Vlan::loose_binding},
    std::pair{VLAN_FLAG_BRIDGE_BINDING, &Vlan::bridge_binding}};

}  // namespace

Vlan decode_vlan(ByteView info_data) {
  Vlan vlan;
  netlink::AttributeReader reader(info_data);
  while (const auto attribute = reader.next()) {
    load_by(kVlan, *attribute, vlan);
    if (attribute->type != IFLA_VLAN_FLAGS) continue;
    const auto held = load<ifla_vlan_flags>(attribute->payload);
    if (!held) continue;
    for (const auto& [bit, member] : kFlags) vlan.*member = (held->flags & bit) != 0;
  }
  return vlan;
}

void put(netlink::MessageWriter& writer, const Vlan& vlan) {
  put_by(kVlan, writer, vlan);
  ifla_vlan_flags asked{};
  for (const auto& [bit, member] : kFlags) {
    if (!(vlan.*member)) continue;
    asked.mask |= bit;
    if (*(vlan.*member)) asked.flags |= bit;
  }
  if (asked.mask != 0) writer.put(IFLA_VLAN_FLAGS, view_of(asked));
}

}  // namespace vn::rtnl
