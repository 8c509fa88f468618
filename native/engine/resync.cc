#include "engine/resync.hh"

#include <utility>

namespace vn::engine {

void Resync::request(ResyncWhat what, std::optional<Id> id) {
  if (!wanted_ || what == ResyncWhat::kAll) wanted_ = what;
  if (id) waiting_.push_back(*id);
}

double Resync::due_ms() const {
  if (!wanted_ || reading_) return std::numeric_limits<double>::infinity();
  return not_before_ms_;
}

ResyncWhat Resync::begin() {
  const ResyncWhat what = wanted_.value_or(ResyncWhat::kAll);
  wanted_.reset();
  reading_ = true;
  answered_by_this_ = std::exchange(waiting_, {});
  return what;
}

std::vector<Id> Resync::end(double now_ms) {
  reading_ = false;
  not_before_ms_ = now_ms + interval_ms_;
  return std::exchange(answered_by_this_, {});
}

}  // namespace vn::engine
