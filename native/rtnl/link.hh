// Links: RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK (rtnetlink(7), linux/if_link.h). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/mac_address.hh"
#include "base/result.hh"
#include "netlink/message.hh"
#include "rtnl/link_kind/bond.hh"
#include "rtnl/link_kind/bridge.hh"
#include "rtnl/link_kind/macvlan.hh"
#include "rtnl/link_kind/tun.hh"
#include "rtnl/link_kind/vlan.hh"
#include "rtnl/link_kind/vrf.hh"

namespace vn::rtnl {

/// RFC 2863, numbered as in linux/if.h.
enum class Operstate : std::uint8_t { kUnknown, kNotPresent, kDown, kLowerLayerDown, kTesting, kDormant, kUp };

struct Link {
  std::uint32_t ifindex = 0;
  std::string ifname;
  std::optional<std::string> kind;
  std::optional<MacAddress> mac_address;
  std::uint32_t mtu = 0;
  bool up = false;
  bool lower_up = false;
  Operstate operstate = Operstate::kUnknown;
  std::optional<std::uint32_t> master;
  std::optional<std::uint32_t> parent;
  /// The attributes of the link's own kind: at most one of these.
  std::optional<Vlan> vlan;
  std::optional<Bridge> bridge;
  std::optional<Bond> bond;
  std::optional<Macvlan> macvlan;
  std::optional<Vrf> vrf;
  std::optional<Tun> tun;
  /// What the master says of its port: at most one of these.
  std::optional<BridgePort> bridge_port;
  std::optional<BondPort> bond_port;
};

struct SetLink {
  std::uint32_t ifindex = 0;
  std::optional<bool> up;
  std::optional<std::string> name;
  std::optional<std::string> mac_address;
  std::optional<std::uint32_t> mtu;
  /// 0 releases the link.
  std::optional<std::uint32_t> master;
  /// At most one, and only of the link's own kind.
  std::optional<Vlan> vlan;
  std::optional<Bridge> bridge;
  std::optional<Bond> bond;
  std::optional<Macvlan> macvlan;
  /// Only for a link that is a bridge's port already: the kernel looks at it before it looks at `master`.
  std::optional<BridgePort> bridge_port;
};

struct VethPeer {
  std::string ifname;
  std::optional<std::uint32_t> ifindex;
};

struct AddLink {
  std::string ifname;
  std::string kind;
  std::optional<std::uint32_t> ifindex;
  std::optional<std::string> mac_address;
  std::optional<std::uint32_t> mtu;
  std::optional<VethPeer> peer;
  std::optional<std::uint32_t> parent;
  std::optional<std::uint32_t> master;
  std::optional<bool> up;
  /// At most one of these, and only the one of `kind`.
  std::optional<Vlan> vlan;
  std::optional<Bridge> bridge;
  std::optional<Bond> bond;
  std::optional<Macvlan> macvlan;
  std::optional<Vrf> vrf;
};

struct DeleteLink {
  std::uint32_t ifindex = 0;
};

/// Decodes RTM_NEWLINK and RTM_DELLINK. No value: not about a link as such (bridge port information, wireless
/// extensions), to be passed over. Failure EBADMSG: cut short or inconsistent.
Result<std::optional<Link>> decode_link(const netlink::Message& message);
/// Reads IFLA_LINKINFO into the link; what lies in there makes no link invalid.
void decode_link_info(ByteView link_info, Link& link);

/// Failure EINVAL: a field that cannot be encoded; `detail` names it. So for every encode below and in this folder.
Result<ByteBuffer> encode(const SetLink& command);
Result<ByteBuffer> encode(const AddLink& command);
Result<ByteBuffer> encode(const DeleteLink& command);
/// All links, without their statistics.
ByteBuffer encode_link_dump();

}  // namespace vn::rtnl
