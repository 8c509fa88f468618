// Uevents for JavaScript: the socket, and a round of reading in each turn of the loop. Loop thread only.
#pragma once

#include <optional>
#include <vector>

#include "base/result.hh"
#include "engine/event_loop.hh"
#include "engine/source.hh"
#include "uevent/uevent_socket.hh"

namespace vn::engine {

/// Owns the socket; ends with the loop.
class Uevents {
 public:
  /// Of one turn; then others have theirs.
  static constexpr int kReadsPerTurn = 64;

  /// What one turn brought.
  struct Round {
    std::vector<uevent::Uevent> uevents;
    /// Some never came. There is nothing to ask again: who needs the truth looks below /sys.
    bool lost = false;
  };

  /// Watched from now on with a tag of `source`; `loop` outlives it. Any socket: a real one or one with scripted bytes.
  static Result<Uevents> open(EventLoop& loop, Source source, uevent::UeventSocket socket);

  /// Call it when the tag was ready.
  Result<Round> read();
  /// While JavaScript is behind, the kernel's buffer holds the uevents.
  Status set_reading(bool on);

 private:
  Uevents(EventLoop& loop, Source source, uevent::UeventSocket socket)
      : loop_(&loop), source_(source), socket_(std::move(socket)) {}

  EventLoop* loop_;
  Source source_;
  uevent::UeventSocket socket_;
  bool watched_ = false;
};

}  // namespace vn::engine
