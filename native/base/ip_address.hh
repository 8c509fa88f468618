// IP addresses as bytes, from text and to text. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.hh"

namespace vn {

enum class Family : std::uint8_t { kIpv4 = 4, kIpv6 = 6 };

/// 4 or 16.
constexpr std::size_t address_bytes(Family family) {
  switch (family) {
    case Family::kIpv4: return 4;
    case Family::kIpv6: return 16;
  }
  std::abort();
}
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

/// False where the bytes are not an address of that family. Written as one word of 16 octets: a storm's addresses are
/// copied at once behind this, and a processor waits where a load spans two stores.
inline bool load_ip(Family family, ByteView bytes, IpAddress& address) {
  if (bytes.size() != address_bytes(family)) return false;
  address.family = family;
  if (family == Family::kIpv6) {
    std::memcpy(address.octets.data(), bytes.data(), address.octets.size());
    return true;
  }
  std::array<std::uint32_t, 4> words{};
  std::memcpy(words.data(), bytes.data(), sizeof(std::uint32_t));
  static_assert(sizeof words == sizeof address.octets);
  std::memcpy(address.octets.data(), words.data(), sizeof words);
  return true;
}

/// The same as a value.
inline std::optional<IpAddress> load_ip(Family family, ByteView bytes) {
  std::optional<IpAddress> address{std::in_place};
  if (!load_ip(family, bytes, *address)) address.reset();
  return address;
}

/// Canonical text (RFC 5952 for IPv6).
std::string format(const IpAddress& address);
/// 'address/prefixLength'.
std::string format(const IpPrefix& prefix);
/// 'default' or 'address/prefixLength'.
std::string format(const Destination& destination);

}  // namespace vn
