// Hardware addresses of six octets (EUI-48), from text and to text. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hh"

namespace vn {

struct MacAddress {
  std::array<std::uint8_t, 6> octets{};

  ByteView bytes() const { return octets; }
  bool operator==(const MacAddress&) const = default;
};

/// Six octets such as 02:00:00:00:00:01, in either case.
std::optional<MacAddress> parse_mac(std::string_view text);
/// Nothing where the bytes are not six.
std::optional<MacAddress> load_mac(ByteView bytes);
/// Lower-case text with colons.
std::string format(const MacAddress& address);

}  // namespace vn
