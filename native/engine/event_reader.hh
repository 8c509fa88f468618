// Reads the kernel's notifications and decodes them. Loop thread only.
#pragma once

#include <cstdint>

#include "base/clock.hh"
#include "engine/decode_event.hh"
#include "netlink/socket.hh"

namespace vn::engine {

/// Owns the event socket.
class EventReader {
 public:
  /// `socket`: a netlink socket in our groups, or a socketpair with scripted bytes.
  explicit EventReader(netlink::Socket socket);

  /// What one read brought.
  struct Round {
    std::size_t datagrams = 0;
    /// When they were read.
    double at_ms = 0;
    /// The kernel dropped notifications, or one did not fit our buffer.
    bool lost = false;
    /// As many as one read takes: there may be more.
    bool full = false;
    /// Only a socketpair: the far end is closed.
    bool ended = false;

    bool empty() const { return ended || (datagrams == 0 && !lost); }
  };

  int fd() const { return socket_.fd(); }
  /// One recvmmsg; every event goes to sink.take(type, body, at_ms).
  template <class Sink>
  Result<Round> read(Sink& sink) {
    auto round = receive();
    if (!round.ok()) return round;
    Timed<Sink> timed{sink, round.value().at_ms};
    for (std::size_t i = 0; i < round.value().datagrams; ++i) {
      const ByteView datagram = receiver_.datagram(i);
      if (receiver_.truncated(i)) round.value().lost = true;
      else if (datagram.empty() && !socket_.from_kernel_only()) round.value().ended = true;
      else decode(datagram, timed);
    }
    return round;
  }
  /// No more datagrams than this can be queued at one moment: who has read so many has read all that were there.
  std::size_t max_queued_datagrams() const { return max_queued_datagrams_; }
  /// Messages whose lengths lied.
  std::uint64_t dropped_messages() const { return dropped_messages_; }

 private:
  template <class Sink>
  struct Timed {
    Sink& sink;
    double at_ms;

    template <class Body>
    void take(EventType type, Body&& body) {
      sink.take(type, std::forward<Body>(body), at_ms);
    }
  };

  Result<Round> receive();

  template <class Sink>
  void decode(ByteView datagram, Sink& sink) {
    netlink::MessageReader reader(datagram);
    while (const auto message = reader.next()) {
      if (!decode_into(*message, sink)) ++dropped_messages_;
    }
    if (reader.malformed()) ++dropped_messages_;
  }

  netlink::Socket socket_;
  netlink::Receiver receiver_;
  std::size_t max_queued_datagrams_;
  std::uint64_t dropped_messages_ = 0;
};

}  // namespace vn::engine
