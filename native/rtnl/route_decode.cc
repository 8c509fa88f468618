#include <linux/rtnetlink.h>

#include "rtnl/decoded.hh"
#include "rtnl/route.hh"

namespace vn::rtnl {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;

/// The last word of RouteType.
constexpr std::uint8_t kLastRouteType = static_cast<std::uint8_t>(RouteType::kXresolve);

Failure malformed_route() { return {EBADMSG, "decode route", {}}; }

/// RTA_VIA: the family of the gateway (u16), then its address. No value where it is neither IPv4 nor IPv6.
std::optional<IpAddress> decode_via(ByteView payload) {
  const auto af = load<std::uint16_t>(payload);
  if (!af || *af > 0xff) return std::nullopt;
  const auto family = from_af(static_cast<std::uint8_t>(*af));
  return family ? load_ip(*family, tail(payload, sizeof(std::uint16_t))) : std::nullopt;
}

std::optional<IpAddress> decode_gateway(Family family, const Attribute& attribute) {
  return attribute.type == RTA_VIA ? decode_via(attribute.payload) : load_ip(family, attribute.payload);
}

/// RTA_MULTIPATH: struct rtnexthop with attributes behind it, one after the other. No value where a length lies.
std::optional<std::vector<Nexthop>> decode_nexthops(Family family, ByteView payload) {
  std::vector<Nexthop> nexthops;
  for (ByteView rest = payload; !rest.empty();) {
    const auto header = load<rtnexthop>(rest);
    if (!header || header->rtnh_len < sizeof(rtnexthop) || header->rtnh_len > rest.size()) return std::nullopt;
    const std::size_t length = header->rtnh_len;
    Nexthop nexthop;
    nexthop.ifindex = static_cast<std::uint32_t>(header->rtnh_ifindex);
    nexthop.weight = static_cast<std::uint16_t>(header->rtnh_hops + 1);
    if ((header->rtnh_flags & RTNH_F_ONLINK) != 0) nexthop.onlink = true;
    AttributeReader reader(rest.subspan(sizeof(rtnexthop), length - sizeof(rtnexthop)));
    while (const auto attribute = reader.next()) {
      if (attribute->type == RTA_GATEWAY || attribute->type == RTA_VIA) nexthop.gateway = decode_gateway(family, *attribute);
    }
    if (reader.malformed()) return std::nullopt;
    nexthops.push_back(std::move(nexthop));
    rest = tail(rest, (length + 3U) & ~std::size_t{3});
  }
  return nexthops;
}

/// 3 is low on the wire (RFC 4191, 2.1: signed), 2 is reserved and means medium.
std::optional<RoutePreference> decode_preference(const Attribute& attribute) {
  constexpr std::uint8_t kWireHigh = 1;
  constexpr std::uint8_t kWireLow = 3;
  const auto wire = attribute.u8();
  if (wire == kWireHigh) return RoutePreference::kHigh;
  if (wire == kWireLow) return RoutePreference::kLow;
  return std::nullopt;
}

void decode_metrics(ByteView payload, Route& route) {
  AttributeReader reader(payload);
  while (const auto metric = reader.next()) {
    switch (metric->type) {
      case RTAX_MTU: route.mtu = metric->u32(); break;
      case RTAX_ADVMSS: route.advmss = metric->u32(); break;
      case RTAX_INITCWND: route.initcwnd = metric->u32(); break;
      default: break;
    }
  }
}

/// False where the attribute makes the message invalid.
bool decode_attribute(const Attribute& attribute, const rtmsg& header, Route& route) {
  switch (attribute.type) {
    case RTA_DST: {
      // Of length 0 it is the default route, whatever address stands with it.
      if (header.rtm_dst_len == 0) return attribute.payload.size() == address_bytes(route.family);
      route.destination.length = header.rtm_dst_len;
      return load_ip(route.family, attribute.payload, route.destination.address);
    }
    case RTA_GATEWAY:
    case RTA_VIA: route.gateway = decode_gateway(route.family, attribute); return true;
    case RTA_OIF: route.ifindex = attribute.u32(); return true;
    case RTA_PRIORITY: route.metric = attribute.u32().value_or(0); return true;
    case RTA_TABLE: route.table = attribute.u32().value_or(route.table); return true;
    case RTA_PREFSRC: route.source = load_ip(route.family, attribute.payload); return true;
    case RTA_NH_ID: route.nexthop_id = attribute.u32(); return true;
    case RTA_PREF: route.preference = decode_preference(attribute); return true;
    case RTA_METRICS: decode_metrics(attribute.payload, route); return true;
    case RTA_SRC: {
      const auto address = load_ip(route.family, attribute.payload);
      if (address && header.rtm_src_len > 0) route.from = IpPrefix{*address, header.rtm_src_len};
      return address.has_value();
    }
    case RTA_MULTIPATH:
      route.nexthops = decode_nexthops(route.family, attribute.payload);
      return route.nexthops.has_value();
    default: return true;
  }
}

}  // namespace

Result<bool> decode_route_into(const netlink::Message& message, Route& route) {
  const auto header = load<rtmsg>(message.payload);
  if (!header) return malformed_route();
  const auto family = from_af(header->rtm_family);
  if (!family || (header->rtm_flags & RTM_F_CLONED) != 0) return false;
  if (header->rtm_dst_len > max_prefix_length(*family) || header->rtm_src_len > max_prefix_length(*family)) return malformed_route();
  route.family = *family;
  route.route_type = header->rtm_type <= kLastRouteType ? static_cast<RouteType>(header->rtm_type) : RouteType::kUnspec;
  route.table = header->rtm_table;  // RTA_TABLE has it where it is beyond 255
  route.protocol = header->rtm_protocol;
  route.scope = header->rtm_scope;
  if (header->rtm_tos != 0) route.tos = header->rtm_tos;
  if ((header->rtm_flags & RTNH_F_ONLINK) != 0) route.onlink = true;
  route.destination.address.family = *family;
  AttributeReader reader(tail(message.payload, sizeof(rtmsg)));
  while (const auto attribute = reader.next()) {
    if (!decode_attribute(*attribute, *header, route)) return malformed_route();
  }
  if (reader.malformed() || route.destination.length != header->rtm_dst_len) return malformed_route();
  return true;
}

Result<std::optional<Route>> decode_route(const netlink::Message& message) { return decoded<Route>(decode_route_into, message); }

}  // namespace vn::rtnl
