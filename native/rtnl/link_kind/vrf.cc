#include "rtnl/link_kind/vrf.hh"

#include <linux/if_link.h>

#include "rtnl/link_kind/attribute_table.hh"

namespace vn::rtnl {

namespace {

constexpr auto kVrf = std::make_tuple(entry<NumberWire<std::uint32_t>>(IFLA_VRF_TABLE, &Vrf::table));

}  // namespace

Vrf decode_vrf(ByteView info_data) {
  Vrf vrf;
  load_nest(kVrf, info_data, vrf);
  return vrf;
}

void put(netlink::MessageWriter& writer, const Vrf& vrf) { put_by(kVrf, writer, vrf); }

}  // namespace vn::rtnl
