// Generic netlink in the loop: its commands among the others, its lists, and its notifications in front of every answer.

#include <utility>

#include "base/clock.hh"
#include "engine/encode_generic.hh"
#include "engine/engine_loop.hh"
#include "engine/message_fields.hh"

namespace vn::engine {

void EngineLoop::open_generic() {
  if (options_.netlink_fd >= 0) return;
  generic_writer_.emplace(families_);
  generic_dumps_.emplace(*loop_, Source::kGenericDump, families_);
  generic_events_.emplace(*loop_, Source::kGenericEvents, families_, options_.receive_buffer_bytes);
}

/// One request of a command; it leaves the queue when it is answered, so that what is behind it begins no sooner.
bool EngineLoop::run_generic(CommandQueue& queue) {
  if (generic_writer_->run(queue.front().command.value(), replies_)) queue.pop();
  return &queue == &urgent_commands_;
}

void EngineLoop::execute_generic(const Command& command) {
  if (!generic_dumps_) {
    const Failure failure{EOPNOTSUPP, word_of(command.type), "this engine reads scripted bytes"};
    replies_.push_back(make_refusal(command.id, to_engine_error(failure, word_of(command.type))));
    return;
  }
  if (const auto* list = std::get_if<ListGeneric>(&command.body)) {
    generic_dumps_->start(command.id, *list, generic_ends_);
    return;
  }
  const Status followed = generic_events_->follow();
  replies_.push_back(followed.ok() ? make_reply(command.id)
                                   : make_refusal(command.id, to_engine_error(followed.failure(), word_of(command.type))));
}

Status EngineLoop::read_generic() {
  if (!generic_events_ready_) return Done{};
  generic_events_ready_ = false;
  for (int i = 0; i < GenericEvents::kReadsPerTurn && room_for_events(); ++i) {
    const auto full = read_generic_round();
    if (!full.ok()) return full.failure();
    if (!full.value()) break;
  }
  return Done{};
}

/// True where there may be more.
Result<bool> EngineLoop::read_generic_round() {
  auto round = generic_events_->read();
  if (!round.ok()) return round.failure();
  outbox_.put(round.value().events);
  return round.value().full;
}

/// Reads what is queued; false where JavaScript is too far behind for that.
Result<bool> EngineLoop::drain_generic() {
  if (!generic_events_) return true;
  for (std::size_t read = 0; read <= generic_events_->max_queued_datagrams(); read += GenericEvents::kDatagramsPerRead) {
    if (!room_for_events()) return false;
    const auto full = read_generic_round();
    if (!full.ok()) return full.failure();
    if (!full.value()) break;
  }
  return true;
}

/// Lists that have ended, behind the notifications that were queued before. A list waits for nothing else: while JavaScript
/// is behind, it comes all the same.
Status EngineLoop::tell_generic() {
  if (generic_ends_.empty()) return Done{};
  const auto drained = drain_generic();
  if (!drained.ok()) return drained.failure();
  for (const GenericEnd& end : generic_ends_) {
    if (end.failure) {
      outbox_.put(make_refusal(end.id, to_engine_error(*end.failure, word_of(CommandType::kListGeneric))));
      continue;
    }
    outbox_.put({EventType::kDumpBegin, now_ms(), DumpBegin{end.id}});
    for (const Event& record : end.records) {
      std::visit([&](const auto& noun) { outbox_.put_of_dump(record.type, noun, end.id); }, record.body);
    }
    outbox_.put(make_reply(end.id));
  }
  generic_ends_.clear();
  return Done{};
}

}  // namespace vn::engine
