#include "engine/engine_loop.hh"

#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "base/clock.hh"
#include "engine/source.hh"

namespace vn::engine {

namespace {

/// A batch of so many events is a storm: after it the loop gathers. A failing link brings fewer.
constexpr std::size_t kStormEvents = 32;
/// What a storm's events may be late: one delivery a millisecond instead of one a notification halves their cost.
constexpr double kGatherMs = 1;

constexpr std::uint64_t group(unsigned number) { return std::uint64_t{1} << (number - 1); }

/// The fewest groups: each costs every change of its kind some 0.5 µs, whoever makes it.
std::uint32_t groups_of(std::uint32_t follow) {
  const auto followed = [follow](DumpSubject subject) { return (follow & follow_bit(subject)) != 0; };
  std::uint64_t groups = group(RTNLGRP_LINK);
  if (followed(DumpSubject::kAddresses)) groups |= group(RTNLGRP_IPV4_IFADDR) | group(RTNLGRP_IPV6_IFADDR);
  if (followed(DumpSubject::kRoutes)) groups |= group(RTNLGRP_IPV4_ROUTE) | group(RTNLGRP_IPV6_ROUTE);
  if (followed(DumpSubject::kRules)) groups |= group(RTNLGRP_IPV4_RULE) | group(RTNLGRP_IPV6_RULE);
  if (followed(DumpSubject::kNeighbours)) groups |= group(RTNLGRP_NEIGH);
  if (followed(DumpSubject::kNexthops)) groups |= group(RTNLGRP_NEXTHOP);
  if ((follow >> kFollowNdOptions & 1U) != 0) groups |= group(RTNLGRP_ND_USEROPT);
  return static_cast<std::uint32_t>(groups);
}

int usable_processors() {
  cpu_set_t processors;
  return sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : 1;
}

Status enter_namespace(const std::string& path) {
  // Without O_NONBLOCK a FIFO would hold the thread until somebody writes; setns says EINVAL to what is no namespace.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return failed("open", path);
  if (setns(fd.get(), CLONE_NEWNET) != 0) return failed("setns", path);
  return Done{};
}

}  // namespace

EngineLoop::EngineLoop(const EngineOptions& options, Mailbox& mailbox)
    : options_(options),
      mailbox_(mailbox),
      timer_due_ms_(std::numeric_limits<double>::infinity()),
      resync_(options.resync_interval_ms),
      awake_(usable_processors()) {}

Status EngineLoop::open() {
  if (!options_.netns.empty() && options_.netlink_fd < 0) {
    Status entered = enter_namespace(options_.netns);
    if (!entered.ok()) return entered;
  }
  auto loop = EventLoop::open();
  if (!loop.ok()) return loop.failure();
  loop_ = std::move(loop.value());
  timer_ = UniqueFd(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  if (!timer_.valid()) return failed("timerfd_create");
  Status watched = loop_->watch(timer_.get(), EPOLLIN, make_tag(Source::kTimer));
  if (!watched.ok()) return watched;
  watched = loop_->watch(mailbox_.wake_fd(), EPOLLIN, make_tag(Source::kMailbox));
  if (!watched.ok()) return watched;
  return open_sockets();
}

Status EngineLoop::open_sockets() {
  if (options_.netlink_fd >= 0) {
    UniqueFd copy(fcntl(options_.netlink_fd, F_DUPFD_CLOEXEC, 0));
    if (!copy.valid()) return failed("fcntl(netlinkFd)");
    events_.emplace(netlink::Socket::adopt(std::move(copy)));
  } else {
    // Events first: what happens from here on is told, and the snapshot says what was before.
    auto events = netlink::Socket::open({groups_of(options_.follow), options_.receive_buffer_bytes, AF_BRIDGE});
    if (!events.ok()) return events.failure();
    auto commands = netlink::Socket::open({0, CommandWriter::kReceiveBufferBytes});
    if (!commands.ok()) return commands.failure();
    auto dumps = netlink::Socket::open({});
    if (!dumps.ok()) return dumps.failure();
    events_.emplace(std::move(events.value()));
    writer_.emplace(std::move(commands.value()));
    dumps_.emplace(std::move(dumps.value()));
    dump_watch_ = {dumps_->fd(), make_tag(Source::kDump), false};
    resync_.request(ResyncWhat::kAll, std::nullopt);
  }
  event_watch_ = {events_->fd(), make_tag(Source::kEvents), false};
  const Status watched = set_watch(event_watch_, true);
  return watched.ok() ? open_endpoints() : watched;
}

Status EngineLoop::set_watch(Watch& watch, bool on) {
  if (watch.on == on) return Done{};
  watch.on = on;
  if (on) return loop_->watch(watch.fd, EPOLLIN, watch.tag);
  loop_->unwatch(watch.fd);
  return Done{};
}

Status EngineLoop::run() {
  while (true) {
    // The first turn comes before the first wait: the first snapshot is due.
    Status done = turn();
    if (!done.ok()) return done;
    const bool answered = await_answer();
    if (answered && !fetch_commands()) return Done{};
    const auto ready = loop_->wait(answered ? 0 : wait_ms());
    if (!ready.ok()) return ready.failure();
    for (const epoll_event& event : ready.value()) {
      if (!dispatch(event)) return Done{};
    }
  }
}

/// False when the loop must end.
bool EngineLoop::dispatch(const epoll_event& event) {
  const std::uint64_t detail = detail_of(event.data.u64);
  switch (source_of(event.data.u64)) {
    case Source::kMailbox: return fetch_commands();
    case Source::kEvents: events_ready_ = true; return true;
    case Source::kDump: dump_ready_ = true; return true;
    case Source::kLock:
      if (locks_[detail].has_value()) locks_[detail]->answer();
      return true;
    case Source::kProbe: probes_.ready(detail, ended_probes_); return true;
    case Source::kDatagram: datagrams_->ready(detail, event.events, datagram_events_); return true;
    case Source::kSockets: socket_dumps_->ready(ended_lists_); return true;
    case Source::kUevents: uevents_ready_ = true; return true;
    case Source::kGenericEvents: generic_events_ready_ = true; return true;
    case Source::kGenericDump: generic_dumps_->ready(generic_ends_); return true;
    case Source::kTimer: {
      std::uint64_t count = 0;
      const ssize_t got = read(timer_.get(), &count, sizeof count);
      (void)got;  // what is due is asked of its keepers
      timer_due_ms_ = std::numeric_limits<double>::infinity();
      return true;
    }
  }
  std::abort();
}

bool EngineLoop::fetch_commands() {
  if (!mailbox_.take_commands(parcels_)) return false;
  for (Mailbox::Parcel& parcel : parcels_) {
    (parcel.urgent ? urgent_commands_ : commands_).add(std::move(parcel.records));
  }
  return true;
}

Status EngineLoop::turn() {
  run_commands();
  probes_.expire(now_ms(), ended_probes_);
  if (!ended_probes_.empty()) may_be_answered_ = true;
  outbox_.put(ended_probes_);
  ended_probes_.clear();
  tell_endpoints();
  Status status = read_events();
  if (status.ok()) status = read_uevents();
  if (status.ok()) status = read_generic();
  if (status.ok()) status = tell_generic();
  if (status.ok()) status = begin_series();
  if (status.ok()) status = read_dump();
  if (status.ok()) status = deliver_replies();
  mailbox_.set_unexecuted(unexecuted_bytes());
  publish();
  if (!status.ok()) return status;
  // JavaScript may be behind, or a storm may be on: then the kernel's buffer holds the events for a while.
  gathering_ = now_ms() < gather_until_ms_;
  status = set_watch(event_watch_, !events_ended_ && !gathering_ && room_for_events());
  if (!status.ok()) return status;
  if (dumps_) status = set_watch(dump_watch_, series_ && mailbox_.has_room(0));
  if (status.ok()) status = rest_endpoints();
  arm_timer();
  return status;
}

/// Whoever answers an event with a command, a failover for one, finds the loop awake. True where there is something to fetch.
bool EngineLoop::await_answer() {
  if (!std::exchange(may_be_answered_, false) || backlog_ || gathering_ || wait_ms() == 0) return false;
  const double began_ms = now_ms();
  if (!awake_.may_wait(began_ms)) return false;
  if (mailbox_.await_commands(AwakeBudget::kLongestMs)) return true;
  awake_.spend(now_ms() - began_ms);
  return false;
}

int EngineLoop::wait_ms() const {
  if (!held_up_ && (!commands_.empty() || !urgent_commands_.empty()) && replies_.size() < kMaxHeldReplies) return 0;
  if (!series_ && !dump_commands_.empty()) return 0;
  return -1;
}

/// What waits for its turn anywhere in the loop; a probe that runs has been executed.
std::size_t EngineLoop::unexecuted_bytes() const {
  const std::size_t waiting = dump_commands_.size() + resync_.waiting();
  return commands_.bytes() + urgent_commands_.bytes() + waiting * sizeof(Command);
}

void EngineLoop::arm_timer() {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  double resync_ms = series_ ? kNever : resync_.due_ms();
  // While JavaScript is behind no snapshot can begin: its next take wakes the loop, a timer in the past would spin it.
  if (std::isfinite(resync_ms) && !room_for_events()) resync_ms = kNever;
  const double due_ms = std::min({probes_.due_ms(), resync_ms, gathering_ ? gather_until_ms_ : kNever});
  // A timer that is early only makes a turn in which nothing is due; moving it for each of a thousand probes costs more.
  if (due_ms == timer_due_ms_ || (std::isfinite(due_ms) && due_ms > timer_due_ms_)) return;
  timer_due_ms_ = due_ms;
  itimerspec when{};  // zero disarms
  if (std::isfinite(due_ms)) {
    const double seconds = std::floor(due_ms / 1e3);
    when.it_value.tv_sec = static_cast<time_t>(seconds);
    when.it_value.tv_nsec = std::clamp<long>(static_cast<long>(std::ceil((due_ms - seconds * 1e3) * 1e6)), 1, 999'999'999);
  }
  (void)timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void EngineLoop::publish() {
  if (!outbox_.empty()) storm_ = outbox_.count() >= kStormEvents;
  // What lies there already is not worth waiting for.
  if (outbox_.count() >= kStormEvents && !backlog_ && !reading_snapshot()) gather_until_ms_ = now_ms() + kGatherMs;
  mailbox_.publish(outbox_.buffer());
  outbox_.clear();
}

}  // namespace vn::engine
