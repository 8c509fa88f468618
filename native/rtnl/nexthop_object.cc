#include "rtnl/nexthop_object.hh"

#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "netlink/message_writer.hh"
#include "rtnl/wire_numbers.hh"

namespace vn::rtnl {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;
using netlink::MessageWriter;

/// As for multipath routes: a notification and a part of a dump have a fixed size.
constexpr std::size_t kMaxMembers = 512;

Failure malformed_nexthop() { return {EBADMSG, "decode nexthop", {}}; }
Failure refused_nexthop(const char* why) { return {EINVAL, "encode nexthop", why}; }

std::optional<std::vector<NexthopMember>> decode_group(ByteView payload) {
  if (payload.size() % sizeof(nexthop_grp) != 0) return std::nullopt;
  std::vector<NexthopMember> members;
  members.reserve(payload.size() / sizeof(nexthop_grp));
  for (ByteView rest = payload; !rest.empty(); rest = tail(rest, sizeof(nexthop_grp))) {
    const auto member = load<nexthop_grp>(rest);
    if (!member) return std::nullopt;
    // The octet behind the weight is its high one (kernel 6.12), and 0 before.
    members.push_back({member->id, (static_cast<std::uint32_t>(rest[offsetof(nexthop_grp, weight) + 1]) << 8 | member->weight) + 1});
  }
  return members;
}

/// False where the attribute makes the message invalid.
bool decode_attribute(const Attribute& attribute, NexthopObject& nexthop) {
  switch (attribute.type) {
    case NHA_ID: nexthop.id = attribute.u32().value_or(0); return true;
    case NHA_OIF: nexthop.ifindex = attribute.u32(); return true;
    case NHA_BLACKHOLE: nexthop.blackhole = true; return true;
    case NHA_FDB: nexthop.fdb = true; return true;
    case NHA_GROUP_TYPE: nexthop.resilient = attribute.u16() == NEXTHOP_GRP_TYPE_RES; return true;
    case NHA_GATEWAY:
      if (nexthop.family) nexthop.gateway = load_ip(*nexthop.family, attribute.payload);
      return nexthop.gateway.has_value();
    case NHA_GROUP:
      nexthop.group = decode_group(attribute.payload);
      return nexthop.group.has_value();
    default: return true;
  }
}

/// nullptr, or why not.
const char* put_group(MessageWriter& writer, const std::vector<NexthopMemberCommand>& members) {
  if (members.empty() || members.size() > kMaxMembers) return "group must have 1 to 512 members";
  ByteBuffer bytes;
  for (const NexthopMemberCommand& member : members) {
    const std::uint16_t weight = member.weight.value_or(1);
    if (weight < 1 || weight > kMaxWeight) return "group.weight must be 1 to 256";
    nexthop_grp entry{};
    entry.id = member.id;
    entry.weight = static_cast<std::uint8_t>(weight - 1);
    append_bytes(bytes, view_of(entry));
  }
  writer.put(NHA_GROUP, bytes);
  return nullptr;
}

std::uint8_t af_of(const NexthopObjectCommand& command, const std::optional<IpAddress>& gateway) {
  if (command.group) return AF_UNSPEC;
  return to_af(gateway ? gateway->family : command.family.value_or(Family::kIpv4));
}

}  // namespace

Result<std::optional<NexthopObject>> decode_nexthop_object(const netlink::Message& message) {
  const auto header = load<nhmsg>(message.payload);
  if (!header) return malformed_nexthop();
  NexthopObject nexthop;
  nexthop.family = from_af(header->nh_family);
  if (!nexthop.family && header->nh_family != AF_UNSPEC) return std::optional<NexthopObject>{};
  nexthop.protocol = header->nh_protocol;
  nexthop.scope = header->nh_scope;
  nexthop.onlink = (header->nh_flags & RTNH_F_ONLINK) != 0;
  AttributeReader reader(tail(message.payload, sizeof(nhmsg)));
  while (const auto attribute = reader.next()) {
    if (!decode_attribute(*attribute, nexthop)) return malformed_nexthop();
  }
  if (reader.malformed() || nexthop.id == 0) return malformed_nexthop();
  return std::optional<NexthopObject>{std::move(nexthop)};
}

Result<ByteBuffer> encode(const NexthopObjectCommand& command, Verb verb) {
  if (command.id == 0) return refused_nexthop("id must not be 0");
  if (verb == Verb::kDelete) {
    MessageWriter writer(RTM_DELNEXTHOP, request_flags(verb), nhmsg{});
    writer.put_u32(NHA_ID, command.id);
    return writer.finish();
  }
  std::optional<IpAddress> gateway;
  if (command.gateway) {
    gateway = parse_ip(*command.gateway);
    if (!gateway) return refused_nexthop("gateway is not an IP address");
    if (command.family && gateway->family != *command.family) return refused_nexthop("gateway is not of the family");
  }
  nhmsg header{};
  header.nh_family = af_of(command, gateway);
  header.nh_protocol = command.protocol.value_or(RTPROT_STATIC);
  if (command.onlink.value_or(false)) header.nh_flags = RTNH_F_ONLINK;
  MessageWriter writer(RTM_NEWNEXTHOP, request_flags(verb), header);
  writer.put_u32(NHA_ID, command.id);
  if (command.blackhole.value_or(false)) writer.put(NHA_BLACKHOLE, {});
  if (command.ifindex) writer.put_u32(NHA_OIF, *command.ifindex);
  if (gateway) writer.put(NHA_GATEWAY, gateway->bytes());
  if (command.group) {
    const char* why = put_group(writer, *command.group);
    if (why != nullptr) return refused_nexthop(why);
  }
  return writer.finish();
}

ByteBuffer encode_nexthop_dump() { return MessageWriter(RTM_GETNEXTHOP, NLM_F_REQUEST | NLM_F_DUMP, nhmsg{}).take(); }

}  // namespace vn::rtnl
