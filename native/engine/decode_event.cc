#include "engine/decode_event.hh"

namespace vn::engine {

namespace {

struct EventSink {
  double at_ms;
  std::optional<Event> event;

  template <class Body>
  void take(EventType type, Body body) {
    event = Event{type, at_ms, std::move(body)};
  }
};

}  // namespace

Result<std::optional<Event>> decode_event(const netlink::Message& message, double at_ms) {
  EventSink sink{at_ms, std::nullopt};
  if (!decode_into(message, sink)) return Failure{EBADMSG, "decode event", {}};
  return std::move(sink.event);
}

}  // namespace vn::engine
