// Commands that wait for their turn: as records, decoded one at a time. Loop thread only.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "engine/messages.hh"

namespace vn::engine {

/// First in, first out. Owns the bytes.
class CommandQueue {
 public:
  /// `records`: whole records, one behind the other (are_whole_records).
  void add(ByteBuffer records);

  bool empty() const { return blobs_.empty(); }
  std::size_t bytes() const { return bytes_; }

  /// The next command; its id and the failure where its record is malformed. Only when not empty; valid until pop().
  struct Next {
    Id id = 0;
    Result<Command> command;
  };
  const Next& front();
  void pop();

 private:
  ByteView front_record() const;

  std::deque<ByteBuffer> blobs_;
  std::size_t offset_ = 0;
  std::size_t bytes_ = 0;
  std::optional<Next> next_;
};

}  // namespace vn::engine
