// Netlink's wire format, reading side: messages in a datagram, attributes in a message (netlink(7), linux/netlink.h).
// Pure. A length that lies ends the walk and marks it malformed; no byte outside the view is ever read.
#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hh"

namespace vn::netlink {

/// One message; `payload` is what follows the header, inside the datagram's bytes.
struct Message {
  std::uint16_t type = 0;
  std::uint16_t flags = 0;
  std::uint32_t sequence = 0;
  std::uint32_t port = 0;
  ByteView payload;
};

/// Walks the messages of one datagram. Ends with the datagram's bytes.
class MessageReader {
 public:
  explicit MessageReader(ByteView datagram) : rest_(datagram) {}

  std::optional<Message> next();
  /// True once a header or a length did not fit.
  bool malformed() const { return malformed_; }

 private:
  ByteView rest_;
  bool malformed_ = false;
};

struct Attribute {
  /// Without NLA_F_NESTED and NLA_F_NET_BYTEORDER.
  std::uint16_t type = 0;
  ByteView payload;

  std::optional<std::uint8_t> u8() const { return load<std::uint8_t>(payload); }
  std::optional<std::uint16_t> u16() const { return load<std::uint16_t>(payload); }
  std::optional<std::uint32_t> u32() const { return load<std::uint32_t>(payload); }
  std::string text() const { return to_text(payload); }
};

/// Walks one level of attributes; a nested level is another reader over the attribute's payload, so depth is ours to choose.
class AttributeReader {
 public:
  explicit AttributeReader(ByteView attributes) : rest_(attributes) {}

  std::optional<Attribute> next();
  bool malformed() const { return malformed_; }

 private:
  ByteView rest_;
  bool malformed_ = false;
};

}  // namespace vn::netlink
