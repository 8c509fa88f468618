// A netlink socket and the buffers to read it with. Loop thread only.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <linux/netlink.h>

#include <cstdint>
#include <vector>

#include "base/bytes.hh"
#include "base/result.hh"
#include "base/unique_fd.hh"

namespace vn::netlink {

struct SocketOptions {
  /// Bit n-1 stands for multicast group n.
  std::uint32_t groups = 0;
  /// 0: the system's default.
  int receive_buffer_bytes = 0;
  /// Messages whose payload begins with this byte, the address family of every rtnetlink struct, are dropped in the kernel
  /// and wake nobody. 0: none.
  std::uint8_t drop_family = 0;
  int protocol = NETLINK_ROUTE;
};

/// Owns one netlink socket, non-blocking, in the namespace of the thread that opened it.
class Socket {
 public:
  static Result<Socket> open(const SocketOptions& options);
  /// Takes a socket made elsewhere (a socketpair with scripted bytes); its datagrams need not come from the kernel.
  static Socket adopt(UniqueFd fd);

  int fd() const { return fd_.get(); }
  bool from_kernel_only() const { return from_kernel_only_; }
  /// What the kernel made of the wish (twice the figure, at most its own limit).
  int receive_buffer_bytes() const;
  Status send(ByteView bytes) const;
  /// Hears a multicast group from now on, by its number; that of a family of generic netlink may be beyond 32.
  Status join(std::uint32_t group) const;

 private:
  Socket(UniqueFd fd, bool from_kernel_only) : fd_(std::move(fd)), from_kernel_only_(from_kernel_only) {}

  UniqueFd fd_;
  bool from_kernel_only_;
};

/// Reads several datagrams with one recvmmsg; owns their buffers. Views are valid until the next receive().
class Receiver {
 public:
  Receiver(std::size_t datagrams, std::size_t bytes_each);
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  /// How many datagrams were read; 0 where none is queued. ENOBUFS says that the kernel dropped some. Always of one socket,
  /// or of one kind of them.
  Result<std::size_t> receive(const Socket& socket) { return receive(socket, headers_.size()); }
  /// As receive(), but at most so many. Who knows how many will come saves the look for another.
  Result<std::size_t> receive(const Socket& socket, std::size_t most);

  /// The bytes of one; empty where another process sent it.
  ByteView datagram(std::size_t index) const;
  /// True where it was longer than its buffer: its end is lost.
  bool truncated(std::size_t index) const;

 private:
  std::size_t bytes_each_;
  /// From one buffer to the next.
  std::size_t stride_;
  ByteBuffer storage_;
  std::vector<iovec> vectors_;
  std::vector<sockaddr_nl> senders_;
  std::vector<mmsghdr> headers_;
  /// The first so many headers were written to since they were set up.
  std::size_t used_;
  bool from_kernel_only_ = true;
};

}  // namespace vn::netlink
