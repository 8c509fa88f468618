#include "engine/mailbox.hh"

#include <sys/eventfd.h>

#include <cstdint>
#include <utility>

#include "base/clock.hh"

namespace vn::engine {

namespace {

/// Tells the processor that this is a loop that waits.
void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__ARM_ARCH_7A__)
  __asm__ volatile("yield");
#endif
}

}  // namespace

Mailbox::Mailbox(std::function<void()> doorbell)
    : doorbell_(std::move(doorbell)), wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Mailbox::wake() {
  const std::uint64_t one = 1;
  // Fails only when 2^64 - 2 wakes are unread: then the loop is awake.
  const ssize_t written = write(wake_fd_.get(), &one, sizeof one);
  (void)written;
}

bool Mailbox::send(Parcel parcel) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t bytes = parcel.records.size();
    if (unexecuted_bytes_ + parcels_bytes_ + bytes > kMaxQueuedCommandBytes) return false;
    first = parcels_.empty() && !awake_;
    parcels_bytes_ += bytes;
    parcels_.push_back(std::move(parcel));
  }
  // Behind the lock: a loop that looks out for it takes the lock at once, and would go to sleep for it.
  called_.store(true, std::memory_order_release);
  // Who sent before has woken the loop, and it has not fetched yet.
  if (first) wake();
  return true;
}

void Mailbox::take_events(ByteBuffer& events) {
  events.clear();
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    events.swap(events_);
    ringing_ = false;
    waits = std::exchange(loop_waits_for_room_, false);
  }
  if (waits) wake();
}

void Mailbox::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  called_.store(true, std::memory_order_release);
  wake();
}

void Mailbox::release() { wake_fd_.reset(); }

bool Mailbox::take_commands(std::vector<Parcel>& parcels) {
  std::uint64_t count = 0;
  const ssize_t got = read(wake_fd_.get(), &count, sizeof count);
  (void)got;  // EAGAIN: somebody fetched before
  parcels.clear();
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  parcels.swap(parcels_);
  unexecuted_bytes_ += std::exchange(parcels_bytes_, 0);
  return true;
}

bool Mailbox::await_commands(double ms) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || !parcels_.empty()) return true;
    awake_ = true;
    // The call of a parcel that was fetched already. One that comes later still ends a wait early, and nothing else.
    called_.store(false, std::memory_order_release);
  }
  const double until_ms = now_ms() + ms;
  while (!called_.load(std::memory_order_acquire) && now_ms() < until_ms) relax();
  const std::lock_guard lock(mutex_);
  awake_ = false;
  return stopping_ || !parcels_.empty();
}

void Mailbox::set_unexecuted(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  unexecuted_bytes_ = bytes;
}

bool Mailbox::has_room(std::size_t pending) {
  const std::lock_guard lock(mutex_);
  if (events_.size() + pending < kMaxQueuedEventBytes) return true;
  loop_waits_for_room_ = true;
  return false;
}

void Mailbox::announce() {
  bool ring = false;
  {
    const std::lock_guard lock(mutex_);
    ring = !std::exchange(ringing_, true);
  }
  if (ring) doorbell_();
}

void Mailbox::publish(ByteBuffer& events) {
  if (events.empty()) return;
  bool ring = false;
  {
    const std::lock_guard lock(mutex_);
    if (events_.empty()) events_.swap(events);
    else append_bytes(events_, events);
    ring = !std::exchange(ringing_, true);
  }
  events.clear();
  if (ring) doorbell_();
}

}  // namespace vn::engine
