// Events on their way to JavaScript, as records. Loop thread only.
#pragma once

#include <vector>

#include "engine/messages.hh"
#include "engine/record/record_writer.hh"

namespace vn::engine {

/// Owns the records until they are published.
class Outbox {
 public:
  void put(const Event& event) { write(event, 0); }
  void put(const std::vector<Event>& events) {
    for (const Event& event : events) write(event, 0);
  }
  /// A record of the dump that is being read for a command.
  void put_of_dump(const Event& event) { write(event, record::kFlagOfDump); }

  bool empty() const { return writer_.empty(); }
  std::size_t bytes() const { return writer_.size(); }
  /// Events since the last clear().
  std::size_t count() const { return count_; }
  /// True where one of them tells of a link.
  bool tells_of_link() const { return tells_of_link_; }

  ByteBuffer& buffer() { return writer_.buffer(); }
  /// Behind the taking of the buffer's content.
  void clear();

 private:
  void write(const Event& event, std::uint16_t flags);

  record::RecordWriter writer_;
  std::size_t count_ = 0;
  bool tells_of_link_ = false;
};

}  // namespace vn::engine
