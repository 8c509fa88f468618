// Addresses as a configuration may spell them.
#include <cstdlib>

#include "base/ip_address.hh"
#include "base/mac_address.hh"
#include "fuzz_target.hh"

VN_FUZZ_TARGET(ip_text) {
  const std::string text(input.begin(), input.end());
  (void)vn::parse_mac(text);
  (void)vn::parse_prefix(text);
  const auto address = vn::parse_ip(text);
  // What is understood is written as something that means the same.
  if (address && vn::parse_ip(vn::format(*address)) != address) std::abort();
}
