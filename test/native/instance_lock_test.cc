#include "engine/instance_lock.hh"

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "base/clock.hh"
#include "check.hh"

using namespace vn;
using namespace vn::engine;

namespace {

bool readable(int fd) {
  pollfd state{fd, POLLIN, 0};
  return poll(&state, 1, 0) == 1;
}

/// Asks the owner of the name, and does not wait for the answer.
UniqueFd ask(const std::string& name) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  REQUIRE(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
  return fd;
}

}  // namespace

TEST_CASE("a lock that has no descriptor left to answer with pauses, and answers later") {
  const std::string name = "vintage-net-lock-test-" + std::to_string(getpid());
  auto lock = InstanceLock::take(name);
  REQUIRE(lock.ok());
  const UniqueFd asker = ask(name);
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlimit none{0, limit.rlim_max};
  REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  const double started_ms = now_ms();
  lock.value().answer();
  const double took_ms = now_ms() - started_ms;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  CHECK(took_ms >= 9.5);
  CHECK_FALSE(readable(asker.get()));
  lock.value().answer();
  CHECK(readable(asker.get()));
}
