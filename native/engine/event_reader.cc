#include "engine/event_reader.hh"

namespace vn::engine {

namespace {

/// One recvmmsg takes so many: fewer calls in a storm; beyond 64 nothing was won.
constexpr std::size_t kDatagramsPerRead = 64;
/// The largest notification seen is a link with many virtual functions, a few KiB; what is longer counts as lost.
constexpr std::size_t kDatagramBytes = 16 * 1024;
/// The receive buffer counts at least this much for a datagram (struct sk_buff and its data).
constexpr std::size_t kMinQueuedBytes = 512;

}  // namespace

EventReader::EventReader(netlink::Socket socket)
    : socket_(std::move(socket)),
      receiver_(kDatagramsPerRead, kDatagramBytes),
      max_queued_datagrams_(static_cast<std::size_t>(socket_.receive_buffer_bytes()) / kMinQueuedBytes + kDatagramsPerRead) {}

Result<EventReader::Round> EventReader::receive() {
  Round round;
  const auto count = receiver_.receive(socket_);
  if (!count.ok()) {
    if (count.failure().error_number != ENOBUFS) return count.failure();
    round.lost = true;
    round.full = true;  // what did fit waits behind the error
    return round;
  }
  round.at_ms = now_ms();
  round.datagrams = count.value();
  round.full = count.value() == kDatagramsPerRead;
  return round;
}

}  // namespace vn::engine
