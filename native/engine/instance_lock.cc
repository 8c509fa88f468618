#include "engine/instance_lock.hh"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

namespace vn::engine {

namespace {

/// Starters that ask at the same moment; those beyond are not told the pid.
constexpr int kBacklog = 16;
/// The owner answers from its loop, within a turn.
constexpr int kAnswerTimeoutMs = 200;
/// No descriptor is left and the caller stays in the queue: epoll would report it at once, again and again.
constexpr int kPauseMs = 10;
/// A pid has at most 7 digits on Linux.
constexpr std::size_t kMaxPidBytes = 16;

struct AbstractAddress {
  sockaddr_un address{};
  socklen_t length = 0;
};

/// Nothing where the name is empty or too long.
std::optional<AbstractAddress> to_address(const std::string& name) {
  AbstractAddress result;
  if (name.empty() || name.size() >= sizeof result.address.sun_path) return std::nullopt;
  result.address.sun_family = AF_UNIX;
  std::memcpy(result.address.sun_path + 1, name.data(), name.size());  // the leading NUL makes it abstract
  result.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  return result;
}

UniqueFd open_socket() { return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

}  // namespace

Result<InstanceLock> InstanceLock::take(const std::string& name) {
  const auto address = to_address(name);
  if (!address) return Failure{EINVAL, "lock instance", "the name must have 1 to 107 bytes"};
  UniqueFd fd = open_socket();
  if (!fd.valid()) return failed("socket(AF_UNIX)");
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address->address), address->length) != 0) return failed("bind(AF_UNIX)");
  if (listen(fd.get(), kBacklog) != 0) return failed("listen(AF_UNIX)");
  return InstanceLock(std::move(fd), name);
}

void InstanceLock::answer() {
  for (int i = 0; i < kBacklog; ++i) {
    const UniqueFd caller(accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!caller.valid()) {
      if (errno != EAGAIN) (void)poll(nullptr, 0, kPauseMs);
      return;
    }
    const std::string text = std::to_string(getpid()) + "\n";
    // A fresh socket's buffer holds it; who has gone already needs no answer.
    (void)send(caller.get(), text.data(), text.size(), MSG_NOSIGNAL);
  }
}

std::string ask_owner(const std::string& name) {
  const auto address = to_address(name);
  const UniqueFd fd = open_socket();
  if (!address || !fd.valid()) return {};
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address->address), address->length) != 0) return {};
  pollfd state{fd.get(), POLLIN, 0};
  char text[kMaxPidBytes];
  const ssize_t got = poll(&state, 1, kAnswerTimeoutMs) == 1 ? recv(fd.get(), text, sizeof text, 0) : -1;
  if (got <= 0) return {};
  std::string pid(text, static_cast<std::size_t>(got));
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return pid;
}

}  // namespace vn::engine
