// Where the JS thread and the loop thread meet; the only lock of the engine. Each method says who calls it.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "base/unique_fd.hh"
#include "engine/messages.hh"

namespace vn::engine {

/// Commands go one way, events the other. Outlives the loop thread.
class Mailbox {
 public:
  /// Events waiting for JavaScript; beyond, the event socket is not read and the kernel's buffer absorbs. About 4 MB.
  static constexpr std::size_t kMaxQueuedEvents = 16 * 1024;
  /// Commands that the loop has not executed yet: a caller that sends for ever without waiting is told so.
  static constexpr std::size_t kMaxQueuedCommands = 1024 * 1024;

  /// `doorbell` is called on the loop thread and must not wait; never again while the last ring is unanswered.
  explicit Mailbox(std::function<void()> doorbell);
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// Any thread. Readable when the loop has something to fetch; invalid where the system had no descriptor left.
  int wake_fd() const { return wake_fd_.get(); }

  /// JS thread. False: too many are waiting, none was taken.
  bool send(std::vector<Command> commands);
  /// JS thread, answering the doorbell.
  std::vector<Event> take_events();
  /// JS thread. The loop ends at its next turn.
  void stop();
  /// JS thread, when the loop has ended: gives the descriptor back. Harmless when called again.
  void release();

  /// Loop thread. Appends to `commands`; returns false when the loop must end.
  bool take_commands(std::deque<Command>& commands);
  /// Loop thread. How many of the commands taken still wait for their turn: they count for the limit of send().
  void set_unexecuted(std::size_t count);
  /// Loop thread: may `pending` events more be followed by another? If not, JavaScript's next take wakes the loop.
  bool has_room(std::size_t pending);
  /// Loop thread. Takes the events out of `events` and rings, unless a ring is unanswered. Never refuses: what has
  /// reserved space (replies, probes, overrun) comes whether there is room or not.
  void publish(std::vector<Event>& events);

 private:
  void wake();

  const std::function<void()> doorbell_;
  UniqueFd wake_fd_;
  std::mutex mutex_;
  std::vector<Command> commands_;
  std::size_t unexecuted_ = 0;
  std::vector<Event> events_;
  bool stopping_ = false;
  bool ringing_ = false;
  bool loop_waits_for_room_ = false;
};

}  // namespace vn::engine
