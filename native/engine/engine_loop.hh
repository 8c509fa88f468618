// The body of the loop thread: waits, reads, writes, delivers. Every method: loop thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hh"
#include "engine/awake_budget.hh"
#include "engine/command_queue.hh"
#include "engine/command_writer.hh"
#include "engine/datagrams.hh"
#include "engine/dump_reader.hh"
#include "engine/dump_series.hh"
#include "engine/event_loop.hh"
#include "engine/event_reader.hh"
#include "engine/families.hh"
#include "engine/generic_dumps.hh"
#include "engine/generic_events.hh"
#include "engine/generic_writer.hh"
#include "engine/instance_lock.hh"
#include "engine/mailbox.hh"
#include "engine/outbox.hh"
#include "engine/probes.hh"
#include "engine/resync.hh"
#include "engine/socket_dumps.hh"
#include "engine/standing_orders.hh"
#include "engine/uevents.hh"

namespace vn::engine {

/// What can be followed beside the dump subjects: bits behind theirs.
inline constexpr unsigned kFollowNdOptions = 6;
inline constexpr unsigned kFollowUevents = 7;

constexpr std::uint32_t follow_bit(DumpSubject subject) { return std::uint32_t{1} << static_cast<unsigned>(subject); }

/// Neighbours are left out: they change all the time, and the mirror's owner rarely asks.
inline constexpr std::uint32_t kFollowDefault = follow_bit(DumpSubject::kLinks) | follow_bit(DumpSubject::kAddresses) |
                                                follow_bit(DumpSubject::kRoutes) | follow_bit(DumpSubject::kRules) |
                                                follow_bit(DumpSubject::kNexthops);

struct EngineOptions {
  /// Path of a network namespace to enter; '' stays.
  std::string netns;
  /// 4 MiB hold about 10,000 notifications; the kernel takes the memory only when they come.
  int receive_buffer_bytes = 4 * 1024 * 1024;
  /// With a 2 KiB buffer 123 overruns came in half a second: without a pause the loop would do nothing but dump.
  double resync_interval_ms = 100;
  /// follow_bit of each subject whose notifications are heard and whose records snapshots hold. Links always.
  std::uint32_t follow = kFollowDefault;
  /// -1, or a socketpair to read events from: then there is no namespace, no dump, no command for the kernel.
  int netlink_fd = -1;
};

/// Owns every descriptor but the mailbox's. Lives on the loop thread's stack; ends when the mailbox says stop.
class EngineLoop {
 public:
  /// `mailbox` outlives it.
  EngineLoop(const EngineOptions& options, Mailbox& mailbox);

  /// Enters the namespace, opens and subscribes.
  Status open();
  /// Runs until the mailbox says stop (Done) or the loop cannot go on (its failure).
  Status run();

 private:
  /// A descriptor that is watched now and then.
  struct Watch {
    int fd = -1;
    std::uint64_t tag = 0;
    bool on = false;
  };

  /// Answers that wait for a snapshot's end or for JavaScript; beyond, commands wait too.
  static constexpr std::size_t kMaxHeldReplies = 4096;

  // engine_loop.cc
  Status open_sockets();
  Status set_watch(Watch& watch, bool on);
  bool dispatch(const epoll_event& event);
  bool fetch_commands();
  Status turn();
  int wait_ms() const;
  std::size_t unexecuted_bytes() const;
  void arm_timer();
  void publish();
  bool await_answer();

  // engine_loop_events.cc
  struct Sink;
  void carrier_told(std::uint32_t ifindex, bool lower_up);
  bool room_for_events();
  bool end_gathering();
  Status read_events();
  Result<bool> drain_events();
  Result<EventReader::Round> read_round();
  Status deliver_replies();

  // engine_loop_commands.cc
  void run_commands();
  bool run_next(CommandQueue& queue);
  void execute(const Command& command);
  void set_orders(const Command& command);
  void reply_with(const Command& command, const Result<std::string>& text);
  void lock_instance(const Command& command);
  void unlock_instance(const Command& command);

  // engine_loop_endpoints.cc
  Status open_endpoints();
  Status read_uevents();
  void execute_endpoint(const Command& command);
  void tell_endpoints();
  Status rest_endpoints();

  // engine_loop_generic.cc
  void open_generic();
  bool run_generic(CommandQueue& queue);
  void execute_generic(const Command& command);
  Status read_generic();
  Result<bool> read_generic_round();
  Result<bool> drain_generic();
  Status tell_generic();

  // engine_loop_dumps.cc
  struct DumpSink;
  bool told_since(std::uint32_t ifindex) const;
  bool reading_snapshot() const { return series_ && series_->is_snapshot(); }
  Status begin_series();
  Status start_dump();
  Status read_dump();
  Status end_dump();
  Status retry_series(const Failure& failure);
  Status reopen_dumps();
  void end_series();
  void refuse_series(const Failure& failure);
  void mark(EventType type, ResyncWhat what);
  void mark_begin();

  const EngineOptions options_;
  Mailbox& mailbox_;
  std::optional<EventLoop> loop_;
  UniqueFd timer_;
  double timer_due_ms_;
  std::optional<EventReader> events_;
  std::optional<CommandWriter> writer_;
  std::optional<DumpReader> dumps_;
  /// By position, which epoll's tags name; a place that was given back is empty.
  std::vector<std::optional<InstanceLock>> locks_;
  Probes probes_;
  std::optional<Datagrams> datagrams_;
  std::optional<SocketDumps> socket_dumps_;
  std::optional<Uevents> uevents_;
  Families families_;
  /// Absent over scripted bytes.
  std::optional<GenericWriter> generic_writer_;
  std::optional<GenericDumps> generic_dumps_;
  std::optional<GenericEvents> generic_events_;
  Resync resync_;

  Watch event_watch_;
  Watch dump_watch_;
  bool events_ready_ = false;
  /// The last turn left notifications unread.
  bool backlog_ = false;
  bool events_ended_ = false;
  bool dump_ready_ = false;
  bool uevents_ready_ = false;
  bool generic_events_ready_ = false;
  /// Until then the event socket is left alone, so that a storm comes in few batches.
  double gather_until_ms_ = 0;
  /// The last publication was one of many events.
  bool storm_ = false;
  /// The turn tells of a link or of a probe's end, which JavaScript may answer with a command at once.
  bool may_be_answered_ = false;
  AwakeBudget awake_;
  /// Answers wait because JavaScript is behind: its next take wakes the loop.
  bool held_up_ = false;
  /// That moment had not come when the last turn ended: the timer is armed for it, and end_gathering() sees that it has come.
  bool gathering_ = false;

  CommandQueue commands_;
  /// Goes before `commands_`, between two chunks of it.
  CommandQueue urgent_commands_;
  std::vector<Mailbox::Parcel> parcels_;
  std::deque<Command> dump_commands_;
  std::optional<DumpSeries> series_;
  bool series_interrupted_ = false;
  StandingOrders orders_;
  /// To be published at the end of the turn.
  Outbox outbox_;
  /// What probes, datagram endpoints and lists of sockets have to say; goes into the outbox in the same turn.
  std::vector<Event> ended_probes_;
  std::vector<DatagramEvent> datagram_events_;
  std::vector<SocketsEnd> ended_lists_;
  std::vector<GenericEnd> generic_ends_;
  /// Events read while a snapshot is read; see engine_loop_dumps.cc.
  std::vector<Event> held_;
  /// Answers that wait until the events before them have been read.
  std::vector<Event> replies_;
};

}  // namespace vn::engine
