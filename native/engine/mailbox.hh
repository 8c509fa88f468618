// Where the JS thread and the loop thread meet; the only lock of the engine. Each method says who calls it.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "base/bytes.hh"
#include "base/unique_fd.hh"

namespace vn::engine {

/// Commands go one way, events the other, both as records. Outlives the loop thread.
class Mailbox {
 public:
  /// Events waiting for JavaScript; beyond, the event socket is not read and the kernel's buffer absorbs. Some 10,000 events.
  static constexpr std::size_t kMaxQueuedEventBytes = 1024 * 1024;
  /// Commands that the loop has not executed yet, about a million: a caller that sends for ever without waiting is told so.
  static constexpr std::size_t kMaxQueuedCommandBytes = 128 * 1024 * 1024;

  /// Commands of one send.
  struct Parcel {
    ByteBuffer records;
    /// Goes before everything that is not.
    bool urgent = false;
  };

  /// `doorbell` is called on the loop thread and must not wait; never again while the last ring is unanswered.
  explicit Mailbox(std::function<void()> doorbell);
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// Any thread. Readable when the loop has something to fetch; invalid where the system had no descriptor left.
  int wake_fd() const { return wake_fd_.get(); }

  /// JS thread. False: too many are waiting, none was taken.
  bool send(Parcel parcel);
  /// JS thread, answering the doorbell: what waits takes the place of `events`, whose memory is used again.
  void take_events(ByteBuffer& events);
  /// JS thread. The loop ends at its next turn.
  void stop();
  /// JS thread, when the loop has ended: gives the descriptor back. Harmless when called again.
  void release();

  /// Loop thread. Puts what was sent in place of `parcels`; returns false when the loop must end.
  bool take_commands(std::vector<Parcel>& parcels);
  /// Loop thread. Waits awake, for at most `ms`, until there is something to fetch; who sends meanwhile need not wake it.
  bool await_commands(double ms);
  /// Loop thread. Bytes of the commands taken that still wait for their turn: they count for the limit of send().
  void set_unexecuted(std::size_t bytes);
  /// Loop thread: may `pending` bytes more be followed by another event? If not, JavaScript's next take wakes the loop.
  bool has_room(std::size_t pending);
  /// Loop thread. Rings before there is anything to take: JavaScript's thread wakes while the loop still reads. Who comes too
  /// early takes nothing, and publish() rings again.
  void announce();
  /// Loop thread. Takes the records out of `events` and rings, unless a ring is unanswered. Never refuses: what has
  /// reserved space (replies, probes, overrun) comes whether there is room or not.
  void publish(ByteBuffer& events);

 private:
  void wake();

  const std::function<void()> doorbell_;
  UniqueFd wake_fd_;
  std::mutex mutex_;
  std::vector<Parcel> parcels_;
  std::size_t parcels_bytes_ = 0;
  std::size_t unexecuted_bytes_ = 0;
  ByteBuffer events_;
  bool stopping_ = false;
  /// The loop looks at `called_`, and needs no wake.
  bool awake_ = false;
  /// There may be something to fetch. The one member that is used without the lock; what it says is looked at again with it.
  std::atomic<bool> called_ = false;
  bool ringing_ = false;
  bool loop_waits_for_room_ = false;
};

}  // namespace vn::engine
