// Dumps and snapshots.
//
// How a snapshot stays exact. Between snapshotBegin and snapshotEnd only records of the dumps are delivered. Events go on
// being read, so that the kernel's buffer does not overflow, but they are held, in order, and delivered behind snapshotEnd:
//  - Before each dump is asked for, the event socket is read empty, and every held event about objects of that dump is
//    dropped: it is older than the dump, which shows its outcome and what came after. So no event from before a dump
//    overwrites a newer record.
//  - An event read after the dump was asked for may be older than the record of its object or newer; nobody can tell. It
//    is delivered, and so are all that follow it: events carry whole objects, so after the last of them the mirror holds
//    what the kernel holds. Delivering it *before* a record would not do: the kernel fills a part of the dump one read ahead
//    (netlink_dump inside recvmsg), so an older record could overwrite a newer event.
//  - What changes without a notification (routes of a link that goes down) follows an event that is delivered, and the
//    mirror asks again when it sees that event.
// A snapshotBegin inside a snapshot begins it anew: the first try was interrupted or failed.

#include <algorithm>
#include <type_traits>

#include "base/clock.hh"
#include "engine/engine_loop.hh"
#include "engine/message_fields.hh"

namespace vn::engine {

namespace {

/// What a kernel says that has no such family or table: there is nothing to list.
bool means_nothing_there(const Failure& failure) {
  return failure.error_number == ENOENT || failure.error_number == EAFNOSUPPORT || failure.error_number == EOPNOTSUPP;
}

}  // namespace

/// Records of a snapshot are events, those of a command carry its id. A carrier whose loss was not told, because of an
/// overrun, is found here.
struct EngineLoop::DumpSink {
  EngineLoop& loop;
  const std::optional<Id>& id;

  template <class Body>
  void take(EventType type, const Body& body, double at_ms) {
    if constexpr (std::is_same_v<Body, rtnl::Link>) {
      if (!id && !loop.orders_.empty() && !loop.told_since(body.ifindex)) loop.carrier_told(body.ifindex, body.lower_up);
    }
    if (id) loop.outbox_.put_of_dump(type, body, *id);
    else loop.outbox_.put(type, body, at_ms);
  }
};

/// True where an event that was read since the snapshot began tells of the link: then the record may be the older of the two.
bool EngineLoop::told_since(std::uint32_t ifindex) const {
  return std::any_of(held_.begin(), held_.end(), [ifindex](const Event& event) {
    if (const auto* link = std::get_if<rtnl::Link>(&event.body)) return link->ifindex == ifindex;
    const auto* gone = std::get_if<LinkGone>(&event.body);
    return gone != nullptr && gone->ifindex == ifindex;
  });
}

void EngineLoop::mark(EventType type, ResyncWhat what) { outbox_.put({type, now_ms(), SnapshotMark{what}}); }

/// What was delivered of the series so far, if anything, no longer counts.
void EngineLoop::mark_begin() {
  if (series_->is_snapshot()) mark(EventType::kSnapshotBegin, series_->what());
  else outbox_.put({EventType::kDumpBegin, now_ms(), DumpBegin{*series_->id()}});
}

Status EngineLoop::begin_series() {
  if (series_ || !dumps_) return Done{};
  bool drained = false;
  if (resync_.due_ms() <= now_ms()) {
    // An overrun ends only when the socket has been read empty: until then the kernel drops without a further word.
    const auto result = drain_events();
    if (!result.ok()) return result.failure();
    drained = result.value();
  }
  if (drained) {
    series_ = DumpSeries::of_snapshot(resync_.begin(), options_.follow);
    mark_begin();
  } else if (!dump_commands_.empty()) {
    series_ = DumpSeries::of_command(dump_commands_.front().id, *std::get_if<Dump>(&dump_commands_.front().body));
    dump_commands_.pop_front();
    mark_begin();
  } else {
    return Done{};
  }
  return start_dump();
}

Status EngineLoop::start_dump() {
  if (series_->is_snapshot()) {
    const auto drained = drain_events();
    if (!drained.ok()) return drained.failure();
    std::erase_if(held_, [&](const Event& event) { return covers(series_->current(), event); });
  }
  series_interrupted_ = false;
  dump_ready_ = true;  // the kernel has filled the first part when send returns
  const Status started = dumps_->start(series_->current());
  return started.ok() ? started : retry_series(started.failure());
}

/// One part a turn, and none while JavaScript is behind: the kernel fills the next only when this one is read.
Status EngineLoop::read_dump() {
  if (!series_ || !dump_ready_) return Done{};
  dump_ready_ = false;
  if (!mailbox_.has_room(outbox_.bytes())) return Done{};
  DumpSink sink{*this, series_->id()};
  const auto part = dumps_->read(sink);
  if (!part.ok()) {
    if (means_nothing_there(part.failure())) return end_dump();
    return retry_series(part.failure());
  }
  series_interrupted_ = series_interrupted_ || part.value().interrupted;
  if (!series_->is_snapshot() && !series_->count(part.value().records)) {
    refuse_series({EOVERFLOW, "dump", "too many records"});
    return reopen_dumps();  // the kernel would go on with this one
  }
  return part.value().finished ? end_dump() : Status{Done{}};
}

Status EngineLoop::end_dump() {
  if (series_interrupted_) {
    if (series_->restart()) {
      mark_begin();
      return start_dump();
    }
    if (!series_->is_snapshot()) {
      refuse_series({EINTR, "dump", "every attempt was interrupted by changes"});
      return Done{};
    }
    // Better a snapshot that may lack an object than none; the next one follows.
    resync_.request(series_->what(), std::nullopt);
  }
  if (series_->advance()) return start_dump();
  end_series();
  return Done{};
}

/// A dump has failed: the series begins anew over a fresh socket. Only what fails again and again is the caller's answer,
/// or the end of the engine, which is nothing without a snapshot.
Status EngineLoop::retry_series(const Failure& failure) {
  if (!series_->retry()) {
    if (series_->is_snapshot()) return failure;
    refuse_series(failure);
    // The kernel may count the broken dump as running. Where there is no other socket now, the next series tries again.
    (void)reopen_dumps().ok();
    return Done{};
  }
  const Status opened = reopen_dumps();
  if (!opened.ok()) return retry_series(opened.failure());
  mark_begin();
  return start_dump();
}

Status EngineLoop::reopen_dumps() {
  auto socket = netlink::Socket::open({});
  if (!socket.ok()) return socket.failure();
  const Status unwatched = set_watch(dump_watch_, false);
  if (!unwatched.ok()) return unwatched;
  dumps_.emplace(std::move(socket.value()));
  dump_watch_.fd = dumps_->fd();
  return Done{};
}

void EngineLoop::end_series() {
  if (!series_->is_snapshot()) {
    replies_.push_back(make_reply(*series_->id()));
    series_.reset();
    return;
  }
  mark(EventType::kSnapshotEnd, series_->what());
  outbox_.put(held_);
  held_.clear();
  for (const Id id : resync_.end(now_ms())) replies_.push_back(make_reply(id));
  series_.reset();
}

void EngineLoop::refuse_series(const Failure& failure) {
  replies_.push_back(make_refusal(*series_->id(), to_engine_error(failure, word_of(CommandType::kDump))));
  series_.reset();
}

}  // namespace vn::engine
