#include "datagram/device_endpoint.hh"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <utility>

namespace vn::datagram {

Result<DeviceEndpoint> DeviceEndpoint::open(const std::string& path) {
  if (path.empty() || path.front() != '/' || path.find('\0') != std::string::npos) {
    return Failure{EINVAL, "open", "must be an absolute path"};
  }
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  // A socket says ENXIO, as a device without its hardware does.
  if (!fd.valid() && errno == ENXIO) return connect_to(path);
  if (!fd.valid()) return failed("open", path);
  struct stat file {};
  if (fstat(fd.get(), &file) != 0) return failed("fstat", path);
  if (!S_ISCHR(file.st_mode)) return Failure{EINVAL, "open", path + " is no character device"};
  // Two readers would take each other's answers away.
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return Failure{EBUSY, "open", path + " is in use"};
  }
  return DeviceEndpoint(std::move(fd), false);
}

Result<DeviceEndpoint> DeviceEndpoint::connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return Failure{ENXIO, "open", path};
  std::memcpy(address.sun_path, path.data(), path.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return failed("socket(AF_UNIX)");
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return DeviceEndpoint(std::move(fd), true);
  }
  // A device, then: its driver has nothing behind it.
  if (errno == ENOTSOCK || errno == ECONNREFUSED || errno == EPROTOTYPE) return Failure{ENXIO, "open", path};
  return failed("connect", path);
}

Result<SendOutcome> DeviceEndpoint::send(ByteView bytes) {
  if (bytes.size() > kMaxBytes) return Failure{EMSGSIZE, "send", "a message has at most 65536 bytes"};
  while (true) {
    const ssize_t length = is_socket_ ? ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL)
                                      : ::write(fd(), bytes.data(), bytes.size());
    if (length >= 0 && static_cast<std::size_t>(length) == bytes.size()) return SendOutcome::kSent;
    // Drivers cut what is longer than their buffer.
    if (length >= 0) return Failure{EMSGSIZE, "send", "the device took only the beginning"};
    switch (errno) {
      case EINTR: break;
      case EAGAIN: return SendOutcome::kFull;
      case ENODEV:
      case ENXIO:
      case EIO:
      case EPIPE:
      case ESHUTDOWN:
      case ECONNRESET:
      case ENOTCONN: return SendOutcome::kPeerGone;
      default: return failed("write");
    }
  }
}

Result<std::optional<Received>> DeviceEndpoint::receive() {
  Received received;
  received.bytes.resize(kMaxBytes);
  while (true) {
    const ssize_t length = ::read(fd(), received.bytes.data(), received.bytes.size());
    if (length == 0) return Failure{ENODEV, "read", "the device has ended"};
    if (length > 0) {
      received.truncated = static_cast<std::size_t>(length) == kMaxBytes;
      received.bytes.resize(static_cast<std::size_t>(length));
      received.bytes.shrink_to_fit();
      return std::optional<Received>{std::move(received)};
    }
    if (errno == EAGAIN) return std::optional<Received>{};
    if (errno != EINTR) return failed("read");
  }
}

}  // namespace vn::datagram
