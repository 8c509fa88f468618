#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "rtnl/link.hh"

namespace vn::rtnl {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;

/// The last word of Operstate.
constexpr std::uint8_t kLastOperstate = static_cast<std::uint8_t>(Operstate::kUp);

Failure malformed_link() { return {EBADMSG, "decode link", {}}; }

/// What the attributes say beyond the link's own fields.
struct Aside {
  bool wireless_event = false;
  bool parent_elsewhere = false;
};

void decode_attribute(const Attribute& attribute, Link& link, Aside& aside) {
  switch (attribute.type) {
    case IFLA_IFNAME: link.ifname = attribute.text(); break;
    case IFLA_MTU: link.mtu = attribute.u32().value_or(0); break;
    case IFLA_MASTER: link.master = attribute.u32(); break;
    case IFLA_LINK: link.parent = attribute.u32(); break;
    case IFLA_LINK_NETNSID: aside.parent_elsewhere = true; break;
    case IFLA_LINKINFO: decode_link_info(attribute.payload, link); break;
    case IFLA_WIRELESS: aside.wireless_event = true; break;
    case IFLA_ADDRESS: link.mac_address = load_mac(attribute.payload); break;
    case IFLA_OPERSTATE: {
      const std::uint8_t word = attribute.u8().value_or(0);
      if (word <= kLastOperstate) link.operstate = static_cast<Operstate>(word);
      break;
    }
    default: break;
  }
}

}  // namespace

Result<std::optional<Link>> decode_link(const netlink::Message& message) {
  const auto header = load<ifinfomsg>(message.payload);
  if (!header) return malformed_link();
  // A bridge tells of its ports with messages of family AF_BRIDGE; leaving a bridge is an RTM_DELLINK of a link that lives on.
  if (header->ifi_family != AF_UNSPEC) return std::optional<Link>{};
  Link link;
  link.ifindex = static_cast<std::uint32_t>(header->ifi_index);
  link.up = (header->ifi_flags & IFF_UP) != 0;
  link.lower_up = (header->ifi_flags & IFF_LOWER_UP) != 0;
  Aside aside;
  AttributeReader reader(tail(message.payload, sizeof(ifinfomsg)));
  while (const auto attribute = reader.next()) decode_attribute(*attribute, link, aside);
  if (reader.malformed()) return malformed_link();
  // Wireless extensions send RTM_NEWLINK with a name and nothing else (net/wireless/wext-core.c): no state of the link.
  if (aside.wireless_event) return std::optional<Link>{};
  if (header->ifi_index <= 0 || link.ifname.empty()) return malformed_link();
  if (aside.parent_elsewhere || link.parent == link.ifindex || link.parent == 0U) link.parent.reset();
  if (link.master == 0U) link.master.reset();
  return std::optional<Link>{std::move(link)};
}

}  // namespace vn::rtnl
