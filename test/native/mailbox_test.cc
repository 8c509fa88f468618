#include "engine/mailbox.hh"

#include <poll.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/clock.hh"
#include "records.hh"

using namespace vn;
using namespace vn::engine;

namespace {

ByteBuffer some_events(std::size_t bytes) { return ByteBuffer(bytes); }

Mailbox::Parcel some_commands(std::size_t bytes) { return {ByteBuffer(bytes), false}; }

constexpr double kLongMs = 10'000;
constexpr auto kUntilItWaits = std::chrono::milliseconds(50);

std::size_t take(Mailbox& mailbox) {
  ByteBuffer events;
  mailbox.take_events(events);
  return events.size();
}

bool readable(int fd) {
  pollfd state{fd, POLLIN, 0};
  return poll(&state, 1, 0) == 1;
}

}  // namespace

TEST_CASE("the doorbell rings once until it is answered") {
  int rings = 0;
  Mailbox mailbox([&] { ++rings; });
  for (int i = 0; i < 3; ++i) {
    auto events = some_events(2);
    mailbox.publish(events);
    CHECK(events.empty());
  }
  CHECK(rings == 1);
  CHECK(take(mailbox) == 6);
  CHECK(take(mailbox) == 0);
  auto events = some_events(1);
  mailbox.publish(events);
  CHECK(rings == 2);
}

TEST_CASE("an announced publication rings once, and again where JavaScript came too early") {
  int rings = 0;
  Mailbox mailbox([&] { ++rings; });
  mailbox.announce();
  mailbox.announce();
  CHECK(rings == 1);
  auto events = some_events(3);
  mailbox.publish(events);
  CHECK(rings == 1);
  CHECK(take(mailbox) == 3);
  mailbox.announce();
  CHECK(rings == 2);
  CHECK(take(mailbox) == 0);
  events = some_events(2);
  mailbox.publish(events);
  CHECK(rings == 3);
  CHECK(take(mailbox) == 2);
}

TEST_CASE("nothing to publish rings no bell") {
  int rings = 0;
  Mailbox mailbox([&] { ++rings; });
  ByteBuffer none;
  mailbox.publish(none);
  CHECK(rings == 0);
}

TEST_CASE("commands wake the loop and arrive in order") {
  Mailbox mailbox([] {});
  CHECK_FALSE(readable(mailbox.wake_fd()));
  CHECK(mailbox.send(some_commands(8)));
  CHECK(mailbox.send({ByteBuffer(16), true}));
  CHECK(readable(mailbox.wake_fd()));
  std::vector<Mailbox::Parcel> parcels;
  CHECK(mailbox.take_commands(parcels));
  REQUIRE(parcels.size() == 2);
  CHECK(parcels[0].records.size() == 8);
  CHECK_FALSE(parcels[0].urgent);
  CHECK(parcels[1].records.size() == 16);
  CHECK(parcels[1].urgent);
  CHECK_FALSE(readable(mailbox.wake_fd()));
}

TEST_CASE("too many commands are refused whole") {
  Mailbox mailbox([] {});
  CHECK(mailbox.send(some_commands(Mailbox::kMaxQueuedCommandBytes)));
  CHECK_FALSE(mailbox.send(some_commands(1)));
}

TEST_CASE("commands that the loop has taken count until they are executed") {
  Mailbox mailbox([] {});
  CHECK(mailbox.send(some_commands(Mailbox::kMaxQueuedCommandBytes)));
  std::vector<Mailbox::Parcel> parcels;
  CHECK(mailbox.take_commands(parcels));
  CHECK_FALSE(mailbox.send(some_commands(1)));
  mailbox.set_unexecuted(Mailbox::kMaxQueuedCommandBytes - 1);
  CHECK(mailbox.send(some_commands(1)));
  CHECK_FALSE(mailbox.send(some_commands(1)));
}

TEST_CASE("a released mailbox has no descriptor, and sending to it is harmless") {
  Mailbox mailbox([] {});
  mailbox.release();
  mailbox.release();
  CHECK(mailbox.wake_fd() == -1);
  CHECK(mailbox.send(some_commands(1)));
}

