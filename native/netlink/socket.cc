#include "netlink/socket.hh"

#include <linux/filter.h>

#include <algorithm>
#include <iterator>

namespace vn::netlink {

namespace {

/// Buffers at multiples of a page would share the few places that the processor's cache has for such addresses.
constexpr std::size_t kSkewBytes = 320;

/// A kernel without the option answers ENOPROTOOPT: the engine works without, with poorer texts or unfiltered dumps.
void set_if_known(int fd, int option) {
  const int on = 1;
  (void)setsockopt(fd, SOL_NETLINK, option, &on, sizeof on);
}

/// SO_RCVBUFFORCE goes beyond net.core.rmem_max but needs CAP_NET_ADMIN in the first user namespace.
void set_receive_buffer(int fd, int bytes) {
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) == 0) return;
  (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

/// cBPF (socket(7), SO_ATTACH_FILTER). Without it the decoder passes such messages over, at the price of a wake-up.
void drop_messages_of(int fd, std::uint8_t family) {
  constexpr std::uint32_t kWhole = 0xffffffff;
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, sizeof(nlmsghdr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, family, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0),
      BPF_STMT(BPF_RET | BPF_K, kWhole),
  };
  const sock_fprog program{static_cast<unsigned short>(std::size(code)), code};
  (void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

}  // namespace

Result<Socket> Socket::open(const SocketOptions& options) {
  UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, options.protocol));
  if (!fd.valid()) return failed("socket(AF_NETLINK)");
  set_if_known(fd.get(), NETLINK_EXT_ACK);
  set_if_known(fd.get(), NETLINK_CAP_ACK);
  set_if_known(fd.get(), NETLINK_GET_STRICT_CHK);
  if (options.receive_buffer_bytes > 0) set_receive_buffer(fd.get(), options.receive_buffer_bytes);
  if (options.drop_family != 0) drop_messages_of(fd.get(), options.drop_family);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = options.groups;
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return failed("bind(AF_NETLINK)");
  return Socket(std::move(fd), true);
}

Socket Socket::adopt(UniqueFd fd) { return Socket(std::move(fd), false); }

int Socket::receive_buffer_bytes() const {
  int bytes = 0;
  socklen_t length = sizeof bytes;
  return getsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &bytes, &length) == 0 ? bytes : 0;
}

Status Socket::send(ByteView bytes) const {
  while (true) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) return Done{};
    if (errno != EINTR) return failed("send(AF_NETLINK)");
  }
}

Status Socket::join(std::uint32_t group) const {
  if (setsockopt(fd_.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) != 0) return failed("setsockopt(NETLINK_ADD_MEMBERSHIP)");
  return Done{};
}

Receiver::Receiver(std::size_t datagrams, std::size_t bytes_each)
    : bytes_each_(bytes_each),
      stride_(bytes_each + kSkewBytes),
      storage_(datagrams * (bytes_each + kSkewBytes)),
      vectors_(datagrams), senders_(datagrams), headers_(datagrams), used_(datagrams) {
  for (std::size_t i = 0; i < datagrams; ++i) {
    vectors_[i] = {storage_.data() + i * stride_, bytes_each};
    headers_[i].msg_hdr.msg_iov = &vectors_[i];
    headers_[i].msg_hdr.msg_iovlen = 1;
  }
}

Result<std::size_t> Receiver::receive(const Socket& socket, std::size_t most) {
  from_kernel_only_ = socket.from_kernel_only();
  for (std::size_t i = 0; i < used_; ++i) {
    headers_[i].msg_hdr.msg_name = from_kernel_only_ ? &senders_[i] : nullptr;
    headers_[i].msg_hdr.msg_namelen = from_kernel_only_ ? sizeof(sockaddr_nl) : 0;
  }
  const auto room = static_cast<unsigned int>(std::min(most, headers_.size()));
  while (true) {
    const int count = recvmmsg(socket.fd(), headers_.data(), room, MSG_DONTWAIT, nullptr);
    if (count >= 0) return used_ = static_cast<std::size_t>(count);
    if (errno == EAGAIN) return std::size_t{0};
    if (errno != EINTR) return failed("recvmmsg(AF_NETLINK)");
  }
}

ByteView Receiver::datagram(std::size_t index) const {
  // Any process may send to our port: only port 0 is the kernel.
  if (from_kernel_only_ && senders_[index].nl_pid != 0) return {};
  return ByteView{storage_}.subspan(index * stride_, std::min<std::size_t>(headers_[index].msg_len, bytes_each_));
}

bool Receiver::truncated(std::size_t index) const { return (headers_[index].msg_hdr.msg_flags & MSG_TRUNC) != 0; }

}  // namespace vn::netlink
