// The attributes of tun and tap links (IFLA_TUN_* of linux/if_link.h). Decode only: rtnetlink cannot create them. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hh"

namespace vn::rtnl {

/// IFF_TUN is 1 and IFF_TAP is 2.
enum class TunMode : std::uint8_t { kTun, kTap };

struct Tun {
  std::optional<TunMode> mode;
  std::optional<bool> persist;
  std::optional<std::uint32_t> owner;
  std::optional<std::uint32_t> group;
  std::optional<bool> packet_info;
  std::optional<bool> multi_queue;
  std::optional<bool> vnet_header;
};

Tun decode_tun(ByteView info_data);

}  // namespace vn::rtnl
