#include "engine/outbox.hh"

namespace vn::engine {

void Outbox::write(const Event& event, std::uint16_t flags) {
  const auto type = static_cast<std::uint16_t>(event.type);
  std::visit([&](const auto& body) { writer_.put(type, flags, event.at_ms, body); }, event.body);
  ++count_;
  tells_of_link_ = tells_of_link_ || event.type == EventType::kLink;
}

void Outbox::clear() {
  writer_.buffer().clear();
  count_ = 0;
  tells_of_link_ = false;
}

}  // namespace vn::engine
