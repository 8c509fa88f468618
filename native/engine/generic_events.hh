// What nl80211 tells by itself, and the controller of nl80211. Loop thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/event_loop.hh"
#include "engine/families.hh"
#include "engine/messages.hh"
#include "engine/source.hh"
#include "netlink/socket.hh"

namespace vn::engine {

/// Owns the socket, opened when somebody wants to hear; then joined to the controller's group, and to nl80211's whenever
/// the family is there.
class GenericEvents {
 public:
  /// One recvmmsg takes so many.
  static constexpr std::size_t kDatagramsPerRead = 16;
  static constexpr int kReadsPerTurn = 4;

  /// `loop` and `families` outlive it. The socket is watched with the tag of `source`.
  GenericEvents(EventLoop& loop, Source source, Families& families, int receive_buffer_bytes)
      : loop_(loop), source_(source), families_(families), receive_buffer_bytes_(receive_buffer_bytes) {}

  /// Harmless when called again. A kernel without nl80211 is no failure: its groups are joined when it comes.
  Status follow();

  /// What one read brought.
  struct Round {
    std::vector<Event> events;
    /// There may be more.
    bool full = false;
  };
  /// One read; empty where nobody follows.
  Result<Round> read();
  /// No more datagrams than this can be queued at one moment.
  std::size_t max_queued_datagrams() const { return max_queued_datagrams_; }
  /// While JavaScript is behind, the kernel's buffer holds the notifications.
  Status set_reading(bool on);

 private:
  /// False where the family is not there.
  Result<bool> join();
  void hear(const netlink::Message& message, Round& round);
  void hear_family(const netlink::Message& message, Round& round);
  void rejoin(Round& round);

  EventLoop& loop_;
  const Source source_;
  Families& families_;
  const int receive_buffer_bytes_;
  std::optional<netlink::Socket> socket_;
  std::optional<netlink::Receiver> receiver_;
  std::size_t max_queued_datagrams_ = 0;
  /// The type of nl80211's messages; 0 where the family is not there.
  std::uint16_t family_id_ = 0;
  bool watched_ = false;
};

}  // namespace vn::engine
