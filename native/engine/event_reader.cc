#include "engine/event_reader.hh"

#include "base/clock.hh"
#include "engine/decode_event.hh"

namespace vn::engine {

namespace {

/// One recvmmsg takes so many: fewer calls in a storm; beyond 32 nothing was won.
constexpr std::size_t kDatagramsPerRead = 32;
/// The largest notification seen is a link with many virtual functions, a few KiB; what is longer counts as lost.
constexpr std::size_t kDatagramBytes = 16 * 1024;
/// The receive buffer counts at least this much for a datagram (struct sk_buff and its data).
constexpr std::size_t kMinQueuedBytes = 512;

}  // namespace

EventReader::EventReader(netlink::Socket socket)
    : socket_(std::move(socket)),
      receiver_(kDatagramsPerRead, kDatagramBytes),
      max_queued_datagrams_(static_cast<std::size_t>(socket_.receive_buffer_bytes()) / kMinQueuedBytes + kDatagramsPerRead) {}

Result<EventReader::Round> EventReader::read(std::vector<Event>& events) {
  Round round;
  const auto count = receiver_.receive(socket_);
  if (!count.ok()) {
    if (count.failure().error_number != ENOBUFS) return count.failure();
    round.lost = true;
    round.full = true;  // what did fit waits behind the error
    return round;
  }
  const double at_ms = now_ms();
  round.datagrams = count.value();
  round.full = count.value() == kDatagramsPerRead;
  for (std::size_t i = 0; i < count.value(); ++i) {
    const ByteView datagram = receiver_.datagram(i);
    if (receiver_.truncated(i)) round.lost = true;
    else if (datagram.empty() && !socket_.from_kernel_only()) round.ended = true;
    else decode(datagram, at_ms, events);
  }
  return round;
}

void EventReader::decode(ByteView datagram, double at_ms, std::vector<Event>& events) {
  netlink::MessageReader reader(datagram);
  while (const auto message = reader.next()) {
    auto event = decode_event(*message, at_ms);
    if (!event.ok()) ++dropped_messages_;
    else if (event.value()) events.push_back(std::move(*event.value()));
  }
  if (reader.malformed()) ++dropped_messages_;
}

}  // namespace vn::engine
