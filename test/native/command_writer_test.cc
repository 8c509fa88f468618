// Against the kernel: links are deleted that cannot be there, so nothing changes and no rights are needed.
#include "engine/command_writer.hh"

#include "check.hh"

using namespace vn;
using namespace vn::engine;

namespace {

/// Nothing has so high an index: the kernel says ENODEV, or EPERM to who may not.
constexpr std::uint32_t kNoLink = 0x7fffffff;

std::deque<Command> deletions(std::size_t count) {
  std::deque<Command> commands;
  for (std::size_t i = 0; i < count; ++i) commands.push_back({i + 1, CommandType::kDeleteLink, rtnl::DeleteLink{kNoLink}});
  return commands;
}

int error_number(const Event& event) { return std::get_if<Reply>(&event.body)->error->error_number; }

}  // namespace

TEST_CASE("when the kernel had no room for all answers, those that came count") {
  constexpr std::size_t kCommands = 100;
  auto socket = netlink::Socket::open({0, 4096});  // a dozen answers
  REQUIRE(socket.ok());
  CommandWriter writer(std::move(socket.value()));
  std::deque<Command> commands = deletions(kCommands);
  std::vector<Event> replies;
  writer.run_chunk(commands, replies);
  CHECK(commands.empty());
  REQUIRE(replies.size() == kCommands);
  CHECK((error_number(replies.front()) == ENODEV || error_number(replies.front()) == EPERM));
  CHECK(error_number(replies.back()) == ENOBUFS);
  for (std::size_t i = 0; i < kCommands; ++i) CHECK(std::get_if<Reply>(&replies[i].body)->id == i + 1);
}

TEST_CASE("the chunk after a loss is answered whole") {
  auto socket = netlink::Socket::open({0, 4096});
  REQUIRE(socket.ok());
  CommandWriter writer(std::move(socket.value()));
  std::deque<Command> commands = deletions(100);
  std::vector<Event> replies;
  writer.run_chunk(commands, replies);
  commands = deletions(2);
  replies.clear();
  writer.run_chunk(commands, replies);
  REQUIRE(replies.size() == 2);
  for (const Event& reply : replies) CHECK(error_number(reply) != ENOBUFS);
}
