#include "engine/mailbox.hh"

#include <sys/eventfd.h>

#include <cstdint>
#include <iterator>
#include <utility>

namespace vn::engine {

Mailbox::Mailbox(std::function<void()> doorbell)
    : doorbell_(std::move(doorbell)), wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Mailbox::wake() {
  const std::uint64_t one = 1;
  // Fails only when 2^64 - 2 wakes are unread: then the loop is awake.
  const ssize_t written = write(wake_fd_.get(), &one, sizeof one);
  (void)written;
}

bool Mailbox::send(std::vector<Command> commands) {
  {
    const std::lock_guard lock(mutex_);
    if (unexecuted_ + commands_.size() + commands.size() > kMaxQueuedCommands) return false;
    if (commands_.empty()) commands_ = std::move(commands);
    else commands_.insert(commands_.end(), std::make_move_iterator(commands.begin()), std::make_move_iterator(commands.end()));
  }
  wake();
  return true;
}

std::vector<Event> Mailbox::take_events() {
  std::vector<Event> events;
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    events.swap(events_);
    ringing_ = false;
    waits = std::exchange(loop_waits_for_room_, false);
  }
  if (waits) wake();
  return events;
}

void Mailbox::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
}

void Mailbox::release() { wake_fd_.reset(); }

bool Mailbox::take_commands(std::deque<Command>& commands) {
  std::uint64_t count = 0;
  const ssize_t got = read(wake_fd_.get(), &count, sizeof count);
  (void)got;  // EAGAIN: somebody fetched before
  std::vector<Command> taken;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    taken.swap(commands_);
    unexecuted_ += taken.size();
  }
  for (Command& command : taken) commands.push_back(std::move(command));
  return true;
}

void Mailbox::set_unexecuted(std::size_t count) {
  const std::lock_guard lock(mutex_);
  unexecuted_ = count;
}

bool Mailbox::has_room(std::size_t pending) {
  const std::lock_guard lock(mutex_);
  if (events_.size() + pending < kMaxQueuedEvents) return true;
  loop_waits_for_room_ = true;
  return false;
}

void Mailbox::publish(std::vector<Event>& events) {
  if (events.empty()) return;
  bool ring = false;
  {
    const std::lock_guard lock(mutex_);
    if (events_.empty()) events_.swap(events);
    else events_.insert(events_.end(), std::make_move_iterator(events.begin()), std::make_move_iterator(events.end()));
    ring = !std::exchange(ringing_, true);
  }
  events.clear();
  if (ring) doorbell_();
}

}  // namespace vn::engine
