// Reading notifications, and delivering answers behind them.

#include <iterator>

#include "base/clock.hh"
#include "engine/engine_loop.hh"

namespace vn::engine {

namespace {

/// Then commands and probes have their turn again; 4 reads are 128 notifications.
constexpr int kReadsPerTurn = 4;

}  // namespace

bool EngineLoop::room_for_events() { return mailbox_.has_room(outbox_.size() + held_.size()); }

/// One read. What was lost is told at once, and dumped soon.
Result<EventReader::Round> EngineLoop::read_round() {
  auto round = events_->read(reading_snapshot() ? held_ : outbox_);
  if (!round.ok()) return round;
  if (round.value().ended) events_ended_ = true;
  if (round.value().lost) {
    outbox_.push_back({EventType::kOverrun, now_ms(), Overrun{}});
    if (dumps_) resync_.request(ResyncWhat::kAll, std::nullopt);
  }
  return round;
}

Status EngineLoop::read_events() {
  if (!events_ready_) return Done{};
  events_ready_ = false;
  for (int i = 0; i < kReadsPerTurn && room_for_events(); ++i) {
    const auto round = read_round();
    if (!round.ok()) return round.failure();
    if (round.value().empty()) break;
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
  outbox_.insert(outbox_.end(), std::make_move_iterator(replies_.begin()), std::make_move_iterator(replies_.end()));
  replies_.clear();
  return Done{};
}

}  // namespace vn::engine
