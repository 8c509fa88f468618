#include "engine/uevents.hh"

#include <utility>

namespace vn::engine {

Result<Uevents> Uevents::open(EventLoop& loop, Source source, uevent::UeventSocket socket) {
  Uevents uevents(loop, source, std::move(socket));
  const Status watched = uevents.set_reading(true);
  if (!watched.ok()) return watched.failure();
  return uevents;
}

Result<Uevents::Round> Uevents::read() {
  Round round;
  for (int i = 0; i < kReadsPerTurn; ++i) {
    auto one = socket_.read();
    if (!one.ok()) return one.failure();
    if (one.value().empty) break;
    if (one.value().lost) round.lost = true;
    if (one.value().uevent) round.uevents.push_back(std::move(*one.value().uevent));
  }
  return round;
}

Status Uevents::set_reading(bool on) {
  if (watched_ == on) return Done{};
  watched_ = on;
  if (on) return loop_->watch(socket_.fd(), EPOLLIN, make_tag(source_));
  loop_->unwatch(socket_.fd());
  return Done{};
}

}  // namespace vn::engine
