#include "netlink/message_writer.hh"

#include <linux/netlink.h>

#include <cstddef>
#include <limits>

namespace vn::netlink {

namespace {

/// nla_len is a u16 that counts the header too: what is longer would wrap, and the kernel would read something else.
constexpr std::size_t kMaxAttributeBytes = std::numeric_limits<std::uint16_t>::max();

/// A route, an address, a rule: one allocation is enough.
constexpr std::size_t kUsualBytes = 128;

}  // namespace

void MessageWriter::begin(std::uint16_t type, std::uint16_t flags, ByteView header) {
  buffer_.reserve(kUsualBytes);
  nlmsghdr head{};
  head.nlmsg_type = type;
  head.nlmsg_flags = flags;
  append_bytes(buffer_, view_of(head));
  append_bytes(buffer_, header);
  pad();
}

void MessageWriter::pad() { buffer_.resize((buffer_.size() + 3U) & ~std::size_t{3}); }

void MessageWriter::put(std::uint16_t type, ByteView payload) {
  const std::size_t length = sizeof(nlattr) + payload.size();
  if (length > kMaxAttributeBytes) {
    too_long_ = true;
    return;
  }
  nlattr head{};
  head.nla_len = static_cast<std::uint16_t>(length);
  head.nla_type = type;
  append_bytes(buffer_, view_of(head));
  append_bytes(buffer_, payload);
  pad();
}

void MessageWriter::put_text(std::uint16_t type, std::string_view text) {
  ByteBuffer terminated;
  append_bytes(terminated, view_of_text(text));
  terminated.push_back(0);
  put(type, terminated);
}

void MessageWriter::put_raw(ByteView bytes) {
  append_bytes(buffer_, bytes);
  pad();
}

std::size_t MessageWriter::begin_nest(std::uint16_t type) {
  const std::size_t offset = buffer_.size();
  put(static_cast<std::uint16_t>(type | NLA_F_NESTED), {});
  return offset;
}

void MessageWriter::end_nest(std::size_t offset) {
  const std::size_t length = buffer_.size() - offset;
  if (length > kMaxAttributeBytes) too_long_ = true;
  else patch_u16(offset + offsetof(nlattr, nla_len), static_cast<std::uint16_t>(length));
}

Result<ByteBuffer> MessageWriter::finish() {
  if (too_long_) return Failure{E2BIG, "encode", "an attribute is too long"};
  return take();
}

ByteBuffer MessageWriter::take() {
  if (too_long_) return {};
  store(buffer_, offsetof(nlmsghdr, nlmsg_len), static_cast<std::uint32_t>(buffer_.size()));
  return std::move(buffer_);
}

void stamp_sequence(ByteBuffer& message, std::uint32_t sequence) {
  store(message, offsetof(nlmsghdr, nlmsg_seq), sequence);
}

}  // namespace vn::netlink
