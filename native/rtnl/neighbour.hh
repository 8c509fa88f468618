// Neighbours (ARP and neighbour discovery): RTM_NEWNEIGH, RTM_DELNEIGH, RTM_GETNEIGH (linux/neighbour.h). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/ip_address.hh"
#include "base/mac_address.hh"
#include "base/result.hh"
#include "netlink/message.hh"
#include "rtnl/verb.hh"

namespace vn::rtnl {

/// NUD_* are the bits 0 to 7 in this order, behind none; the kernel sets one at a time.
enum class NeighbourState : std::uint8_t {
  kNone, kIncomplete, kReachable, kStale, kDelay, kProbe, kFailed, kNoarp, kPermanent,
};

struct Neighbour {
  std::uint32_t ifindex = 0;
  Family family = Family::kIpv4;
  IpAddress address;
  std::optional<MacAddress> mac_address;
  NeighbourState state = NeighbourState::kNone;
  bool router = false;
  bool proxy = false;
  bool ext_learned = false;
  std::uint8_t protocol = 0;
};

/// `state` is permanent where it is absent.
struct NeighbourCommand {
  std::uint32_t ifindex = 0;
  std::string address;
  std::optional<std::string> mac_address;
  std::optional<NeighbourState> state;
  std::optional<bool> router;
  std::optional<bool> proxy;
  std::optional<bool> ext_learned;
  std::optional<std::uint8_t> protocol;
};

/// Decodes RTM_NEWNEIGH and RTM_DELNEIGH; no value for other families: a bridge's forwarding database is AF_BRIDGE.
Result<std::optional<Neighbour>> decode_neighbour(const netlink::Message& message);
Result<ByteBuffer> encode(const NeighbourCommand& command, Verb verb);
/// Without the proxies, which the kernel lists only when they alone are asked for.
ByteBuffer encode_neighbour_dump(Family family);

}  // namespace vn::rtnl
