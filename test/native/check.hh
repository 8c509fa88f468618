// doctest for a build without exceptions, and what several tests share.
#pragma once

#define DOCTEST_CONFIG_NO_EXCEPTIONS_BUT_WITH_ALL_ASSERTS
#include <doctest/doctest.h>

#include <initializer_list>
#include <string_view>

#include "base/bytes.hh"
#include "base/ip_address.hh"
#include "base/mac_address.hh"
#include "netlink/message.hh"

namespace vn::check {

/// The bytes behind '45 00 00 1c'. Hand-made messages are little-endian: the tests run on such machines only.
inline ByteBuffer from_hex(std::string_view text) {
  ByteBuffer bytes;
  int high = -1;
  for (const char c : text) {
    if (c == ' ' || c == '\n') continue;
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high < 0) high = digit;
    else {
      bytes.push_back(static_cast<std::uint8_t>(high * 16 + digit));
      high = -1;
    }
  }
  return bytes;
}

/// Text of test data as the bytes it stands for.
inline IpAddress ip(std::string_view text) {
  const auto address = parse_ip(text);
  REQUIRE(address.has_value());
  return *address;
}
inline IpPrefix prefix(std::string_view text) {
  const auto parsed = parse_prefix(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}
inline MacAddress mac(std::string_view text) {
  const auto address = parse_mac(text);
  REQUIRE(address.has_value());
  return *address;
}

/// The first message of the bytes, which must live on.
inline netlink::Message first_message(ByteView bytes) {
  netlink::MessageReader reader(bytes);
  const auto message = reader.next();
  REQUIRE(message.has_value());
  return *message;
}

/// Calls visit with the message cut after every byte of its payload, each time in memory of its own exact size, so that
/// the address sanitizer sees a read beyond.
template <class Visit>
void for_each_cut(const ByteBuffer& bytes, Visit visit) {
  const netlink::Message whole = first_message(bytes);
  for (std::size_t length = 0; length < whole.payload.size(); ++length) {
    ByteBuffer copy;
    append_bytes(copy, whole.payload.first(length));
    copy.shrink_to_fit();
    netlink::Message cut = whole;
    cut.payload = copy;
    visit(cut);
  }
}

}  // namespace vn::check
