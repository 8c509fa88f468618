#include "engine/decode_command.hh"

namespace vn::engine {

namespace {

constexpr double kMaxId = 9007199254740991.0;

Failure malformed(const char* why) { return {EINVAL, "decode command", why}; }

}  // namespace

Id id_of_record(ByteView record) {
  const auto head = load<record::Head>(record);
  return head && head->number >= 0 && head->number <= kMaxId ? static_cast<Id>(head->number) : 0;
}

Result<Command> decode_command(ByteView record) {
  const auto head = load<record::Head>(record);
  if (!head || head->bytes != record.size()) return malformed("a record is cut short");
  if (head->type >= Words<CommandType>::kWords.size()) return malformed("an unknown command");
  Command command{id_of_record(record), static_cast<CommandType>(head->type), {}};
  const record::RecordReader reader(record);
  const bool good = with_command_body(command.type, [&]<class Body>() { return reader.read(command.body.emplace<Body>()); });
  if (!good) return malformed("a record is malformed");
  return command;
}

bool are_whole_records(ByteView bytes) {
  while (!bytes.empty()) {
    const auto record = record::first_record(bytes);
    if (!record) return false;
    bytes = bytes.subspan(record->size());
  }
  return true;
}

}  // namespace vn::engine
