#include "engine/mailbox.hh"

#include <poll.h>

#include <atomic>
#include <thread>

#include "check.hh"

using namespace vn::engine;

namespace {

std::vector<Event> some_events(std::size_t count) { return std::vector<Event>(count); }

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
  CHECK(mailbox.take_events().size() == 6);
  CHECK(mailbox.take_events().empty());
  auto events = some_events(1);
  mailbox.publish(events);
  CHECK(rings == 2);
}

TEST_CASE("nothing to publish rings no bell") {
  int rings = 0;
  Mailbox mailbox([&] { ++rings; });
  std::vector<Event> none;
  mailbox.publish(none);
  CHECK(rings == 0);
}

TEST_CASE("commands wake the loop and arrive in order") {
  Mailbox mailbox([] {});
  CHECK_FALSE(readable(mailbox.wake_fd()));
  CHECK(mailbox.send({Command{1, CommandType::kCancel, Cancel{}}, Command{2, CommandType::kCancel, Cancel{}}}));
  CHECK(mailbox.send({Command{3, CommandType::kCancel, Cancel{}}}));
  CHECK(readable(mailbox.wake_fd()));
  std::deque<Command> commands;
  CHECK(mailbox.take_commands(commands));
  REQUIRE(commands.size() == 3);
  CHECK(commands[0].id == 1);
  CHECK(commands[2].id == 3);
  CHECK_FALSE(readable(mailbox.wake_fd()));
}

TEST_CASE("too many commands are refused whole") {
  Mailbox mailbox([] {});
  CHECK(mailbox.send(std::vector<Command>(Mailbox::kMaxQueuedCommands)));
  CHECK_FALSE(mailbox.send(std::vector<Command>(1)));
}

TEST_CASE("commands that the loop has taken count until they are executed") {
  Mailbox mailbox([] {});
  CHECK(mailbox.send(std::vector<Command>(Mailbox::kMaxQueuedCommands)));
  std::deque<Command> commands;
  CHECK(mailbox.take_commands(commands));
  CHECK_FALSE(mailbox.send(std::vector<Command>(1)));
  mailbox.set_unexecuted(commands.size() - 1);
  CHECK(mailbox.send(std::vector<Command>(1)));
  CHECK_FALSE(mailbox.send(std::vector<Command>(1)));
}

TEST_CASE("a released mailbox has no descriptor, and sending to it is harmless") {
  Mailbox mailbox([] {});
  mailbox.release();
  mailbox.release();
  CHECK(mailbox.wake_fd() == -1);
  CHECK(mailbox.send(std::vector<Command>(1)));
}

TEST_CASE("a full mailbox wakes the loop when it is emptied, and takes what has reserved space all the same") {
  Mailbox mailbox([] {});
  auto events = some_events(Mailbox::kMaxQueuedEvents - 1);
  mailbox.publish(events);
  CHECK(mailbox.has_room(0));
  CHECK_FALSE(mailbox.has_room(1));
  events = some_events(5);
  mailbox.publish(events);
  CHECK_FALSE(readable(mailbox.wake_fd()));
  CHECK(mailbox.take_events().size() == Mailbox::kMaxQueuedEvents + 4);
  CHECK(readable(mailbox.wake_fd()));
  CHECK(mailbox.has_room(0));
}

TEST_CASE("stop ends the loop, whatever is queued") {
  Mailbox mailbox([] {});
  CHECK(mailbox.send(std::vector<Command>(1)));
  mailbox.stop();
  CHECK(readable(mailbox.wake_fd()));
  std::deque<Command> commands;
  CHECK_FALSE(mailbox.take_commands(commands));
  CHECK(commands.empty());
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
  while (taken < kRounds * 3) taken += mailbox.take_events().size();
  loop.join();
  CHECK(taken == kRounds * 3);
  CHECK(rings <= kRounds);
}
