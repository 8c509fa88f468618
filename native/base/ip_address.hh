// IP addresses: text to bytes and back. Pure.
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
};

struct IpPrefix {
  IpAddress address;
  std::uint8_t length = 0;
};

std::optional<IpAddress> parse_ip(std::string_view text);
/// 'address/prefixLength'.
std::optional<IpPrefix> parse_prefix(std::string_view text);
/// Canonical text (RFC 5952 for IPv6); nothing where the bytes are not an address of that family.
std::optional<std::string> format_ip(Family family, ByteView bytes);

}  // namespace vn
