#include "datagram/unix_endpoint.hh"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <utility>

namespace vn::datagram {

namespace {

struct UnixAddress {
  sockaddr_un address{};
  socklen_t length = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

bool is_path(const std::string& name) { return name.front() == '/'; }

Result<UnixAddress> to_address(const std::string& name) {
  UnixAddress result;
  result.address.sun_family = AF_UNIX;
  if (name.size() < 2 || (name.front() != '/' && name.front() != '@')) {
    return Failure{EINVAL, "unix name", "must be an absolute path, or '@' and a name"};
  }
  // A path needs its NUL, and an abstract name begins with one: both leave 107 bytes to name.
  if (name.size() >= sizeof result.address.sun_path) return Failure{ENAMETOOLONG, "unix name", name};
  if (name.find('\0') != std::string::npos) return Failure{EINVAL, "unix name", "must have no NUL"};
  std::memcpy(result.address.sun_path, name.data(), name.size());
  if (!is_path(name)) result.address.sun_path[0] = '\0';
  // The length of an abstract name is part of it (unix(7)): no NUL behind it.
  const std::size_t length = offsetof(sockaddr_un, sun_path) + name.size() + (is_path(name) ? 1 : 0);
  result.length = static_cast<socklen_t>(length);
  return result;
}

UniqueFd open_socket() { return UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

/// Takes away a socket's file behind which nobody is: then alone connect says ECONNREFUSED. Other files stay.
void remove_stale(const std::string& path, const UnixAddress& address) {
  struct stat file {};
  if (lstat(path.c_str(), &file) != 0 || !S_ISSOCK(file.st_mode)) return;
  const UniqueFd trial = open_socket();
  if (!trial.valid() || connect(trial.get(), address.get(), address.length) == 0 || errno != ECONNREFUSED) return;
  (void)unlink(path.c_str());
}

}  // namespace

Result<UnixEndpoint> UnixEndpoint::open(const Names& names) {
  const auto peer = to_address(names.peer);
  if (!peer.ok()) return peer.failure();
  UnixEndpoint endpoint;
  endpoint.fd_ = open_socket();
  if (!endpoint.fd_.valid()) return failed("socket(AF_UNIX)");
  Status bound = endpoint.bind_to(names.local);
  if (!bound.ok()) return bound.failure();
  if (connect(endpoint.fd(), peer.value().get(), peer.value().length) != 0) return failed("connect", names.peer);
  return endpoint;
}

Status UnixEndpoint::bind_to(const std::string& name) {
  const auto local = to_address(name);
  if (!local.ok()) return local.failure();
  if (is_path(name)) {
    remove_stale(name, local.value());
    // The file takes the mode of the socket (unix_bind): it is never open to others, not even for a moment, and the
    // process's umask, which other threads share, is left alone.
    if (fchmod(fd(), S_IRUSR | S_IWUSR) != 0) return failed("fchmod", name);
  }
  if (bind(fd(), local.value().get(), local.value().length) != 0) return failed("bind", name);
  struct stat file {};
  if (is_path(name) && lstat(name.c_str(), &file) == 0) {
    path_ = name;
    device_ = file.st_dev;
    inode_ = file.st_ino;
  }
  return Done{};
}

UnixEndpoint::UnixEndpoint(UnixEndpoint&& other) noexcept
    : fd_(std::move(other.fd_)),
      path_(std::exchange(other.path_, {})),
      device_(other.device_),
      inode_(other.inode_) {}

UnixEndpoint& UnixEndpoint::operator=(UnixEndpoint&& other) noexcept {
  if (this == &other) return *this;
  remove_file();
  fd_ = std::move(other.fd_);
  path_ = std::exchange(other.path_, {});
  device_ = other.device_;
  inode_ = other.inode_;
  return *this;
}

UnixEndpoint::~UnixEndpoint() { remove_file(); }

void UnixEndpoint::remove_file() {
  struct stat file {};
  if (path_.empty() || lstat(path_.c_str(), &file) != 0) return;
  if (file.st_dev == device_ && file.st_ino == inode_) (void)unlink(path_.c_str());
}

Result<SendOutcome> UnixEndpoint::send(ByteView bytes) {
  if (bytes.size() > kMaxBytes) return Failure{EMSGSIZE, "send", "a datagram has at most 65536 bytes"};
  while (true) {
    if (::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0) return SendOutcome::kSent;
    switch (errno) {
      case EINTR: break;
      case EAGAIN:
      case ENOBUFS: return SendOutcome::kFull;
      // The first send after the peer's end says ECONNREFUSED and forgets the peer; later ones say ENOTCONN.
      case ECONNREFUSED:
      case ECONNRESET:
      case ENOTCONN:
      case ENOENT:
      case EPIPE: return SendOutcome::kPeerGone;
      default: return failed("send");
    }
  }
}

Result<std::optional<Received>> UnixEndpoint::receive() {
  Received received;
  received.bytes.resize(kMaxBytes);
  iovec vector{received.bytes.data(), received.bytes.size()};
  msghdr header{};
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  while (true) {
    // Without MSG_CMSG_CLOEXEC and a control buffer no descriptor that a peer passes can reach us.
    const ssize_t length = recvmsg(fd(), &header, MSG_DONTWAIT);
    if (length >= 0) {
      received.bytes.resize(static_cast<std::size_t>(length));
      received.bytes.shrink_to_fit();
      received.truncated = (header.msg_flags & MSG_TRUNC) != 0;
      return std::optional<Received>{std::move(received)};
    }
    if (errno == EAGAIN) return std::optional<Received>{};
    if (errno != EINTR) return failed("recv");
  }
}

}  // namespace vn::datagram
