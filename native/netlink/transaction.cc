#include "netlink/transaction.hh"

#include <cstddef>

#include "netlink/message_writer.hh"

namespace vn::netlink {

namespace {

constexpr std::size_t kFlagsOffset = offsetof(nlmsghdr, nlmsg_flags);

void change_ack_flag(ByteBuffer& bytes, std::size_t message, bool on) {
  const auto flags = load<std::uint16_t>(bytes, message + kFlagsOffset).value_or(0);
  const int changed = on ? flags | NLM_F_ACK : flags & ~NLM_F_ACK;
  store(bytes, message + kFlagsOffset, static_cast<std::uint16_t>(changed));
}

}  // namespace

bool Transaction::has_room_for(const ByteBuffer& request) const {
  if (offsets_.empty()) return true;
  return offsets_.size() < max_requests_ && bytes_.size() + request.size() <= kMaxBytes;
}

std::size_t Transaction::add(const ByteBuffer& request) {
  const std::size_t slot = offsets_.size();
  offsets_.push_back(bytes_.size());
  append_bytes(bytes_, request);
  change_ack_flag(bytes_, offsets_[slot], false);
  return slot;
}

void Transaction::seal() {
  if (!offsets_.empty()) change_ack_flag(bytes_, offsets_.back(), true);
}

void Transaction::number(std::uint32_t first_sequence) {
  first_sequence_ = first_sequence;
  answers_.assign(offsets_.size(), std::nullopt);
  complete_ = false;
  std::uint32_t sequence = first_sequence;
  for (const std::size_t offset : offsets_) store(bytes_, offset + offsetof(nlmsghdr, nlmsg_seq), sequence++);
}

void Transaction::receive(const Message& message) {
  if (message.type != NLMSG_ERROR) return;
  const std::size_t slot = message.sequence - first_sequence_;  // unsigned: an older number becomes a huge slot
  if (slot >= answers_.size() || answers_[slot]) return;
  answers_[slot] = decode_acknowledgement(message);
  if (answers_[slot] && slot + 1 == answers_.size()) complete_ = true;
}

}  // namespace vn::netlink
