#include "probe/tcp_probe.hh"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace vn::probe {

namespace {

Verdict judge(int error_number) {
  switch (error_number) {
    // Reset or closed behind a finished handshake, before anybody looked (a reset of the attempt itself is ECONNREFUSED):
    // the host answered.
    case ECONNRESET:
    case EPIPE:
    case 0: return {Outcome::kConnected, 0};
    case ECONNREFUSED: return {Outcome::kRefused, error_number};
    case ETIMEDOUT: return {Outcome::kTimeout, error_number};
    default: return {Outcome::kUnreachable, error_number};
  }
}

/// Returns the length used.
socklen_t fill_address(const Target& target, sockaddr_storage& storage) {
  const ByteView bytes = target.address.bytes();
  if (target.address.family == Family::kIpv4) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(target.port);
    std::memcpy(&address.sin_addr, bytes.data(), bytes.size());
    std::memcpy(&storage, &address, sizeof address);
    return sizeof address;
  }
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(target.port);
  std::memcpy(&address.sin6_addr, bytes.data(), bytes.size());
  std::memcpy(&storage, &address, sizeof address);
  return sizeof address;
}

/// 0, or the errno of the step that failed.
int connect_socket(int fd, const Target& target) {
  const linger reset{1, 0};
  (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  if (target.ifname) {
    const auto length = static_cast<socklen_t>(target.ifname->size());
    if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, target.ifname->c_str(), length) != 0) return errno;
  }
  sockaddr_storage storage{};
  const socklen_t length = fill_address(target, storage);
  return connect(fd, reinterpret_cast<const sockaddr*>(&storage), length) == 0 ? 0 : errno;
}

}  // namespace

TcpProbe TcpProbe::start(const Target& target) {
  TcpProbe probe;
  probe.fd_ = UniqueFd(::socket(to_af(target.address.family), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
  const int error_number = probe.fd_.valid() ? connect_socket(probe.fd_.get(), target) : errno;
  if (error_number != EINPROGRESS) {
    probe.verdict_ = judge(error_number);
    probe.fd_.reset();
  }
  return probe;
}

Verdict TcpProbe::conclude() {
  if (verdict_) return *verdict_;
  int error_number = 0;
  socklen_t length = sizeof error_number;
  if (getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error_number, &length) != 0) error_number = errno;
  verdict_ = judge(error_number);
  fd_.reset();
  return *verdict_;
}

std::optional<Verdict> TcpProbe::finish() {
  if (verdict_) return verdict_;
  pollfd state{fd_.get(), POLLOUT, 0};
  if (poll(&state, 1, 0) <= 0) return std::nullopt;
  return conclude();
}

}  // namespace vn::probe
