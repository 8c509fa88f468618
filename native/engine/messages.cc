#include "engine/messages.hh"

#include "base/clock.hh"
#include "base/errno_name.hh"

namespace vn::engine {

EngineError to_engine_error(const Failure& failure, const char* operation) {
  return {failure.error_number, errno_name(failure.error_number), operation, failure.detail};
}

Event make_reply(Id id, std::optional<std::string> text) {
  return {EventType::kReply, now_ms(), Reply{id, std::nullopt, std::move(text)}};
}

Event make_refusal(Id id, EngineError error) {
  return {EventType::kReply, now_ms(), Reply{id, std::move(error), std::nullopt}};
}

}  // namespace vn::engine
