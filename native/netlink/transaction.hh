// One chunk of requests that leaves in one sendmsg, and the answers to it. Pure: the caller does the IO.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hh"
#include "netlink/acknowledgement.hh"

namespace vn::netlink {

/// Numbers its requests from `first_sequence` on and files each answer by that number. Loop thread; ends with the chunk.
class Transaction {
 public:
  /// The kernel works a chunk off under its RTNL lock inside sendmsg: longer ones would hold up the loop.
  static constexpr std::size_t kMaxBytes = 64 * 1024;
  /// A default receive buffer (212,992 bytes) loses ACKs behind the 256th; 100 leaves room for their texts.
  static constexpr std::size_t kMaxRequests = 100;

  explicit Transaction(std::uint32_t first_sequence) : first_sequence_(first_sequence) {}

  /// The first request always fits.
  bool has_room_for(const ByteBuffer& request) const;
  /// Returns the slot of its answer.
  std::size_t add(ByteBuffer request);

  ByteView bytes() const { return bytes_; }
  std::size_t size() const { return answers_.size(); }
  bool complete() const { return answered_ == answers_.size(); }

  /// Files the answer; anything that is no answer to this chunk is passed over.
  void receive(const Message& message);
  const std::optional<Acknowledgement>& answer(std::size_t slot) const { return answers_[slot]; }

 private:
  std::uint32_t first_sequence_;
  ByteBuffer bytes_;
  std::vector<std::optional<Acknowledgement>> answers_;
  std::size_t answered_ = 0;
};

}  // namespace vn::netlink
