// IP addresses as bytes, from text and to text. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hh"

namespace vn {

enum class Family : std::uint8_t { kIpv4 = 4, kIpv6 = 6 };

/// 4 or 16.
std::size_t address_bytes(Family family);
/// 32 or 128.
std::uint8_t max_prefix_length(Family family);
/// AF_INET or AF_INET6.
std::uint8_t to_af(Family family);
/// Nothing for any family but AF_INET and AF_INET6.
std::optional<Family> from_af(std::uint8_t af);

struct IpAddress {
  Family family = Family::kIpv4;
  std::array<std::uint8_t, 16> octets{};

  ByteView bytes() const { return ByteView{octets}.first(address_bytes(family)); }
  /// The octets beyond an IPv4 address are always 0.
  bool operator==(const IpAddress&) const = default;
};

struct IpPrefix {
  IpAddress address;
  std::uint8_t length = 0;

  bool operator==(const IpPrefix&) const = default;
};

/// Where a route leads: a prefix that shows as 'default' where its length is 0.
struct Destination : IpPrefix {
  bool operator==(const Destination&) const = default;
};

std::optional<IpAddress> parse_ip(std::string_view text);
/// 'address/prefixLength'.
std::optional<IpPrefix> parse_prefix(std::string_view text);
/// Nothing where the bytes are not an address of that family.
std::optional<IpAddress> load_ip(Family family, ByteView bytes);

/// Canonical text (RFC 5952 for IPv6).
std::string format(const IpAddress& address);
/// 'address/prefixLength'.
std::string format(const IpPrefix& prefix);
/// 'default' or 'address/prefixLength'.
std::string format(const Destination& destination);

}  // namespace vn
