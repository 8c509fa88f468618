// Nexthop objects: RTM_NEWNEXTHOP, RTM_DELNEXTHOP, RTM_GETNEXTHOP (linux/nexthop.h, kernel 5.3). Pure.
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

struct NexthopMember {
  std::uint32_t id = 0;
  std::uint32_t weight = 1;
};

struct NexthopObject {
  std::uint32_t id = 0;
  /// Absent for a group.
  std::optional<Family> family;
  std::optional<IpAddress> gateway;
  std::optional<std::uint32_t> ifindex;
  bool blackhole = false;
  bool onlink = false;
  bool fdb = false;
  std::optional<std::vector<NexthopMember>> group;
  /// Only for groups.
  std::optional<bool> resilient;
  std::uint8_t protocol = 0;
  std::uint8_t scope = 0;
};

struct NexthopMemberCommand {
  std::uint32_t id = 0;
  std::optional<std::uint16_t> weight;
};

struct NexthopObjectCommand {
  std::uint32_t id = 0;
  /// Default: that of the gateway, else IPv4.
  std::optional<Family> family;
  std::optional<std::string> gateway;
  std::optional<std::uint32_t> ifindex;
  std::optional<bool> blackhole;
  std::optional<bool> onlink;
  std::optional<std::vector<NexthopMemberCommand>> group;
  std::optional<std::uint8_t> protocol;
};

/// Decodes RTM_NEWNEXTHOP and RTM_DELNEXTHOP; no value for families that are neither IPv4 nor IPv6 nor a group's.
Result<std::optional<NexthopObject>> decode_nexthop_object(const netlink::Message& message);
/// To delete, the id is enough; the rest is not sent.
Result<ByteBuffer> encode(const NexthopObjectCommand& command, Verb verb);
ByteBuffer encode_nexthop_dump();

}  // namespace vn::rtnl
