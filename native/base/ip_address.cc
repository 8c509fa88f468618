#include "base/ip_address.hh"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <charconv>
#include <cstdlib>

namespace vn {

std::uint8_t max_prefix_length(Family family) {
  switch (family) {
    case Family::kIpv4: return 32;
    case Family::kIpv6: return 128;
  }
  std::abort();
}

std::uint8_t to_af(Family family) {
  switch (family) {
    case Family::kIpv4: return AF_INET;
    case Family::kIpv6: return AF_INET6;
  }
  std::abort();
}

std::optional<Family> from_af(std::uint8_t af) {
  if (af == AF_INET) return Family::kIpv4;
  if (af == AF_INET6) return Family::kIpv6;
  return std::nullopt;
}

namespace {

/// Four decimal numbers without leading zeros, as inet_pton(3) takes them; written out because bulk writes parse 100,000.
std::optional<IpAddress> parse_ipv4(std::string_view text) {
  IpAddress address;
  std::size_t at = 0;
  for (std::size_t octet = 0; octet < 4; ++octet) {
    if (octet > 0 && (at >= text.size() || text[at++] != '.')) return std::nullopt;
    const std::size_t begin = at;
    unsigned value = 0;
    for (; at < text.size() && at < begin + 3 && text[at] >= '0' && text[at] <= '9'; ++at) {
      value = value * 10 + static_cast<unsigned>(text[at] - '0');
    }
    if (at == begin || value > 255 || (text[begin] == '0' && at > begin + 1)) return std::nullopt;
    address.octets[octet] = static_cast<std::uint8_t>(value);
  }
  return at == text.size() ? std::optional(address) : std::nullopt;
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return parse_ipv4(text);
  char terminated[INET6_ADDRSTRLEN];  // inet_pton needs the NUL
  if (text.size() >= sizeof terminated || text.find('\0') != std::string_view::npos) return std::nullopt;
  terminated[text.copy(terminated, sizeof terminated - 1)] = '\0';
  IpAddress address;
  address.family = text.find(':') == std::string_view::npos ? Family::kIpv4 : Family::kIpv6;
  if (inet_pton(to_af(address.family), terminated, address.octets.data()) != 1) return std::nullopt;
  return address;
}

std::optional<IpPrefix> parse_prefix(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;
  const std::string_view digits = text.substr(slash + 1);
  IpPrefix prefix{*address, 0};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix.length);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (prefix.length > max_prefix_length(address->family)) return std::nullopt;
  return prefix;
}

std::string format(const IpAddress& address) {
  char text[INET6_ADDRSTRLEN];
  // It fails for want of room or for another family only, neither of which can be.
  if (inet_ntop(to_af(address.family), address.octets.data(), text, sizeof text) == nullptr) std::abort();
  return text;
}

std::string format(const IpPrefix& prefix) { return format(prefix.address) + "/" + std::to_string(prefix.length); }

std::string format(const Destination& destination) {
  return destination.length == 0 ? "default" : format(static_cast<const IpPrefix&>(destination));
}

}  // namespace vn
