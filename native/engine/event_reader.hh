// Reads the kernel's notifications and decodes them. Loop thread only.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/messages.hh"
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
    /// The kernel dropped notifications, or one did not fit our buffer.
    bool lost = false;
    /// As many as one read takes: there may be more.
    bool full = false;
    /// Only a socketpair: the far end is closed.
    bool ended = false;

    bool empty() const { return ended || (datagrams == 0 && !lost); }
  };

  int fd() const { return socket_.fd(); }
  /// Appends what one recvmmsg finds.
  Result<Round> read(std::vector<Event>& events);
  /// No more datagrams than this can be queued at one moment: who has read so many has read all that were there.
  std::size_t max_queued_datagrams() const { return max_queued_datagrams_; }
  /// Messages whose lengths lied.
  std::uint64_t dropped_messages() const { return dropped_messages_; }

 private:
  void decode(ByteView datagram, double at_ms, std::vector<Event>& events);

  netlink::Socket socket_;
  netlink::Receiver receiver_;
  std::size_t max_queued_datagrams_;
  std::uint64_t dropped_messages_ = 0;
};

}  // namespace vn::engine
