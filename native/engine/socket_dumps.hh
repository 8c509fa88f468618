// Lists of TCP sockets, asked for by commands and read in the loop's turns. Loop thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hh"
#include "diag/tcp_socket.hh"
#include "engine/endpoint_messages.hh"
#include "engine/event_loop.hh"
#include "engine/source.hh"
#include "netlink/socket.hh"

namespace vn::engine {

/// How a list ended; each command has one.
struct SocketsEnd {
  Id id = 0;
  std::optional<Failure> failure;
  std::vector<diag::TcpSocket> sockets;
};

/// Owns the diagnostics' socket, opened at the first command and again after a failure (the kernel would count the broken
/// dump as running: EBUSY). One list is read at a time.
class SocketDumps {
 public:
  /// A check of each interface asks for one at a time.
  static constexpr std::size_t kMaxWaiting = 256;
  /// About 150 bytes each; a machine has at most a few 10,000.
  static constexpr std::size_t kMaxSockets = 1'000'000;
  /// Parts of 32 KiB, some hundred sockets each; then others have their turn.
  static constexpr int kPartsPerTurn = 4;

  /// `loop` outlives it. The socket is watched with the tag of `source`.
  SocketDumps(EventLoop& loop, Source source) : loop_(loop), source_(source) {}

  void start(Id id, const SocketsRequest& request, std::vector<SocketsEnd>& ends);
  /// Call it when the tag was ready.
  void ready(std::vector<SocketsEnd>& ends);
  /// Ends it without an answer. One that is being read is read to its end, for the kernel knows no other way.
  void cancel(Id id);

 private:
  struct Running {
    Id id;
    diag::TcpSocketFilter filter;
    std::vector<diag::TcpSocket> sockets;
    bool cancelled = false;
  };

  enum class Progress : std::uint8_t { kNothing, kMore, kFinished };

  Status send_request();
  Result<Progress> read_part();
  Result<Progress> take(const netlink::Message& message);
  void begin_next(std::vector<SocketsEnd>& ends);
  void end_family(std::vector<SocketsEnd>& ends);
  void refuse(const Failure& failure, std::vector<SocketsEnd>& ends);

  EventLoop& loop_;
  const Source source_;
  std::optional<netlink::Socket> socket_;
  std::optional<netlink::Receiver> receiver_;
  std::uint32_t sequence_ = 0;
  /// The first one is being read.
  std::deque<Running> running_;
  bool reading_ = false;
};

}  // namespace vn::engine
