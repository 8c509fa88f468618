#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "netlink/message_writer.hh"
#include "rtnl/link.hh"

namespace vn::rtnl {

namespace {

using netlink::MessageWriter;

/// rtnetlink reads at most MODULE_NAME_LEN bytes of a kind.
constexpr std::size_t kMaxKindBytes = 55;
constexpr const char* kWrongMac = "macAddress must be six octets such as 02:00:00:00:00:01";
constexpr const char* kTwoKinds = "a link has one kind: at most one of vlan, bridge, bond, macvlan and vrf";

Failure refused_link(const char* why) { return {EINVAL, "encode link", why}; }

bool valid_ifname(const std::string& name) {
  return !name.empty() && name.size() < IFNAMSIZ && name.find('\0') == std::string::npos;
}

void set_up(ifinfomsg& header, const std::optional<bool>& up) {
  if (!up) return;
  header.ifi_change = IFF_UP;
  if (*up) header.ifi_flags = IFF_UP;
}

/// False where it is no MAC address.
bool put_mac(MessageWriter& writer, const std::optional<std::string>& text) {
  if (!text) return true;
  const auto mac = parse_mac(*text);
  if (mac) writer.put(IFLA_ADDRESS, mac->bytes());
  return mac.has_value();
}

/// IFLA_INFO_DATA of a command, and of which kind it is.
class InfoData {
 public:
  /// Remembers the attributes of that kind, if there are any.
  template <class T>
  void take(const char* kind, const std::optional<T>& attributes) {
    if (!attributes) return;
    count_ += 1;
    kind_ = kind;
  }
  /// "" where the command has none.
  std::string_view kind() const { return kind_; }
  bool ambiguous() const { return count_ > 1; }

 private:
  std::size_t count_ = 0;
  std::string_view kind_;
};

template <class T>
void put_data(MessageWriter& writer, std::uint16_t type, const std::optional<T>& attributes) {
  if (!attributes) return;
  const std::size_t data = writer.begin_nest(type);
  put(writer, *attributes);
  writer.end_nest(data);
}

template <class Command>
InfoData info_data_of(const Command& command) {
  InfoData data;
  data.take("vlan", command.vlan);
  data.take("bridge", command.bridge);
  data.take("bond", command.bond);
  data.take("macvlan", command.macvlan);
  return data;
}

template <class Command>
void put_info_data(MessageWriter& writer, const Command& command) {
  put_data(writer, IFLA_INFO_DATA, command.vlan);
  put_data(writer, IFLA_INFO_DATA, command.bridge);
  put_data(writer, IFLA_INFO_DATA, command.bond);
  put_data(writer, IFLA_INFO_DATA, command.macvlan);
}

void put_peer(MessageWriter& writer, const VethPeer& peer) {
  const std::size_t data = writer.begin_nest(IFLA_INFO_DATA);
  const std::size_t nest = writer.begin_nest(VETH_INFO_PEER);
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(peer.ifindex.value_or(0));
  writer.put_raw(view_of(header));
  writer.put_text(IFLA_IFNAME, peer.ifname);
  writer.end_nest(nest);
  writer.end_nest(data);
}

void put_link_info(MessageWriter& writer, const SetLink& command, std::string_view kind) {
  const std::size_t info = writer.begin_nest(IFLA_LINKINFO);
  if (!kind.empty()) writer.put_text(IFLA_INFO_KIND, kind);
  put_info_data(writer, command);
  if (command.bridge_port) writer.put_text(IFLA_INFO_SLAVE_KIND, "bridge");
  put_data(writer, IFLA_INFO_SLAVE_DATA, command.bridge_port);
  writer.end_nest(info);
}

/// nullptr, or why not.
const char* refusal_of(const AddLink& command, const InfoData& data) {
  if (!valid_ifname(command.ifname)) return "ifname must have 1 to 15 bytes";
  if (command.kind.empty() || command.kind.size() > kMaxKindBytes) return "kind must have 1 to 55 bytes";
  if (data.ambiguous()) return kTwoKinds;
  if (!data.kind().empty() && data.kind() != command.kind) return "the attributes are not those of kind";
  if (command.peer && command.kind != "veth") return "peer is only for veth";
  if (command.peer && !valid_ifname(command.peer->ifname)) return "peer.ifname must have 1 to 15 bytes";
  return nullptr;
}

}  // namespace

Result<ByteBuffer> encode(const SetLink& command) {
  const InfoData data = info_data_of(command);
  if (data.ambiguous()) return refused_link(kTwoKinds);
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(command.ifindex);
  set_up(header, command.up);
  // RTM_SETLINK passes IFLA_LINKINFO over; RTM_NEWLINK of a link that exists changes it (rtnl_changelink).
  const bool with_info = !data.kind().empty() || command.bridge_port;
  MessageWriter writer(with_info ? RTM_NEWLINK : RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, header);
  if (command.name) {
    if (!valid_ifname(*command.name)) return refused_link("name must have 1 to 15 bytes");
    writer.put_text(IFLA_IFNAME, *command.name);
  }
  if (!put_mac(writer, command.mac_address)) return refused_link(kWrongMac);
  if (command.mtu) writer.put_u32(IFLA_MTU, *command.mtu);
  if (command.master) writer.put_u32(IFLA_MASTER, *command.master);
  if (with_info) put_link_info(writer, command, data.kind());
  return writer.finish();
}

Result<ByteBuffer> encode(const AddLink& command) {
  InfoData data = info_data_of(command);
  data.take("vrf", command.vrf);
  const char* why = refusal_of(command, data);
  if (why != nullptr) return refused_link(why);
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(command.ifindex.value_or(0));
  set_up(header, command.up);
  MessageWriter writer(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, header);
  writer.put_text(IFLA_IFNAME, command.ifname);
  if (!put_mac(writer, command.mac_address)) return refused_link(kWrongMac);
  if (command.mtu) writer.put_u32(IFLA_MTU, *command.mtu);
  if (command.parent) writer.put_u32(IFLA_LINK, *command.parent);
  if (command.master) writer.put_u32(IFLA_MASTER, *command.master);
  const std::size_t info = writer.begin_nest(IFLA_LINKINFO);
  writer.put_text(IFLA_INFO_KIND, command.kind);
  if (command.peer) put_peer(writer, *command.peer);
  put_info_data(writer, command);
  put_data(writer, IFLA_INFO_DATA, command.vrf);
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
