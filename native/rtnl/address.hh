// Addresses of links: RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR (rtnetlink(7), linux/if_addr.h). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/ip_address.hh"
#include "base/result.hh"
#include "netlink/message.hh"
#include "rtnl/verb.hh"

namespace vn::rtnl {

struct Address {
  std::uint32_t ifindex = 0;
  Family family = Family::kIpv4;
  IpAddress address;
  std::uint8_t prefix_length = 0;
  std::optional<IpAddress> peer;
  std::optional<IpAddress> broadcast;
  std::uint8_t scope = 0;
  std::optional<std::string> label;
  bool permanent = false;
  bool no_prefix_route = false;
  std::uint8_t protocol = 0;
};

struct AddressCommand {
  std::uint32_t ifindex = 0;
  std::string address;
  std::uint8_t prefix_length = 0;
  std::optional<std::string> peer;
  std::optional<std::string> broadcast;
  std::optional<std::uint8_t> scope;
  std::optional<std::string> label;
  std::optional<bool> no_prefix_route;
  std::optional<std::uint8_t> protocol;
};

/// Decodes RTM_NEWADDR and RTM_DELADDR into an address of default values, without a copy: storms are made of these. False for
/// other families than IPv4 and IPv6; what then stands in it means nothing.
Result<bool> decode_address_into(const netlink::Message& message, Address& address);
/// The same as a value.
Result<std::optional<Address>> decode_address(const netlink::Message& message);
Result<ByteBuffer> encode(const AddressCommand& command, Verb verb);
ByteBuffer encode_address_dump(Family family);

}  // namespace vn::rtnl
