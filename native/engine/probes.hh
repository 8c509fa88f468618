// The TCP probes in flight and their deadlines. Loop thread only.
#pragma once

#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/event_loop.hh"
#include "engine/messages.hh"

namespace vn::engine {

/// Owns the probes' sockets. Every probe ends with one event, unless it is cancelled.
class Probes {
 public:
  /// Each holds a descriptor; the usual limit of a daemon is 1,024 to 524,288. Beyond: unreachable with EAGAIN.
  static constexpr std::size_t kMaxInFlight = 4096;

  /// Longer deadlines, also infinite ones, end here: a day. The kernel gives up by itself after minutes (tcp_syn_retries).
  static constexpr double kMaxDeadlineMs = 24 * 60 * 60 * 1e3;

  /// Watches the socket with `tag`; its readiness comes back by ready().
  void start(Id id, const ProbeRequest& request, EventLoop& loop, std::uint64_t tag, std::vector<Event>& events);
  void ready(Id id, std::vector<Event>& events);
  /// Ends it without an event; nothing happens where it has ended.
  void cancel(Id id);
  /// Ends what is beyond its deadline.
  void expire(double now_ms, std::vector<Event>& events);
  /// The next deadline, infinity where no probe runs.
  double due_ms() const;

 private:
  struct Running {
    probe::TcpProbe probe;
    double started_ms;
    double deadline_ms;
  };

  void end(Id id, const Running& running, const probe::Verdict& verdict, std::vector<Event>& events);

  std::unordered_map<Id, Running> running_;
  std::set<std::pair<double, Id>> deadlines_;
};

}  // namespace vn::engine
