// Netlink's wire format, writing side. Pure; ends when the message is taken.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hh"
#include "base/result.hh"

namespace vn::netlink {

/// Builds one message. The sequence number stays 0: who sends it stamps it (stamp_sequence).
class MessageWriter {
 public:
  /// `header` is the family's fixed struct behind the netlink header (ifinfomsg, rtmsg, …).
  template <class T>
  MessageWriter(std::uint16_t type, std::uint16_t flags, const T& header) {
    begin(type, flags, view_of(header));
  }

  /// An attribute beyond its 16-bit length is not written, and the message fails at its end.
  void put(std::uint16_t type, ByteView payload);
  void put_u8(std::uint16_t type, std::uint8_t value) { put(type, view_of(value)); }
  void put_u32(std::uint16_t type, std::uint32_t value) { put(type, view_of(value)); }
  /// With the closing NUL, as the kernel's NLA_NUL_STRING wants it.
  void put_text(std::uint16_t type, std::string_view text);
  /// Bytes inside a nest that are no attribute (struct rtnexthop, the peer's ifinfomsg); padded to 4.
  void put_raw(ByteView bytes);

  /// Opens a nested attribute; close it with end_nest(what this returned). Its length is checked as that of any other.
  [[nodiscard]] std::size_t begin_nest(std::uint16_t type);
  void end_nest(std::size_t offset);

  std::size_t size() const { return buffer_.size(); }
  /// Overwrites a u16 written before: rtnexthop's length is known only after its attributes.
  void patch_u16(std::size_t offset, std::uint16_t value) { store(buffer_, offset, value); }

  /// Closes the message and hands it over; Failure E2BIG where an attribute was too long.
  [[nodiscard]] Result<ByteBuffer> finish();
  /// The same for who puts in nothing that can be long; no bytes where an attribute was too long.
  [[nodiscard]] ByteBuffer take();

 private:
  void begin(std::uint16_t type, std::uint16_t flags, ByteView header);
  void pad();

  ByteBuffer buffer_;
  bool too_long_ = false;
};

/// Writes the sequence number into a finished message.
void stamp_sequence(ByteBuffer& message, std::uint32_t sequence);

}  // namespace vn::netlink
