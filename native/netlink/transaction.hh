// One chunk of requests that leaves in one sendmsg, and the answers to it. Pure: the caller does the IO.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hh"
#include "netlink/acknowledgement.hh"

namespace vn::netlink {

/// Filled and sealed at any time, numbered when it leaves, and files each answer by that number. Only the last request asks
/// for an acknowledgement: the kernel works a chunk off in order and tells of each refusal unasked, so who has the last
/// answer has them all. Loop thread; ends with the chunk.
class Transaction {
 public:
  /// The kernel works a chunk off under its RTNL lock inside sendmsg, some 2 µs a route: with this much, what is urgent
  /// waits less than a millisecond, and larger chunks are no faster.
  static constexpr std::size_t kMaxBytes = 16 * 1024;

  explicit Transaction(std::size_t max_requests) : max_requests_(max_requests) {}

  /// The first request always fits.
  bool has_room_for(const ByteBuffer& request) const;
  /// Returns the slot of its answer.
  std::size_t add(const ByteBuffer& request);
  /// Asks for the acknowledgement of the last request. Once, when all are there.
  void seal();
  /// Numbers the requests from `first_sequence` on; before they leave. Nothing is answered yet.
  void number(std::uint32_t first_sequence);

  ByteView bytes() const { return bytes_; }
  std::size_t size() const { return offsets_.size(); }
  /// The last request has been answered.
  bool complete() const { return complete_; }

  /// Files the answer; anything that is no answer to this chunk is passed over.
  void receive(const Message& message);
  /// The refusal or the last one's acknowledgement; nothing where the kernel said nothing, which means done once complete().
  const std::optional<Acknowledgement>& answer(std::size_t slot) const { return answers_[slot]; }

 private:
  std::size_t max_requests_;
  std::uint32_t first_sequence_ = 0;
  ByteBuffer bytes_;
  /// Of each request in bytes_.
  std::vector<std::size_t> offsets_;
  std::vector<std::optional<Acknowledgement>> answers_;
  bool complete_ = false;
};

}  // namespace vn::netlink
