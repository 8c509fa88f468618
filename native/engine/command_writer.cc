#include "engine/command_writer.hh"

#include <algorithm>

#include "base/clock.hh"
#include "base/errno_name.hh"
#include "engine/encode_command.hh"
#include "engine/message_fields.hh"

namespace vn::engine {

namespace {

/// An ACK has 36 bytes and a text of at most a few hundred.
constexpr std::size_t kAnswerBytes = 4 * 1024;
constexpr std::size_t kAnswersPerRead = 32;
/// What the receive buffer counts for one refusal with a long text (struct sk_buff and its data; 832 with a short one).
constexpr std::size_t kRefusalBufferBytes = 1280;

void append_done(Id id, std::vector<Event>& replies) {
  if (!replies.empty()) {
    auto* row = std::get_if<CommandsDone>(&replies.back().body);
    if (row != nullptr && row->first_id + row->count == id) {
      ++row->count;
      return;
    }
  }
  replies.push_back({EventType::kDone, now_ms(), CommandsDone{id, 1}});
}

}  // namespace

/// Takes commands while they fit.
void CommandWriter::Chunk::fill(CommandQueue& commands) {
  while (!commands.empty()) {
    const auto& next = commands.front();
    Entry entry{next.id, "decode command", 0, std::nullopt};
    if (!next.command.ok()) {
      entry.unsent = next.command.failure();
    } else {
      const Command& command = next.command.value();
      if (!is_kernel_write(command.type)) break;
      entry.operation = word_of(command.type);
      const auto request = encode_command(command);
      if (!request.ok()) {
        entry.unsent = request.failure();
      } else {
        if (!transaction_.has_room_for(request.value())) break;
        entry.slot = transaction_.add(request.value());
      }
    }
    entries_.push_back(std::move(entry));
    commands.pop();
  }
  transaction_.seal();
}

/// Nothing where the command was done.
std::optional<EngineError> CommandWriter::Chunk::refusal_of(const Entry& entry, const std::optional<Failure>& broken) const {
  if (entry.unsent) return to_engine_error(*entry.unsent, entry.operation);
  const auto& answer = transaction_.answer(entry.slot);
  // What the kernel said counts, whatever else went wrong; its silence counts only where nothing did.
  if (!answer && (broken || !transaction_.complete())) {
    return to_engine_error(broken.value_or(Failure{EIO, "", "the kernel did not answer"}), entry.operation);
  }
  if (!answer || answer->error_number == 0) return std::nullopt;
  return EngineError{answer->error_number, errno_name(answer->error_number), entry.operation, answer->text};
}

CommandWriter::CommandWriter(netlink::Socket socket)
    : socket_(std::move(socket)),
      receiver_(kAnswersPerRead, kAnswerBytes),
      max_requests_(std::max<std::size_t>(1, static_cast<std::size_t>(socket_.receive_buffer_bytes()) / kRefusalBufferBytes)) {}

CommandWriter::Chunk CommandWriter::prepare(CommandQueue& commands) const {
  Chunk chunk(max_requests_);
  chunk.fill(commands);
  return chunk;
}

void CommandWriter::carry_out(Chunk& chunk, std::vector<Event>& replies) {
  netlink::Transaction& transaction = chunk.transaction_;
  transaction.number(next_sequence_);
  next_sequence_ += static_cast<std::uint32_t>(transaction.size());
  std::optional<Failure> broken;
  if (transaction.size() > 0) {
    const Status sent = socket_.send(transaction.bytes());
    broken = sent.ok() ? read_answers(transaction) : sent.failure();
  }
  for (const Chunk::Entry& entry : chunk.entries_) {
    if (auto refusal = chunk.refusal_of(entry, broken)) {
      replies.push_back(make_refusal(entry.id, std::move(*refusal)));
    } else {
      append_done(entry.id, replies);
    }
  }
}

void CommandWriter::run_chunk(CommandQueue& commands, std::vector<Event>& replies) {
  Chunk chunk = prepare(commands);
  carry_out(chunk, replies);
}

/// Nothing, or why answers may be missing. ENOBUFS comes before the answers that did fit, so reading goes on behind it.
std::optional<Failure> CommandWriter::read_answers(netlink::Transaction& transaction) {
  std::optional<Failure> broken;
  while (!transaction.complete()) {
    const auto count = receiver_.receive(socket_, transaction.size());
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
  return broken;
}

}  // namespace vn::engine
