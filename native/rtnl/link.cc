#include "rtnl/link.hh"

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

#include "netlink/message_writer.hh"

namespace vn::rtnl {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;
using netlink::MessageWriter;

/// rtnetlink reads at most MODULE_NAME_LEN bytes of a kind.
constexpr std::size_t kMaxKindBytes = 55;
/// The last word of Operstate.
constexpr std::uint8_t kLastOperstate = static_cast<std::uint8_t>(Operstate::kUp);

Failure malformed() { return {EBADMSG, "decode link", {}}; }
Failure refused(const char* why) { return {EINVAL, "encode link", why}; }

bool valid_ifname(const std::string& name) {
  return !name.empty() && name.size() < IFNAMSIZ && name.find('\0') == std::string::npos;
}

std::optional<std::string> decode_kind(ByteView link_info) {
  AttributeReader reader(link_info);
  while (const auto attribute = reader.next()) {
    if (attribute->type == IFLA_INFO_KIND) return attribute->text();
  }
  return std::nullopt;
}

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
    case IFLA_LINKINFO: link.kind = decode_kind(attribute.payload); break;
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
  if (!header) return malformed();
  // A bridge tells of its ports with messages of family AF_BRIDGE; leaving a bridge is an RTM_DELLINK of a link that lives on.
  if (header->ifi_family != AF_UNSPEC) return std::optional<Link>{};
  Link link;
  link.ifindex = static_cast<std::uint32_t>(header->ifi_index);
  link.up = (header->ifi_flags & IFF_UP) != 0;
  link.lower_up = (header->ifi_flags & IFF_LOWER_UP) != 0;
  Aside aside;
  AttributeReader reader(tail(message.payload, sizeof(ifinfomsg)));
  while (const auto attribute = reader.next()) decode_attribute(*attribute, link, aside);
  if (reader.malformed()) return malformed();
  // Wireless extensions send RTM_NEWLINK with a name and nothing else (net/wireless/wext-core.c): no state of the link.
  if (aside.wireless_event) return std::optional<Link>{};
  if (header->ifi_index <= 0 || link.ifname.empty()) return malformed();
  if (aside.parent_elsewhere || link.parent == link.ifindex || link.parent == 0U) link.parent.reset();
  if (link.master == 0U) link.master.reset();
  return std::optional<Link>{std::move(link)};
}

Result<ByteBuffer> encode(const SetLink& command) {
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(command.ifindex);
  if (command.up) {
    header.ifi_change = IFF_UP;
    if (*command.up) header.ifi_flags = IFF_UP;
  }
  MessageWriter writer(RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, header);
  if (command.name) {
    if (!valid_ifname(*command.name)) return refused("name must have 1 to 15 bytes");
    writer.put_text(IFLA_IFNAME, *command.name);
  }
  if (command.mac_address) {
    const auto mac = parse_mac(*command.mac_address);
    if (!mac) return refused("macAddress must be six octets such as 02:00:00:00:00:01");
    writer.put(IFLA_ADDRESS, mac->bytes());
  }
  if (command.mtu) writer.put_u32(IFLA_MTU, *command.mtu);
  if (command.master) writer.put_u32(IFLA_MASTER, *command.master);
  return writer.finish();
}

Result<ByteBuffer> encode(const AddLink& command) {
  if (!valid_ifname(command.ifname)) return refused("ifname must have 1 to 15 bytes");
  if (command.kind.empty() || command.kind.size() > kMaxKindBytes) return refused("kind must have 1 to 55 bytes");
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(command.ifindex.value_or(0));
  MessageWriter writer(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, header);
  writer.put_text(IFLA_IFNAME, command.ifname);
  if (command.mac_address) {
    const auto mac = parse_mac(*command.mac_address);
    if (!mac) return refused("macAddress must be six octets such as 02:00:00:00:00:01");
    writer.put(IFLA_ADDRESS, mac->bytes());
  }
  if (command.mtu) writer.put_u32(IFLA_MTU, *command.mtu);
  const std::size_t info = writer.begin_nest(IFLA_LINKINFO);
  writer.put_text(IFLA_INFO_KIND, command.kind);
  if (command.peer) {
    if (!valid_ifname(command.peer->ifname)) return refused("peer.ifname must have 1 to 15 bytes");
    const std::size_t data = writer.begin_nest(IFLA_INFO_DATA);
    const std::size_t peer = writer.begin_nest(VETH_INFO_PEER);
    ifinfomsg peer_header{};
    peer_header.ifi_index = static_cast<int>(command.peer->ifindex.value_or(0));
    writer.put_raw(view_of(peer_header));
    writer.put_text(IFLA_IFNAME, command.peer->ifname);
    writer.end_nest(peer);
    writer.end_nest(data);
  }
  writer.end_nest(info);
  return writer.finish();
}

Result<ByteBuffer> encode(const DeleteLink& command) {
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(command.ifindex);
  return MessageWriter(RTM_DELLINK, NLM_F_REQUEST | NLM_F_ACK, header).finish();
}

ByteBuffer encode_link_dump() {
  MessageWriter writer(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, ifinfomsg{});
  writer.put_u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
  return writer.take();
}

}  // namespace vn::rtnl
