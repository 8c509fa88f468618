// Routes: RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE (rtnetlink(7), linux/rtnetlink.h). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip_address.hh"
#include "base/result.hh"
#include "netlink/message.hh"
#include "rtnl/verb.hh"

namespace vn::rtnl {

/// Numbered as RTN_*.
enum class RouteType : std::uint8_t {
  kUnspec, kUnicast, kLocal, kBroadcast, kAnycast, kMulticast, kBlackhole, kUnreachable, kProhibit, kThrow, kNat, kXresolve,
};

/// RTA_PREF of IPv6 (RFC 4191).
enum class RoutePreference : std::uint8_t { kMedium, kHigh, kLow };

struct Nexthop {
  /// May be of the other family (RTA_VIA): an IPv4 route over an IPv6 gateway.
  std::optional<IpAddress> gateway;
  std::uint32_t ifindex = 0;
  std::uint16_t weight = 1;
  /// True or absent: the gateway is taken as directly reachable.
  std::optional<bool> onlink;
};

struct Route {
  Family family = Family::kIpv4;
  RouteType route_type = RouteType::kUnspec;
  Destination destination;
  std::optional<IpAddress> gateway;
  std::optional<std::uint32_t> ifindex;
  std::uint32_t metric = 0;
  std::uint32_t table = 0;
  std::uint8_t protocol = 0;
  std::uint8_t scope = 0;
  std::optional<IpAddress> source;
  std::optional<std::vector<Nexthop>> nexthops;
  std::optional<std::uint32_t> nexthop_id;
  /// Only for IPv6: the route is for packets from there (RTA_SRC).
  std::optional<IpPrefix> from;
  /// Absent where it is 0, as it mostly is.
  std::optional<std::uint8_t> tos;
  std::optional<bool> onlink;
  /// Absent where it is medium, as it mostly is.
  std::optional<RoutePreference> preference;
  /// RTA_METRICS: bytes, bytes, segments.
  std::optional<std::uint32_t> mtu;
  std::optional<std::uint32_t> advmss;
  std::optional<std::uint32_t> initcwnd;
};

struct NexthopCommand {
  std::optional<std::string> gateway;
  std::uint32_t ifindex = 0;
  std::optional<std::uint16_t> weight;
};

/// Absent fields take a default when adding, and match anything when deleting (the table is always main).
struct RouteCommand {
  std::optional<std::uint32_t> ifindex;
  Family family = Family::kIpv4;
  std::optional<RouteType> route_type;
  std::string destination;
  std::optional<std::string> gateway;
  std::optional<std::uint32_t> metric;
  std::optional<std::uint32_t> table;
  std::optional<std::uint8_t> protocol;
  std::optional<std::uint8_t> scope;
  std::optional<std::string> source;
  std::optional<bool> onlink;
  std::optional<std::vector<NexthopCommand>> nexthops;
  /// A nexthop object in the place of gateway, link and nexthops.
  std::optional<std::uint32_t> nexthop_id;
  std::optional<std::string> from;
  std::optional<std::uint8_t> tos;
  std::optional<RoutePreference> preference;
  std::optional<std::uint32_t> mtu;
  std::optional<std::uint32_t> advmss;
  std::optional<std::uint32_t> initcwnd;
};

/// Decodes RTM_NEWROUTE and RTM_DELROUTE into a route of default values, without a copy: storms are made of these. False for
/// cloned (cache) entries and other families; what then stands in it means nothing.
Result<bool> decode_route_into(const netlink::Message& message, Route& route);
/// The same as a value.
Result<std::optional<Route>> decode_route(const netlink::Message& message);
Result<ByteBuffer> encode(const RouteCommand& command, Verb verb);
/// `table` filters in the kernel where it checks strictly (4.20); the reader filters again.
ByteBuffer encode_route_dump(Family family, std::optional<std::uint32_t> table);

}  // namespace vn::rtnl
