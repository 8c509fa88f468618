#include "rtnl/link_kind/macvlan.hh"

#include <linux/if_link.h>

#include <bit>

#include "rtnl/link_kind/attribute_table.hh"

namespace vn::rtnl {

namespace {

struct MacvlanModeWire {
  static std::optional<MacvlanMode> load(ByteView bytes) {
    const std::uint32_t bits = vn::load<std::uint32_t>(bytes).value_or(0);
    if (!std::has_single_bit(bits) || bits > MACVLAN_MODE_SOURCE) return std::nullopt;
    return static_cast<MacvlanMode>(std::countr_zero(bits));
  }
  static std::uint32_t raw(MacvlanMode mode) { return std::uint32_t{1} << static_cast<std::uint8_t>(mode); }
};

constexpr auto kMacvlan = std::make_tuple(entry<MacvlanModeWire>(IFLA_MACVLAN_MODE, &Macvlan::mode));

}  // namespace

Macvlan decode_macvlan(ByteView info_data) {
  Macvlan macvlan;
  load_nest(kMacvlan, info_data, macvlan);
  return macvlan;
}

void put(netlink::MessageWriter& writer, const Macvlan& macvlan) { put_by(kMacvlan, writer, macvlan); }

}  // namespace vn::rtnl
