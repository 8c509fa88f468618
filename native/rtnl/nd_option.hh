// What a router advertisement says of name servers: RTM_NEWNDUSEROPT with RDNSS or DNSSL (RFC 8106). Decode only. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip_address.hh"
#include "base/result.hh"
#include "netlink/message.hh"

namespace vn::rtnl {

struct NdOption {
  std::uint32_t ifindex = 0;
  /// Who sent the advertisement, where the kernel says so.
  std::optional<IpAddress> router;
  /// 0 withdraws; 4294967295 has no end.
  std::uint32_t lifetime_s = 0;
  /// RDNSS: IPv6 addresses as text, for they are few and rare.
  std::optional<std::vector<std::string>> servers;
  /// DNSSL: search domains, without the closing dot. A name with octets other than letters, digits, '-' and '_' is left out.
  std::optional<std::vector<std::string>> domains;
};

/// The first RDNSS or DNSSL option (the kernel sends one a message); no value where there is none. Failure EBADMSG: a
/// length lies, or a name does not end.
Result<std::optional<NdOption>> decode_nd_option(const netlink::Message& message);

}  // namespace vn::rtnl
