#include "engine/command_writer.hh"

#include "base/errno_name.hh"
#include "engine/encode_command.hh"
#include "engine/message_fields.hh"

namespace vn::engine {

namespace {

/// An ACK has 36 bytes and a text of at most a few hundred.
constexpr std::size_t kAnswerBytes = 4 * 1024;
constexpr std::size_t kAnswersPerRead = 32;

/// A command of the chunk: where its answer will be, or why it was not sent.
struct Entry {
  Id id = 0;
  CommandType type = CommandType::kSetLink;
  std::size_t slot = 0;
  std::optional<Failure> unsent;
};

/// Takes commands while they fit.
std::vector<Entry> fill(netlink::Transaction& transaction, std::deque<Command>& commands) {
  std::vector<Entry> entries;
  while (!commands.empty() && is_kernel_write(commands.front().type) && entries.size() < netlink::Transaction::kMaxRequests) {
    const Command& command = commands.front();
    Entry entry{command.id, command.type, 0, std::nullopt};
    auto request = encode_command(command);
    if (!request.ok()) {
      entry.unsent = request.failure();
    } else {
      if (!transaction.has_room_for(request.value())) break;
      entry.slot = transaction.add(std::move(request.value()));
    }
    entries.push_back(std::move(entry));
    commands.pop_front();
  }
  return entries;
}

Event make_answer(const Entry& entry, const netlink::Transaction& transaction, const std::optional<Failure>& broken) {
  const char* operation = word_of(entry.type);
  if (entry.unsent) return make_refusal(entry.id, to_engine_error(*entry.unsent, operation));
  const auto& answer = transaction.answer(entry.slot);
  if (!answer) {
    return make_refusal(entry.id, to_engine_error(broken.value_or(Failure{EIO, "", "the kernel did not answer"}), operation));
  }
  if (answer->error_number == 0) return make_reply(entry.id);
  return make_refusal(entry.id, {answer->error_number, errno_name(answer->error_number), operation, answer->text});
}

}  // namespace

CommandWriter::CommandWriter(netlink::Socket socket) : socket_(std::move(socket)), receiver_(kAnswersPerRead, kAnswerBytes) {}

void CommandWriter::run_chunk(std::deque<Command>& commands, std::vector<Event>& replies) {
  netlink::Transaction transaction(next_sequence_);
  const std::vector<Entry> entries = fill(transaction, commands);
  next_sequence_ += static_cast<std::uint32_t>(transaction.size());
  std::optional<Failure> broken;
  if (transaction.size() > 0) {
    const Status sent = socket_.send(transaction.bytes());
    broken = sent.ok() ? read_answers(transaction) : sent.failure();
  }
  for (const Entry& entry : entries) replies.push_back(make_answer(entry, transaction, broken));
}

/// Nothing, or why answers are missing. ENOBUFS comes before the answers that did fit, so reading goes on behind it.
std::optional<Failure> CommandWriter::read_answers(netlink::Transaction& transaction) {
  std::optional<Failure> broken;
  while (!transaction.complete()) {
    const auto count = receiver_.receive(socket_);
    if (!count.ok()) {
      broken = count.failure();
      if (broken->error_number != ENOBUFS) return broken;
      continue;
    }
    if (count.value() == 0) return broken.value_or(Failure{EIO, "receive", "the kernel did not answer"});
    for (std::size_t i = 0; i < count.value(); ++i) {
      netlink::MessageReader reader(receiver_.datagram(i));
      while (const auto message = reader.next()) transaction.receive(*message);
    }
  }
  return std::nullopt;
}

}  // namespace vn::engine
