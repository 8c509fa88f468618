// Events on their way to JavaScript, as records. Loop thread only.
#pragma once

#include <vector>

#include "engine/messages.hh"
#include "engine/record/record_writer.hh"

namespace vn::engine {

/// Owns the records until they are published.
class Outbox {
 public:
  template <class Body>
  void put(EventType type, const Body& body, double at_ms) {
    writer_.put(static_cast<std::uint16_t>(type), 0, at_ms, body);
    ++count_;
  }
  void put(const Event& event);
  void put(const std::vector<Event>& events) {
    for (const Event& event : events) put(event);
  }
  /// A record of what command `id` asked for; the id stands in the place of the time.
  template <class Body>
  void put_of_dump(EventType type, const Body& body, Id id) {
    writer_.put(static_cast<std::uint16_t>(type), record::kFlagOfDump, static_cast<double>(id), body);
  }

  bool empty() const { return writer_.empty(); }
  std::size_t bytes() const { return writer_.size(); }
  /// Events since the last clear().
  std::size_t count() const { return count_; }

  ByteBuffer& buffer() { return writer_.buffer(); }
  /// Behind the taking of the buffer's content.
  void clear();

 private:
  record::RecordWriter writer_;
  std::size_t count_ = 0;
};

}  // namespace vn::engine
