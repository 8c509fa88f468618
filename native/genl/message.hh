// Generic netlink's framing: a command and a version behind the netlink header (linux/genetlink.h). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "netlink/message.hh"
#include "netlink/message_writer.hh"

namespace vn::genl {

/// One message of a family; `attributes` lie inside the datagram's bytes.
struct GenericMessage {
  std::uint8_t command = 0;
  std::uint8_t version = 0;
  ByteView attributes;
};

/// Nothing where the bytes end before the header does.
std::optional<GenericMessage> decode_generic(const netlink::Message& message);

/// What every request to a family begins with.
struct Target {
  /// The family's id, which the kernel gave when the family was registered: see genl/family.
  std::uint16_t family_id = 0;
  std::uint8_t version = 1;
};

/// A request that is acknowledged.
netlink::MessageWriter begin_request(Target target, std::uint8_t command);
/// A request that is answered by as many messages as it takes.
netlink::MessageWriter begin_dump(Target target, std::uint8_t command);
/// A request that is answered by one message.
netlink::MessageWriter begin_query(Target target, std::uint8_t command);

inline void put_u16(netlink::MessageWriter& writer, std::uint16_t type, std::uint16_t value) {
  writer.put(type, view_of(value));
}

inline void put_flag(netlink::MessageWriter& writer, std::uint16_t type) { writer.put(type, ByteView{}); }

/// Counts the turns of a loop over what the kernel sent.
class Limit {
 public:
  explicit Limit(std::size_t most) : left_(most) {}

  /// False from the turn on that is one too many.
  bool allows() {
    if (left_ == 0) return false;
    left_ -= 1;
    return true;
  }

 private:
  std::size_t left_;
};

}  // namespace vn::genl