TEST_CASE("a full mailbox wakes the loop when it is emptied, and takes what has reserved space all the same") {
  Mailbox mailbox([] {});
  auto events = some_events(Mailbox::kMaxQueuedEventBytes - 1);
  mailbox.publish(events);
  CHECK(mailbox.has_room(0));
  CHECK_FALSE(mailbox.has_room(1));
  events = some_events(5);
  mailbox.publish(events);
  CHECK_FALSE(readable(mailbox.wake_fd()));
  CHECK(take(mailbox) == Mailbox::kMaxQueuedEventBytes + 4);
  CHECK(readable(mailbox.wake_fd()));
  CHECK(mailbox.has_room(0));
}

TEST_CASE("stop ends the loop, whatever is queued") {
  Mailbox mailbox([] {});
  CHECK(mailbox.send(some_commands(1)));
  mailbox.stop();
  CHECK(readable(mailbox.wake_fd()));
  std::vector<Mailbox::Parcel> parcels;
  CHECK_FALSE(mailbox.take_commands(parcels));
  CHECK(parcels.empty());
}

TEST_CASE("two threads lose nothing between them") {
  constexpr int kRounds = 2'000;
  std::atomic<int> rings{0};
  Mailbox mailbox([&] { ++rings; });
  std::thread loop([&] {
    for (int i = 0; i < kRounds; ++i) {
      auto events = some_events(3);
      mailbox.publish(events);
    }
  });
  std::size_t taken = 0;
  while (taken < kRounds * 3) taken += take(mailbox);
  loop.join();
  CHECK(taken == kRounds * 3);
  CHECK(rings <= kRounds);
}

TEST_CASE("who sends to a loop that waits awake need not wake it") {
  bool woken = true;
  // On a loaded machine the loop may not wait yet when something is sent: then it is woken, and rightly.
  for (int tries = 0; woken && tries < 20; ++tries) {
    Mailbox mailbox([] {});
    std::atomic<bool> answered = false;
    std::thread loop([&] { answered = mailbox.await_commands(kLongMs); });
    std::this_thread::sleep_for(kUntilItWaits);
    const double sent_ms = now_ms();
    CHECK(mailbox.send(some_commands(8)));
    loop.join();
    CHECK(answered);
    CHECK(now_ms() - sent_ms < kLongMs / 2);
    woken = readable(mailbox.wake_fd());
    std::vector<Mailbox::Parcel> parcels;
    CHECK(mailbox.take_commands(parcels));
    CHECK(parcels.size() == 1);
  }
  CHECK_FALSE(woken);
}

TEST_CASE("what was fetched before does not cut a wait short") {
  Mailbox mailbox([] {});
  CHECK(mailbox.send(some_commands(8)));
  std::vector<Mailbox::Parcel> parcels;
  CHECK(mailbox.take_commands(parcels));
  const double began_ms = now_ms();
  CHECK_FALSE(mailbox.await_commands(20));
  CHECK(now_ms() - began_ms >= 20);
}

TEST_CASE("the end ends a wait at once") {
  Mailbox mailbox([] {});
  std::atomic<bool> answered = false;
  std::thread loop([&] { answered = mailbox.await_commands(kLongMs); });
  std::this_thread::sleep_for(kUntilItWaits);
  const double stopped_ms = now_ms();
  mailbox.stop();
  loop.join();
  CHECK(answered);
  CHECK(now_ms() - stopped_ms < kLongMs / 2);
}

TEST_CASE("a wait that nobody answers ends, and who sends behind it wakes the loop") {
  Mailbox mailbox([] {});
  CHECK_FALSE(mailbox.await_commands(0.05));
  CHECK(mailbox.send(some_commands(8)));
  CHECK(readable(mailbox.wake_fd()));
}

TEST_CASE("what is there already is not waited for, and neither is the end") {
  Mailbox mailbox([] {});
  CHECK(mailbox.send(some_commands(8)));
  CHECK(mailbox.await_commands(10'000));
  std::vector<Mailbox::Parcel> parcels;
  CHECK(mailbox.take_commands(parcels));
  CHECK_FALSE(mailbox.await_commands(0.05));
  mailbox.stop();
  CHECK(mailbox.await_commands(10'000));
}
