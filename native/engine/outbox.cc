#include "engine/outbox.hh"

namespace vn::engine {

void Outbox::put(const Event& event) {
  std::visit([&](const auto& body) { put(event.type, body, event.at_ms); }, event.body);
}

void Outbox::clear() {
  writer_.buffer().clear();
  count_ = 0;
}

}  // namespace vn::engine
