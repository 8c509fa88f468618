// The attributes of macvlan links (IFLA_MACVLAN_* of linux/if_link.h). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "netlink/message_writer.hh"

namespace vn::rtnl {

/// MACVLAN_MODE_* are the bits 0 to 4 in this order.
enum class MacvlanMode : std::uint8_t { kPrivate, kVepa, kBridge, kPassthru, kSource };

struct Macvlan {
  std::optional<MacvlanMode> mode;
};

Macvlan decode_macvlan(ByteView info_data);
void put(netlink::MessageWriter& writer, const Macvlan& macvlan);

}  // namespace vn::rtnl
