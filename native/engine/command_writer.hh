// Sends commands to the kernel and reads its answers. Loop thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "engine/messages.hh"
#include "netlink/socket.hh"
#include "netlink/transaction.hh"

namespace vn::engine {

/// Owns the command socket. It is never watched: the kernel works requests off inside sendmsg (netlink_rcv_skb under
/// RTNL), so that every answer lies ready when the call returns.
class CommandWriter {
 public:
  explicit CommandWriter(netlink::Socket socket);

  /// Takes one chunk of kernel writes from the front of `commands`, and appends one reply a command, in their order.
  void run_chunk(std::deque<Command>& commands, std::vector<Event>& replies);

 private:
  std::optional<Failure> read_answers(netlink::Transaction& transaction);

  netlink::Socket socket_;
  netlink::Receiver receiver_;
  std::uint32_t next_sequence_ = 1;
};

}  // namespace vn::engine
