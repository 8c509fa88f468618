// The socket that the kernel's uevents come by. Loop thread only.
#pragma once

#include <optional>

#include "base/bytes.hh"
#include "base/result.hh"
#include "base/unique_fd.hh"
#include "uevent/uevent.hh"

namespace vn::uevent {

/// Owns one NETLINK_KOBJECT_UEVENT socket on group 1 (the kernel's; udev's own is group 2), and the buffer to read it with.
/// It hears of the links of its network namespace; of other devices only in namespaces of the initial user namespace.
class UeventSocket {
 public:
  /// In the namespace of the calling thread. `receive_buffer_bytes` 0: the system's default.
  static Result<UeventSocket> open(int receive_buffer_bytes);
  /// Takes a socket made elsewhere (a socketpair with scripted bytes); its datagrams need not come from the kernel.
  static UeventSocket adopt(UniqueFd fd);

  int fd() const { return fd_.get(); }

  /// What one read brought.
  struct Round {
    /// Nothing more waits.
    bool empty = false;
    /// One or more were lost: the buffer was full (ENOBUFS), or one was longer than it may be.
    bool lost = false;
    std::optional<Uevent> uevent;
  };
  /// What other senders than the kernel wrote, and what cannot be decoded, is passed over: a round with nothing in it.
  Result<Round> read();

 private:
  UeventSocket(UniqueFd fd, bool from_kernel_only)
      : fd_(std::move(fd)), from_kernel_only_(from_kernel_only), buffer_(kMaxUeventBytes) {}

  UniqueFd fd_;
  bool from_kernel_only_;
  ByteBuffer buffer_;
};

}  // namespace vn::uevent
