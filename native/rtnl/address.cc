#include "rtnl/address.hh"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "netlink/message_writer.hh"
#include "rtnl/decoded.hh"

namespace vn::rtnl {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;
using netlink::MessageWriter;

/// IFA_PROTO of linux/if_addr.h, kernel 5.18; older headers lack it.
constexpr std::uint16_t kIfaProto = 11;
/// IFNAMSIZ: the kernel refuses longer labels.
constexpr std::size_t kLabelBytes = 16;

Failure malformed_address() { return {EBADMSG, "decode address", {}}; }
Failure refused_address(const char* why) { return {EINVAL, "encode address", why}; }

/// The attributes as they stand in the message; which is the address is decided when all are known.
struct AddressParts {
  ByteView address;
  ByteView local;
  ByteView broadcast;
  std::uint32_t flags = 0;
};

void decode_attribute(const Attribute& attribute, AddressParts& parts, Address& address) {
  switch (attribute.type) {
    case IFA_ADDRESS: parts.address = attribute.payload; break;
    case IFA_LOCAL: parts.local = attribute.payload; break;
    case IFA_BROADCAST: parts.broadcast = attribute.payload; break;
    case IFA_LABEL: address.label = attribute.text(); break;
    case IFA_FLAGS: parts.flags = attribute.u32().value_or(parts.flags); break;
    case kIfaProto: address.protocol = attribute.u8().value_or(0); break;
    default: break;
  }
}

}  // namespace

Result<bool> decode_address_into(const netlink::Message& message, Address& address) {
  const auto header = load<ifaddrmsg>(message.payload);
  if (!header) return malformed_address();
  const auto family = from_af(header->ifa_family);
  if (!family) return false;
  address.ifindex = header->ifa_index;
  address.family = *family;
  address.prefix_length = header->ifa_prefixlen;
  address.scope = header->ifa_scope;
  AddressParts parts;
  parts.flags = header->ifa_flags;  // the low 8 bits; IFA_FLAGS has all
  AttributeReader reader(tail(message.payload, sizeof(ifaddrmsg)));
  while (const auto attribute = reader.next()) decode_attribute(*attribute, parts, address);
  if (reader.malformed() || address.prefix_length > max_prefix_length(*family)) return malformed_address();
  if (!load_ip(*family, parts.local.empty() ? parts.address : parts.local, address.address)) return malformed_address();
  if (!parts.local.empty() && !parts.address.empty()) {
    const auto remote = load_ip(*family, parts.address);
    if (!remote) return malformed_address();
    if (*remote != address.address) address.peer = *remote;
  }
  if (!parts.broadcast.empty()) address.broadcast = load_ip(*family, parts.broadcast);
  address.permanent = (parts.flags & IFA_F_PERMANENT) != 0;
  address.no_prefix_route = (parts.flags & IFA_F_NOPREFIXROUTE) != 0;
  return true;
}

Result<std::optional<Address>> decode_address(const netlink::Message& message) {
  return decoded<Address>(decode_address_into, message);
}

Result<ByteBuffer> encode(const AddressCommand& command, Verb verb) {
  const auto local = parse_ip(command.address);
  if (!local) return refused_address("address is not an IP address");
  if (command.prefix_length > max_prefix_length(local->family)) return refused_address("prefixLength is too long for the family");
  const auto peer = command.peer ? parse_ip(*command.peer) : local;
  if (!peer || peer->family != local->family) return refused_address("peer is not an address of the same family");
  const std::uint32_t flags = command.no_prefix_route.value_or(false) ? IFA_F_NOPREFIXROUTE : 0U;
  ifaddrmsg header{};
  header.ifa_family = to_af(local->family);
  header.ifa_prefixlen = command.prefix_length;
  header.ifa_scope = command.scope.value_or(RT_SCOPE_UNIVERSE);
  header.ifa_index = command.ifindex;
  MessageWriter writer(verb == Verb::kDelete ? RTM_DELADDR : RTM_NEWADDR, request_flags(verb), header);
  writer.put(IFA_LOCAL, local->bytes());
  writer.put(IFA_ADDRESS, peer->bytes());
  if (command.broadcast) {
    const auto broadcast = parse_ip(*command.broadcast);
    if (!broadcast || broadcast->family != Family::kIpv4 || local->family != Family::kIpv4) {
      return refused_address("broadcast is not an IPv4 address");
    }
    writer.put(IFA_BROADCAST, broadcast->bytes());
  }
  if (command.label) {
    if (command.label->empty() || command.label->size() >= kLabelBytes) return refused_address("label must have 1 to 15 bytes");
    writer.put_text(IFA_LABEL, *command.label);
  }
  if (flags != 0) writer.put_u32(IFA_FLAGS, flags);
  if (command.protocol) writer.put_u8(kIfaProto, *command.protocol);
  return writer.finish();
}

ByteBuffer encode_address_dump(Family family) {
  ifaddrmsg header{};
  header.ifa_family = to_af(family);
  return MessageWriter(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, header).take();
}

}  // namespace vn::rtnl
