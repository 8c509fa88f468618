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

/// The view without its first `length` bytes, rounded up to 4; the last element may lack its padding.
inline ByteView skip_aligned(ByteView bytes, std::size_t length) { return tail(bytes, (length + 3U) & ~std::size_t{3}); }

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

inline std::optional<Message> MessageReader::next() {
  if (rest_.empty() || malformed_) return std::nullopt;
  const auto header = load<nlmsghdr>(rest_);
  if (!header || header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > rest_.size()) {
    malformed_ = true;
    return std::nullopt;
  }
  const std::size_t length = header->nlmsg_len;
  Message message{header->nlmsg_type, header->nlmsg_flags, header->nlmsg_seq, header->nlmsg_pid,
                  rest_.subspan(sizeof(nlmsghdr), length - sizeof(nlmsghdr))};
  rest_ = skip_aligned(rest_, length);
  return message;
}

inline std::optional<Attribute> AttributeReader::next() {
  if (rest_.empty() || malformed_) return std::nullopt;
  const auto header = load<nlattr>(rest_);
  if (!header || header->nla_len < sizeof(nlattr) || header->nla_len > rest_.size()) {
    malformed_ = true;
    return std::nullopt;
  }
  const std::size_t length = header->nla_len;
  Attribute attribute{static_cast<std::uint16_t>(header->nla_type & NLA_TYPE_MASK),
                      rest_.subspan(sizeof(nlattr), length - sizeof(nlattr))};
  rest_ = skip_aligned(rest_, length);
  return attribute;
}

}  // namespace vn::netlink
