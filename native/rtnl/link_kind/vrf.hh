// The attribute of VRF links (IFLA_VRF_TABLE of linux/if_link.h). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "netlink/message_writer.hh"

namespace vn::rtnl {

struct Vrf {
  std::optional<std::uint32_t> table;
};

Vrf decode_vrf(ByteView info_data);
void put(netlink::MessageWriter& writer, const Vrf& vrf);

}  // namespace vn::rtnl
