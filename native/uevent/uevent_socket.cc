#include "uevent/uevent_socket.hh"

#include <sys/socket.h>
#include <sys/uio.h>

#include <linux/netlink.h>

#include <utility>

namespace vn::uevent {

namespace {

constexpr std::uint32_t kKernelGroup = 1;

}  // namespace

Result<UeventSocket> UeventSocket::open(int receive_buffer_bytes) {
  UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
  if (!fd.valid()) return failed("socket(NETLINK_KOBJECT_UEVENT)");
  if (receive_buffer_bytes > 0) {
    (void)setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  }
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = kKernelGroup;
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return failed("bind(NETLINK_KOBJECT_UEVENT)");
  }
  return UeventSocket(std::move(fd), true);
}

UeventSocket UeventSocket::adopt(UniqueFd fd) { return UeventSocket(std::move(fd), false); }

Result<UeventSocket::Round> UeventSocket::read() {
  sockaddr_nl sender{};
  iovec vector{buffer_.data(), buffer_.size()};
  msghdr header{};
  header.msg_name = from_kernel_only_ ? &sender : nullptr;
  header.msg_namelen = from_kernel_only_ ? sizeof sender : 0;
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  const ssize_t length = recvmsg(fd_.get(), &header, MSG_DONTWAIT);
  Round round;
  if (length < 0) {
    if (errno == EAGAIN) round.empty = true;
    else if (errno == ENOBUFS) round.lost = true;
    else if (errno != EINTR) return failed("recvmsg(NETLINK_KOBJECT_UEVENT)");
    return round;
  }
  // The far end of a socketpair has closed: a datagram of the kernel is never empty.
  if (length == 0) round.empty = true;
  // Any process may send to our port, and root to the group: only port 0 is the kernel, and it sends to group 1 only.
  if (from_kernel_only_ && (sender.nl_pid != 0 || sender.nl_groups != kKernelGroup)) return round;
  if ((header.msg_flags & MSG_TRUNC) != 0) {
    round.lost = true;
    return round;
  }
  auto uevent = decode_uevent(ByteView{buffer_}.first(static_cast<std::size_t>(length)));
  if (uevent.ok()) round.uevent = std::move(uevent.value());
  return round;
}

}  // namespace vn::uevent
