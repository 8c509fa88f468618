#include "rtnl/neighbour.hh"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include <bit>

#include "netlink/message_writer.hh"

namespace vn::rtnl {

namespace {

using netlink::AttributeReader;
using netlink::MessageWriter;

Failure malformed_neighbour() { return {EBADMSG, "decode neighbour", {}}; }
Failure refused_neighbour(const char* why) { return {EINVAL, "encode neighbour", why}; }

NeighbourState decode_state(std::uint16_t bits) {
  if (bits == NUD_NONE) return NeighbourState::kNone;
  const int bit = std::countr_zero(bits);
  return bit < static_cast<int>(NeighbourState::kPermanent) ? static_cast<NeighbourState>(bit + 1) : NeighbourState::kNone;
}

std::uint16_t encode_state(NeighbourState state) {
  if (state == NeighbourState::kNone) return NUD_NONE;
  return static_cast<std::uint16_t>(1U << (static_cast<unsigned>(state) - 1));
}

std::uint8_t flags_of(const NeighbourCommand& command) {
  unsigned flags = 0;
  if (command.router.value_or(false)) flags |= NTF_ROUTER;
  if (command.proxy.value_or(false)) flags |= NTF_PROXY;
  if (command.ext_learned.value_or(false)) flags |= NTF_EXT_LEARNED;
  return static_cast<std::uint8_t>(flags);
}

}  // namespace

Result<std::optional<Neighbour>> decode_neighbour(const netlink::Message& message) {
  const auto header = load<ndmsg>(message.payload);
  if (!header) return malformed_neighbour();
  const auto family = from_af(header->ndm_family);
  if (!family) return std::optional<Neighbour>{};
  Neighbour neighbour;
  neighbour.ifindex = static_cast<std::uint32_t>(header->ndm_ifindex);
  neighbour.family = *family;
  neighbour.state = decode_state(header->ndm_state);
  neighbour.router = (header->ndm_flags & NTF_ROUTER) != 0;
  neighbour.proxy = (header->ndm_flags & NTF_PROXY) != 0;
  neighbour.ext_learned = (header->ndm_flags & NTF_EXT_LEARNED) != 0;
  std::optional<IpAddress> address;
  AttributeReader reader(tail(message.payload, sizeof(ndmsg)));
  while (const auto attribute = reader.next()) {
    switch (attribute->type) {
      case NDA_DST: address = load_ip(*family, attribute->payload); break;
      case NDA_LLADDR: neighbour.mac_address = load_mac(attribute->payload); break;
      case NDA_PROTOCOL: neighbour.protocol = attribute->u8().value_or(0); break;
      default: break;
    }
  }
  if (reader.malformed() || !address) return malformed_neighbour();
  neighbour.address = *address;
  return std::optional<Neighbour>{neighbour};
}

Result<ByteBuffer> encode(const NeighbourCommand& command, Verb verb) {
  const auto address = parse_ip(command.address);
  if (!address) return refused_neighbour("address is not an IP address");
  ndmsg header{};
  header.ndm_family = to_af(address->family);
  header.ndm_ifindex = static_cast<int>(command.ifindex);
  header.ndm_flags = flags_of(command);
  if (verb != Verb::kDelete) header.ndm_state = encode_state(command.state.value_or(NeighbourState::kPermanent));
  MessageWriter writer(verb == Verb::kDelete ? RTM_DELNEIGH : RTM_NEWNEIGH, request_flags(verb), header);
  writer.put(NDA_DST, address->bytes());
  if (command.mac_address) {
    const auto mac = parse_mac(*command.mac_address);
    if (!mac) return refused_neighbour("macAddress must be six octets such as 02:00:00:00:00:01");
    writer.put(NDA_LLADDR, mac->bytes());
  }
  if (command.protocol) writer.put_u8(NDA_PROTOCOL, *command.protocol);
  return writer.finish();
}

ByteBuffer encode_neighbour_dump(Family family) {
  ndmsg header{};
  header.ndm_family = to_af(family);
  return MessageWriter(RTM_GETNEIGH, NLM_F_REQUEST | NLM_F_DUMP, header).take();
}

}  // namespace vn::rtnl
