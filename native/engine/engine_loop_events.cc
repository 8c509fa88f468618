// Reading notifications, and delivering answers behind them.

#include <type_traits>
#include <utility>

#include "base/clock.hh"
#include "engine/engine_loop.hh"

namespace vn::engine {

namespace {

/// Then commands and probes have their turn again; 4 reads are 256 notifications, some 200 µs.
constexpr int kReadsPerTurn = 4;

}  // namespace

/// Where events go: into the outbox, or to those that are held while a snapshot is read. What waits for a link's carrier is
/// carried out before anything else is decoded.
struct EngineLoop::Sink {
  EngineLoop& loop;
  bool hold;

  template <class Body>
  void take(EventType type, Body&& body, double at_ms) {
    using Plain = std::remove_cvref_t<Body>;
    if constexpr (std::is_same_v<Plain, rtnl::Link>) loop.carrier_told(body.ifindex, body.lower_up);
    else if constexpr (std::is_same_v<Plain, LinkGone>) loop.carrier_told(body.ifindex, false);
    if constexpr (std::is_same_v<Plain, rtnl::Link> || std::is_same_v<Plain, LinkGone>) loop.may_be_answered_ = true;
    if (hold) loop.held_.push_back({type, at_ms, std::forward<Body>(body)});
    else loop.outbox_.put(type, body, at_ms);
  }
};

void EngineLoop::carrier_told(std::uint32_t ifindex, bool lower_up) {
  if (writer_ && !orders_.empty()) orders_.carrier(ifindex, lower_up, *writer_, replies_);
}

bool EngineLoop::room_for_events() { return mailbox_.has_room(outbox_.bytes() + held_.size() * sizeof(Event)); }

/// One read. What was lost is told at once, and dumped soon.
Result<EventReader::Round> EngineLoop::read_round() {
  Sink sink{*this, reading_snapshot()};
  auto round = events_->read(sink);
  if (!round.ok()) return round;
  if (round.value().ended) events_ended_ = true;
  if (round.value().lost) {
    outbox_.put({EventType::kOverrun, now_ms(), Overrun{}});
    if (dumps_) resync_.request(ResyncWhat::kAll, std::nullopt);
  }
  return round;
}

/// True where the kernel's buffer has held a storm's events for long enough.
bool EngineLoop::end_gathering() {
  if (!gathering_ || now_ms() < gather_until_ms_) return false;
  gathering_ = false;
  return true;
}

Status EngineLoop::read_events() {
  backlog_ = false;
  // What was gathered is read at once, without a wait that says that it is there.
  const bool gathered = end_gathering();
  const bool ready = std::exchange(events_ready_, false);
  if (!ready && !gathered) return Done{};
  // Standing orders come before JavaScript; in a storm it is awake.
  if (ready && orders_.empty() && !reading_snapshot() && !storm_) mailbox_.announce();
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
  held_up_ = false;
  if (replies_.empty() || reading_snapshot()) return Done{};
  const auto drained = drain_events();
  if (!drained.ok()) return drained.failure();
  held_up_ = !drained.value();
  if (held_up_) return Done{};
  const auto heard = drain_generic();
  if (!heard.ok()) return heard.failure();
  held_up_ = !heard.value();
  if (held_up_) return Done{};
  outbox_.put(replies_);
  replies_.clear();
  return Done{};
}

}  // namespace vn::engine
