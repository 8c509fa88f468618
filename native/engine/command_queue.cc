#include "engine/command_queue.hh"

#include "engine/decode_command.hh"

namespace vn::engine {

void CommandQueue::add(ByteBuffer records) {
  if (records.empty()) return;
  bytes_ += records.size();
  blobs_.push_back(std::move(records));
}

ByteView CommandQueue::front_record() const {
  const ByteView rest = tail(blobs_.front(), offset_);
  return record::first_record(rest).value_or(rest);
}

const CommandQueue::Next& CommandQueue::front() {
  if (!next_) {
    const ByteView record = front_record();
    next_.emplace(Next{id_of_record(record), decode_command(record)});
  }
  return *next_;
}

void CommandQueue::pop() {
  const std::size_t length = front_record().size();
  next_.reset();
  offset_ += length;
  bytes_ -= length;
  if (offset_ < blobs_.front().size()) return;
  blobs_.pop_front();
  offset_ = 0;
}

}  // namespace vn::engine
