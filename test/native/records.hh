// Records as tests write and read them: what JavaScript does on its side of the boundary.
#pragma once

#include <vector>

#include "check.hh"
#include "engine/command_queue.hh"
#include "engine/mailbox.hh"
#include "engine/record/record_reader.hh"
#include "engine/record/record_writer.hh"

namespace vn::check {

inline ByteBuffer records_of(const std::vector<engine::Command>& commands) {
  engine::record::RecordWriter writer;
  for (const engine::Command& command : commands) {
    const auto type = static_cast<std::uint16_t>(command.type);
    std::visit([&](const auto& body) { writer.put(type, 0, static_cast<double>(command.id), body); }, command.body);
  }
  return std::move(writer.buffer());
}

inline engine::Mailbox::Parcel parcel(const std::vector<engine::Command>& commands, bool urgent = false) {
  return {records_of(commands), urgent};
}

inline engine::CommandQueue queue_of(const std::vector<engine::Command>& commands) {
  engine::CommandQueue queue;
  queue.add(records_of(commands));
  return queue;
}

/// Every event in the bytes.
inline std::vector<engine::Event> read_events(ByteView bytes) {
  std::vector<engine::Event> events;
  while (!bytes.empty()) {
    const auto record = engine::record::first_record(bytes);
    REQUIRE(record.has_value());
    const auto head = load<engine::record::Head>(*record);
    engine::Event event{static_cast<engine::EventType>(head->type), head->number, {}};
    const engine::record::RecordReader reader(*record);
    REQUIRE(engine::with_event_body(event.type, [&]<class Body>() { return reader.read(event.body.emplace<Body>()); }));
    events.push_back(std::move(event));
    bytes = bytes.subspan(record->size());
  }
  return events;
}

}  // namespace vn::check
