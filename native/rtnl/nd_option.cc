#include "rtnl/nd_option.hh"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>

namespace vn::rtnl {

namespace {

/// RFC 8106, sections 5.1 and 5.2.
constexpr std::uint8_t kRdnss = 25;
constexpr std::uint8_t kDnssl = 31;
/// Lengths of options are counted in 8 octets (RFC 4861, 4.6); the lifetime stands behind type, length and two reserved.
constexpr std::size_t kUnitBytes = 8;
constexpr std::size_t kLifetimeOffset = 4;
constexpr std::size_t kAddressBytes = 16;
/// RFC 1035, 2.3.4.
constexpr std::size_t kMaxLabelBytes = 63;
constexpr std::size_t kMaxNameBytes = 253;

Failure malformed_nd_option() { return {EBADMSG, "decode nd option", {}}; }

bool is_name_octet(std::uint8_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// No value where the addresses are not whole.
std::optional<std::vector<std::string>> decode_servers(ByteView body) {
  if (body.empty() || body.size() % kAddressBytes != 0) return std::nullopt;
  std::vector<std::string> servers;
  for (ByteView rest = body; !rest.empty(); rest = tail(rest, kAddressBytes)) {
    const auto address = load_ip(Family::kIpv6, rest.first(kAddressBytes));
    if (!address) return std::nullopt;
    servers.push_back(format(*address));
  }
  return servers;
}

/// Names of RFC 1035's labels, one behind the other, padded with zeros. No value where a label or a name does not end.
std::optional<std::vector<std::string>> decode_domains(ByteView body) {
  std::vector<std::string> domains;
  std::string name;
  bool good = true;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t length = body[at];
    at += 1;
    if (length == 0) {
      if (!name.empty() && good && name.size() <= kMaxNameBytes) domains.push_back(std::move(name));
      name.clear();
      good = true;
      continue;
    }
    if (length > kMaxLabelBytes || length > body.size() - at) return std::nullopt;
    const ByteView label = body.subspan(at, length);
    good = good && std::all_of(label.begin(), label.end(), is_name_octet);
    if (!name.empty()) name += '.';
    for (const std::uint8_t octet : label) name += static_cast<char>(octet);
    at += length;
  }
  return name.empty() ? std::optional(std::move(domains)) : std::nullopt;
}

/// False where the option is one of ours and broken.
bool decode_option(ByteView option, NdOption& into) {
  const bool servers = option[0] == kRdnss;
  const auto lifetime = load<std::uint32_t>(option, kLifetimeOffset);
  if (!lifetime) return false;
  into.lifetime_s = ntohl(*lifetime);
  const ByteView body = tail(option, kLifetimeOffset + sizeof(std::uint32_t));
  if (servers) into.servers = decode_servers(body);
  else into.domains = decode_domains(body);
  return into.servers.has_value() || into.domains.has_value();
}

}  // namespace

Result<std::optional<NdOption>> decode_nd_option(const netlink::Message& message) {
  const auto header = load<nduseroptmsg>(message.payload);
  if (!header) return malformed_nd_option();
  if (header->nduseropt_family != AF_INET6) return std::optional<NdOption>{};
  const ByteView behind = tail(message.payload, sizeof(nduseroptmsg));
  if (header->nduseropt_opts_len > behind.size()) return malformed_nd_option();
  NdOption option;
  option.ifindex = static_cast<std::uint32_t>(header->nduseropt_ifindex);
  bool found = false;
  for (ByteView rest = behind.first(header->nduseropt_opts_len); !rest.empty() && !found;) {
    if (rest.size() < 2) return malformed_nd_option();
    const std::size_t length = rest[1] * kUnitBytes;
    if (length == 0 || length > rest.size()) return malformed_nd_option();
    found = rest[0] == kRdnss || rest[0] == kDnssl;
    if (found && !decode_option(rest.first(length), option)) return malformed_nd_option();
    rest = tail(rest, length);
  }
  if (!found) return std::optional<NdOption>{};
  netlink::AttributeReader reader(tail(behind, (header->nduseropt_opts_len + 3U) & ~std::size_t{3}));
  while (const auto attribute = reader.next()) {
    if (attribute->type == NDUSEROPT_SRCADDR) option.router = load_ip(Family::kIpv6, attribute->payload);
  }
  if (reader.malformed()) return malformed_nd_option();
  return std::optional<NdOption>{std::move(option)};
}

}  // namespace vn::rtnl
