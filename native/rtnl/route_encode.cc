#include <linux/rtnetlink.h>

#include <cstddef>
#include <cstdlib>

#include "netlink/message_writer.hh"
#include "rtnl/route.hh"
#include "rtnl/wire_numbers.hh"

namespace vn::rtnl {

namespace {

using netlink::MessageWriter;

/// The kernel lists a route in one message, and an IPv6 nexthop in 28 bytes: so many fit in the 16 KiB that a notification
/// is read with, and in the 32 KiB of a dump's part. It takes more, but then it can list the table no longer (EMSGSIZE).
constexpr std::size_t kMaxNexthops = 512;

Failure refused_route(const char* why) { return {EINVAL, "encode route", why}; }

/// Puts RTA_GATEWAY, or RTA_VIA for a gateway of the other family (an IPv4 route over an IPv6 gateway). False: not an address.
bool put_gateway(MessageWriter& writer, Family family, const std::string& text) {
  const auto gateway = parse_ip(text);
  if (!gateway) return false;
  if (gateway->family == family) {
    writer.put(RTA_GATEWAY, gateway->bytes());
    return true;
  }
  ByteBuffer via;
  const std::uint16_t af = to_af(gateway->family);
  append_bytes(via, view_of(af));
  append_bytes(via, gateway->bytes());
  writer.put(RTA_VIA, via);
  return true;
}

/// nullptr, or why not.
const char* put_nexthops(MessageWriter& writer, const RouteCommand& command, std::uint8_t flags) {
  if (command.nexthops->size() > kMaxNexthops) return "too many nexthops: at most 512";
  const std::size_t nest = writer.begin_nest(RTA_MULTIPATH);
  for (const NexthopCommand& nexthop : *command.nexthops) {
    const std::uint16_t weight = nexthop.weight.value_or(1);
    if (weight < 1 || weight > kMaxWeight) return "nexthops.weight must be 1 to 256";
    const std::size_t offset = writer.size();
    rtnexthop header{};
    header.rtnh_flags = flags;
    header.rtnh_hops = static_cast<std::uint8_t>(weight - 1);
    header.rtnh_ifindex = static_cast<int>(nexthop.ifindex);
    writer.put_raw(view_of(header));
    if (nexthop.gateway && !put_gateway(writer, command.family, *nexthop.gateway)) {
      return "nexthops.gateway is not an IP address";
    }
    writer.patch_u16(offset + offsetof(rtnexthop, rtnh_len), static_cast<std::uint16_t>(writer.size() - offset));
  }
  writer.end_nest(nest);
  return nullptr;
}

bool has_gateway(const RouteCommand& command) {
  if (command.gateway || command.nexthop_id) return true;
  if (!command.nexthops) return false;
  for (const NexthopCommand& nexthop : *command.nexthops) {
    if (nexthop.gateway) return true;
  }
  return false;
}

/// The scope that the kernel wants (fib_check_nh refuses others); IPv6 knows none.
std::uint8_t default_scope(const RouteCommand& command, RouteType type) {
  if (command.family == Family::kIpv6) return RT_SCOPE_UNIVERSE;
  switch (type) {
    case RouteType::kLocal:
    case RouteType::kNat: return RT_SCOPE_HOST;
    case RouteType::kBroadcast:
    case RouteType::kMulticast:
    case RouteType::kAnycast: return RT_SCOPE_LINK;
    case RouteType::kUnspec:
    case RouteType::kUnicast: return has_gateway(command) ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
    case RouteType::kBlackhole:
    case RouteType::kUnreachable:
    case RouteType::kProhibit:
    case RouteType::kThrow:
    case RouteType::kXresolve: return RT_SCOPE_UNIVERSE;
  }
  std::abort();
}

std::uint8_t encode_preference(RoutePreference preference) {
  switch (preference) {
    case RoutePreference::kMedium: return 0;
    case RoutePreference::kHigh: return 1;
    case RoutePreference::kLow: return 3;
  }
  std::abort();
}

void put_metrics(MessageWriter& writer, const RouteCommand& command) {
  if (!command.mtu && !command.advmss && !command.initcwnd) return;
  const std::size_t nest = writer.begin_nest(RTA_METRICS);
  if (command.mtu) writer.put_u32(RTAX_MTU, *command.mtu);
  if (command.advmss) writer.put_u32(RTAX_ADVMSS, *command.advmss);
  if (command.initcwnd) writer.put_u32(RTAX_INITCWND, *command.initcwnd);
  writer.end_nest(nest);
}

struct RouteEnds {
  std::optional<IpPrefix> destination;
  std::optional<IpPrefix> from;
};

/// nullptr, or why not.
const char* parse_ends(const RouteCommand& command, RouteEnds& ends) {
  if (command.destination != "default") {
    ends.destination = parse_prefix(command.destination);
    if (!ends.destination || ends.destination->address.family != command.family) {
      return "destination is neither 'default' nor a prefix of the family";
    }
  }
  if (command.from) {
    ends.from = parse_prefix(*command.from);
    if (!ends.from || ends.from->address.family != command.family) return "from is not a prefix of the family";
  }
  return nullptr;
}

/// Where the packets go. nullptr, or why not.
const char* put_hops(MessageWriter& writer, const RouteCommand& command, std::uint8_t flags) {
  if (command.ifindex) writer.put_u32(RTA_OIF, *command.ifindex);
  if (command.nexthop_id) writer.put_u32(RTA_NH_ID, *command.nexthop_id);
  if (command.gateway && !put_gateway(writer, command.family, *command.gateway)) return "gateway is not an IP address";
  return command.nexthops ? put_nexthops(writer, command, flags) : nullptr;
}

rtmsg make_header(const RouteCommand& command, Verb verb) {
  const std::uint32_t table = command.table.value_or(RT_TABLE_MAIN);
  rtmsg header{};
  header.rtm_family = to_af(command.family);
  header.rtm_table = table <= kMaxShortTable ? static_cast<std::uint8_t>(table) : static_cast<std::uint8_t>(RT_TABLE_UNSPEC);
  if (verb == Verb::kDelete) {
    // Type 0, protocol 0 and scope nowhere match anything (fib_table_delete).
    header.rtm_type = static_cast<std::uint8_t>(command.route_type.value_or(RouteType::kUnspec));
    header.rtm_protocol = command.protocol.value_or(RTPROT_UNSPEC);
    header.rtm_scope = command.scope.value_or(RT_SCOPE_NOWHERE);
  } else {
    const RouteType type = command.route_type.value_or(RouteType::kUnicast);
    header.rtm_type = static_cast<std::uint8_t>(type);
    header.rtm_protocol = command.protocol.value_or(RTPROT_STATIC);
    header.rtm_scope = command.scope.value_or(default_scope(command, type));
  }
  return header;
}

}  // namespace

Result<ByteBuffer> encode(const RouteCommand& command, Verb verb) {
  rtmsg header = make_header(command, verb);
  const std::uint8_t hop_flags = command.onlink.value_or(false) ? RTNH_F_ONLINK : 0;
  if (!command.nexthops) header.rtm_flags = hop_flags;
  header.rtm_tos = command.tos.value_or(0);
  RouteEnds ends;
  const char* why = parse_ends(command, ends);
  if (why != nullptr) return refused_route(why);
  if (ends.destination) header.rtm_dst_len = ends.destination->length;
  if (ends.from) header.rtm_src_len = ends.from->length;
  MessageWriter writer(verb == Verb::kDelete ? RTM_DELROUTE : RTM_NEWROUTE, request_flags(verb), header);
  writer.put_u32(RTA_TABLE, command.table.value_or(RT_TABLE_MAIN));
  if (ends.destination) writer.put(RTA_DST, ends.destination->address.bytes());
  if (ends.from) writer.put(RTA_SRC, ends.from->address.bytes());
  if (command.metric) writer.put_u32(RTA_PRIORITY, *command.metric);
  if (command.source) {
    const auto source = parse_ip(*command.source);
    if (!source || source->family != command.family) return refused_route("source is not an address of the family");
    writer.put(RTA_PREFSRC, source->bytes());
  }
  if (command.preference) writer.put_u8(RTA_PREF, encode_preference(*command.preference));
  put_metrics(writer, command);
  why = put_hops(writer, command, hop_flags);
  if (why != nullptr) return refused_route(why);
  return writer.finish();
}

ByteBuffer encode_route_dump(Family family, std::optional<std::uint32_t> table) {
  rtmsg header{};
  header.rtm_family = to_af(family);
  MessageWriter writer(RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP, header);
  if (table) writer.put_u32(RTA_TABLE, *table);
  return writer.take();
}

}  // namespace vn::rtnl
