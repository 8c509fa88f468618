// Reading notifications, and delivering answers behind them.

#include <iterator>

#include "base/clock.hh"
#include "engine/engine_loop.hh"

namespace vn::engine {

namespace {

/// Then commands and probes have their turn again; 8 reads are 256 notifications, a quarter of a millisecond.
constexpr int kReadsPerTurn = 8;

}  // namespace

bool EngineLoop::room_for_events() { return mailbox_.has_room(outbox_.bytes() + held_.size() * sizeof(Event)); }

/// One read. What was lost is told at once, and dumped soon.
Result<EventReader::Round> EngineLoop::read_round() {
  fresh_.clear();
  auto round = events_->read(fresh_);
  if (!round.ok()) return round;
  // First of all: what waits for a link must not wait for the rest of the turn.
  if (writer_) orders_.look_at(fresh_, *writer_, replies_);
  if (reading_snapshot()) held_.insert(held_.end(), std::make_move_iterator(fresh_.begin()), std::make_move_iterator(fresh_.end()));
  else outbox_.put(fresh_);
  if (round.value().ended) events_ended_ = true;
  if (round.value().lost) {
    outbox_.put({EventType::kOverrun, now_ms(), Overrun{}});
    if (dumps_) resync_.request(ResyncWhat::kAll, std::nullopt);
  }
  return round;
}

Status EngineLoop::read_events() {
  backlog_ = false;
  if (!events_ready_) return Done{};
  events_ready_ = false;
  for (int i = 0; i < kReadsPerTurn; ++i) {
    backlog_ = room_for_events();
    if (!backlog_) break;
    const auto round = read_round();
    if (!round.ok()) return round.failure();
    backlog_ = round.value().full;
    if (!backlog_) break;
  }
  return Done{};
}

/// Reads everything that was queued when it was called; false where JavaScript is too far behind for that. Ends though
/// notifications keep coming: behind as many as the buffer can hold, all that were there have been read.
Result<bool> EngineLoop::drain_events() {
  for (std::size_t read = 0; read < events_->max_queued_datagrams();) {
    if (!room_for_events()) return false;
    const auto round = read_round();
    if (!round.ok()) return round.failure();
    if (round.value().empty()) break;
    read += round.value().datagrams;
  }
  return true;
}

/// The kernel queues a command's notifications before its ACK (rtnl_notify inside the request). So an answer that goes
/// behind all that is queued now never overtakes an event. While a snapshot is read, events wait for its end, and so do answers.
Status EngineLoop::deliver_replies() {
  if (replies_.empty() || reading_snapshot()) return Done{};
  const auto drained = drain_events();
  if (!drained.ok()) return drained.failure();
  if (!drained.value()) return Done{};
  outbox_.put(replies_);
  replies_.clear();
  return Done{};
}

}  // namespace vn::engine
