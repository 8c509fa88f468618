// Against the kernel: links are deleted that cannot be there, so nothing changes and no rights are needed.
#include "engine/command_writer.hh"

#include "records.hh"

using namespace vn;
using namespace vn::check;
using namespace vn::engine;

namespace {

/// Nothing has so high an index: the kernel says ENODEV, or EPERM to who may not.
constexpr std::uint32_t kNoLink = 0x7fffffff;

CommandQueue deletions(std::size_t count) {
  std::vector<Command> commands;
  for (std::size_t i = 0; i < count; ++i) commands.push_back({i + 1, CommandType::kDeleteLink, rtnl::DeleteLink{kNoLink}});
  return queue_of(commands);
}

/// 0 where the kernel did it.
int error_number(const Event& event) {
  const auto* reply = std::get_if<Reply>(&event.body);
  return reply != nullptr && reply->error ? reply->error->error_number : 0;
}

bool is_refusal(const Event& event) { return error_number(event) == ENODEV || error_number(event) == EPERM; }

/// A writer whose socket has room for so many bytes of answers.
CommandWriter writer_with(int receive_buffer_bytes) {
  auto socket = netlink::Socket::open({0, receive_buffer_bytes});
  REQUIRE(socket.ok());
  return CommandWriter(std::move(socket.value()));
}

}  // namespace

TEST_CASE("a chunk is as long as the refusals that the socket has room for, and none is lost") {
  for (const int receive_buffer_bytes : {4096, 32 * 1024, CommandWriter::kReceiveBufferBytes}) {
    CommandWriter writer = writer_with(receive_buffer_bytes);
    constexpr std::size_t kCommands = 600;
    CommandQueue commands = deletions(kCommands);
    std::vector<Event> replies;
    std::size_t chunks = 0;
    for (; !commands.empty(); ++chunks) writer.run_chunk(commands, replies);
    REQUIRE(replies.size() == kCommands);
    for (std::size_t i = 0; i < kCommands; ++i) {
      CHECK(std::get_if<Reply>(&replies[i].body)->id == i + 1);
      CHECK(is_refusal(replies[i]));
    }
    if (receive_buffer_bytes == 4096) CHECK(chunks > 50);
    if (receive_buffer_bytes == CommandWriter::kReceiveBufferBytes) CHECK(chunks < 10);
  }
}

TEST_CASE("a command that cannot be encoded is refused in its place, and those around it are sent") {
  CommandWriter writer = writer_with(32 * 1024);
  rtnl::SetLink nameless;
  nameless.ifindex = kNoLink;
  nameless.name = "a-name-that-is-too-long";
  CommandQueue commands = queue_of({{1, CommandType::kDeleteLink, rtnl::DeleteLink{kNoLink}},
                                    {2, CommandType::kSetLink, nameless},
                                    {3, CommandType::kDeleteLink, rtnl::DeleteLink{kNoLink}}});
  std::vector<Event> replies;
  writer.run_chunk(commands, replies);
  REQUIRE(replies.size() == 3);
  CHECK(is_refusal(replies[0]));
  CHECK(error_number(replies[1]) == EINVAL);
  CHECK(is_refusal(replies[2]));
}

TEST_CASE("a chunk ends before what is not for the kernel") {
  CommandWriter writer = writer_with(32 * 1024);
  CommandQueue commands = queue_of({{1, CommandType::kDeleteLink, rtnl::DeleteLink{kNoLink}}, {2, CommandType::kCancel, Cancel{9}}});
  std::vector<Event> replies;
  writer.run_chunk(commands, replies);
  CHECK(replies.size() == 1);
  REQUIRE_FALSE(commands.empty());
  CHECK(commands.front().id == 2);
}
