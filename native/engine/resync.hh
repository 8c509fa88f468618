// When to dump: requests coalesced, at most one snapshot in an interval. Pure: time is an argument.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "engine/messages.hh"

namespace vn::engine {

/// Loop thread. A request that comes while a snapshot is read waits for the next one: the running one may have passed its object.
class Resync {
 public:
  explicit Resync(double interval_ms) : interval_ms_(interval_ms) {}

  /// `id`: the command to be answered when a snapshot that began after it has ended; none for the engine's own.
  void request(ResyncWhat what, std::optional<Id> id);
  /// When begin() may be called; infinity where nothing is asked or a snapshot is being read.
  double due_ms() const;
  /// What to dump now. Only when due.
  ResyncWhat begin();
  bool reading() const { return reading_; }
  /// Commands that wait for a snapshot which has not begun.
  std::size_t waiting() const { return waiting_.size(); }
  /// The snapshot has ended: the commands it answers. The interval runs from here, so that long dumps leave a pause.
  std::vector<Id> end(double now_ms);

 private:
  double interval_ms_;
  double not_before_ms_ = 0;
  bool reading_ = false;
  std::optional<ResyncWhat> wanted_;
  std::vector<Id> waiting_;
  std::vector<Id> answered_by_this_;
};

}  // namespace vn::engine
