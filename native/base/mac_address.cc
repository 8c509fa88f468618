#include "base/mac_address.hh"

namespace vn {

namespace {

constexpr char kDigits[] = "0123456789abcdef";
/// Two digits an octet, and the colons between.
constexpr std::size_t kTextBytes = 17;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<MacAddress> parse_mac(std::string_view text) {
  if (text.size() != kTextBytes) return std::nullopt;
  MacAddress address;
  for (std::size_t i = 0; i < address.octets.size(); ++i) {
    const int high = hex_digit(text[i * 3]);
    const int low = hex_digit(text[i * 3 + 1]);
    const bool separated = i + 1 == address.octets.size() || text[i * 3 + 2] == ':';
    if (high < 0 || low < 0 || !separated) return std::nullopt;
    address.octets[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return address;
}

std::optional<MacAddress> load_mac(ByteView bytes) {
  MacAddress address;
  if (bytes.size() != address.octets.size()) return std::nullopt;
  std::memcpy(address.octets.data(), bytes.data(), bytes.size());
  return address;
}

std::string format(const MacAddress& address) {
  std::string text(kTextBytes, ':');
  for (std::size_t i = 0; i < address.octets.size(); ++i) {
    text[i * 3] = kDigits[address.octets[i] >> 4];
    text[i * 3 + 1] = kDigits[address.octets[i] & 15];
  }
  return text;
}

}  // namespace vn
