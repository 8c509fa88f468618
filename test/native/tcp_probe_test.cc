#include "probe/tcp_probe.hh"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "check.hh"

using namespace vn;
using namespace vn::probe;

namespace {

/// A socket bound to a free port of the loopback address; it listens or not.
struct Far {
  explicit Far(bool listens) : fd(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t length = sizeof address;
    REQUIRE(getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
    port = ntohs(address.sin_port);
    if (listens) REQUIRE(listen(fd.get(), 1) == 0);
  }

  UniqueFd fd;
  std::uint16_t port = 0;
};

/// Waits, at most a second, for how the attempt ends.
Verdict outcome_of(const Target& target) {
  TcpProbe probe = TcpProbe::start(target);
  if (!probe.verdict()) {
    pollfd state{probe.fd(), POLLOUT, 0};
    REQUIRE(poll(&state, 1, 1'000) == 1);
  }
  const auto verdict = probe.finish();
  REQUIRE(verdict.has_value());
  CHECK(probe.fd() == -1);
  return *verdict;
}

}  // namespace

TEST_CASE("a listener is connected to") {
  const Far far(true);
  const Verdict verdict = outcome_of({*parse_ip("127.0.0.1"), far.port, std::nullopt});
  CHECK(verdict.outcome == Outcome::kConnected);
  CHECK(verdict.error_number == 0);
}

TEST_CASE("a port without a listener refuses") {
  const Far far(false);
  CHECK(outcome_of({*parse_ip("127.0.0.1"), far.port, std::nullopt}).outcome == Outcome::kRefused);
}

TEST_CASE("a host that takes the connection and resets it at once has answered") {
  for (const bool closes_first : {false, true}) {
    const Far far(true);
    TcpProbe probe = TcpProbe::start({*parse_ip("127.0.0.1"), far.port, std::nullopt});
    {
      const UniqueFd accepted(accept(far.fd.get(), nullptr, nullptr));
      REQUIRE(accepted.valid());
      if (closes_first) shutdown(accepted.get(), SHUT_WR);  // then the reset is EPIPE here, not ECONNRESET
      const linger reset{1, 0};
      REQUIRE(setsockopt(accepted.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == 0);
    }
    pollfd state{probe.fd(), POLLOUT, 0};
    REQUIRE(poll(&state, 1, 1'000) == 1);
    const auto verdict = probe.finish();
    REQUIRE(verdict.has_value());
    CHECK(verdict->outcome == Outcome::kConnected);
    CHECK(verdict->error_number == 0);
  }
}

TEST_CASE("a link that does not exist is unreachable, with the kernel's errno") {
  const Verdict verdict = outcome_of({*parse_ip("127.0.0.1"), 9, "no-such-link"});
  CHECK(verdict.outcome == Outcome::kUnreachable);
  CHECK(verdict.error_number == ENODEV);
}
