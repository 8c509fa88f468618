// Sends commands to the kernel and reads its answers. Loop thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/command_queue.hh"
#include "engine/messages.hh"
#include "netlink/socket.hh"
#include "netlink/transaction.hh"

namespace vn::engine {

/// Owns the command socket. It is never watched: the kernel works requests off inside sendmsg (netlink_rcv_skb under
/// RTNL), so that every answer lies ready when the call returns.
class CommandWriter {
 public:
  /// Room for the refusals of a whole chunk, so that none is lost; where the system grants less, chunks are shorter.
  static constexpr int kReceiveBufferBytes = 1024 * 1024;

  /// Kernel writes as the kernel takes them, ready to leave.
  class Chunk;

  explicit CommandWriter(netlink::Socket socket);

  /// Takes one chunk of kernel writes from the front of `commands`.
  Chunk prepare(CommandQueue& commands) const;
  /// Sends it, and appends the replies in order: one for each refusal, one for each row of commands that were done.
  void carry_out(Chunk& chunk, std::vector<Event>& replies);
  /// Both, one after the other.
  void run_chunk(CommandQueue& commands, std::vector<Event>& replies);

 private:
  std::optional<Failure> read_answers(netlink::Transaction& transaction);

  netlink::Socket socket_;
  netlink::Receiver receiver_;
  std::size_t max_requests_;
  std::uint32_t next_sequence_ = 1;
};

/// Of the writer that prepared it; carried out once.
class CommandWriter::Chunk {
 private:
  friend class CommandWriter;

  /// A command of the chunk: where its answer will be, or why it was not sent.
  struct Entry {
    Id id = 0;
    const char* operation = "";
    std::size_t slot = 0;
    std::optional<Failure> unsent;
  };

  explicit Chunk(std::size_t max_requests) : transaction_(max_requests) {}
  void fill(CommandQueue& commands);
  std::optional<EngineError> refusal_of(const Entry& entry, const std::optional<Failure>& broken) const;

  netlink::Transaction transaction_;
  std::vector<Entry> entries_;
};

}  // namespace vn::engine
