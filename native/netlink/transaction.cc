#include "netlink/transaction.hh"

#include "netlink/message_writer.hh"

namespace vn::netlink {

bool Transaction::has_room_for(const ByteBuffer& request) const {
  if (answers_.empty()) return true;
  return answers_.size() < kMaxRequests && bytes_.size() + request.size() <= kMaxBytes;
}

std::size_t Transaction::add(ByteBuffer request) {
  const std::size_t slot = answers_.size();
  stamp_sequence(request, first_sequence_ + static_cast<std::uint32_t>(slot));
  append_bytes(bytes_, request);
  answers_.emplace_back();
  return slot;
}

void Transaction::receive(const Message& message) {
  if (message.type != NLMSG_ERROR) return;
  const std::size_t slot = message.sequence - first_sequence_;  // unsigned: an older number becomes a huge slot
  if (slot >= answers_.size() || answers_[slot]) return;
  answers_[slot] = decode_acknowledgement(message);
  if (answers_[slot]) ++answered_;
}

}  // namespace vn::netlink
