#include "rtnl/link_kind/tun.hh"

#include <linux/if_link.h>
#include <linux/if_tun.h>

#include "rtnl/link_kind/attribute_table.hh"

namespace vn::rtnl {

namespace {

using Flag = BoolWire<std::uint8_t>;

struct TunModeWire {
  static std::optional<TunMode> load(ByteView bytes) {
    const auto type = vn::load<std::uint8_t>(bytes);
    if (type == IFF_TUN) return TunMode::kTun;
    if (type == IFF_TAP) return TunMode::kTap;
    return std::nullopt;
  }
};

constexpr auto kTun = std::make_tuple(
    entry<TunModeWire>(IFLA_TUN_TYPE, &Tun::mode), entry<Flag>(IFLA_TUN_PERSIST, &Tun::persist),
    entry<NumberWire<std::uint32_t>>(IFLA_TUN_OWNER, &Tun::owner),
    entry<NumberWire<std::uint32_t>>(IFLA_TUN_GROUP, &Tun::group), entry<Flag>(IFLA_TUN_PI, &Tun::packet_info),
    entry<Flag>(IFLA_TUN_MULTI_QUEUE, &Tun::multi_queue), entry<Flag>(IFLA_TUN_VNET_HDR, &Tun::vnet_header));

}  // namespace

Tun decode_tun(ByteView info_data) {
  Tun tun;
  load_nest(kTun, info_data, tun);
  return tun;
}

}  // namespace vn::rtnl
