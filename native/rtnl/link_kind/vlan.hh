// The attributes of VLAN links (IFLA_VLAN_* of linux/if_link.h). Pure.
#pragma once

#include <arpa/inet.h>
#include <linux/if_ether.h>

#include <cstdint>
#include <optional>

#include "netlink/message_writer.hh"

namespace vn::rtnl {

enum class VlanProtocol : std::uint8_t { k8021Q, k8021Ad };

/// An EtherType in network byte order.
struct VlanProtocolWire {
  static std::optional<VlanProtocol> load(ByteView bytes) {
    const std::uint16_t type = ntohs(vn::load<std::uint16_t>(bytes).value_or(0));
    if (type == ETH_P_8021Q) return VlanProtocol::k8021Q;
    if (type == ETH_P_8021AD) return VlanProtocol::k8021Ad;
    return std::nullopt;
  }
  static std::uint16_t raw(VlanProtocol protocol) {
    return htons(protocol == VlanProtocol::k8021Q ? ETH_P_8021Q : ETH_P_8021AD);
  }
};

struct Vlan {
  std::optional<std::uint16_t> id;
  std::optional<VlanProtocol> protocol;
  std::optional<bool> reorder_header;
  std::optional<bool> gvrp;
  std::optional<bool> mvrp;
  std::optional<bool> loose_binding;
  std::optional<bool> bridge_binding;
};

Vlan decode_vlan(ByteView info_data);
void put(netlink::MessageWriter& writer, const Vlan& vlan);

}  // namespace vn::rtnl
