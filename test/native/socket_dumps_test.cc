#include "engine/socket_dumps.hh"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "check.hh"

using namespace vn;
using namespace vn::engine;

namespace {

/// A connection over loopback, both ends ours.
struct Connection {
  explicit Connection(int family = AF_INET) : listener(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_storage address{};
    address.ss_family = static_cast<sa_family_t>(family);
    socklen_t length = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (family == AF_INET) reinterpret_cast<sockaddr_in*>(&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else reinterpret_cast<sockaddr_in6*>(&address)->sin6_addr = in6addr_loopback;
    REQUIRE(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(listen(listener.get(), 1) == 0);
    REQUIRE(getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
    near = UniqueFd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(connect(near.get(), reinterpret_cast<sockaddr*>(&address), length) == 0);
    far = UniqueFd(accept(listener.get(), nullptr, nullptr));
    REQUIRE(far.valid());
    port = ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);  // at the same place for both families
  }

  UniqueFd listener;
  UniqueFd near;
  UniqueFd far;
  std::uint16_t port = 0;
};

struct World {
  World() : loop(std::move(EventLoop::open().value())), dumps(loop, Source::kDump) {}

  /// Waits until so many lists have ended.
  void wait_for(std::size_t count) {
    for (int i = 0; i < 1'000 && ends.size() < count; ++i) {
      const auto ready = loop.wait(1'000);
      REQUIRE(ready.ok());
      REQUIRE_FALSE(ready.value().empty());
      CHECK(source_of(ready.value()[0].data.u64) == Source::kDump);
      dumps.ready(ends);
    }
    REQUIRE(ends.size() == count);
  }

  std::vector<diag::TcpSocket> list(const SocketsRequest& request) {
    const std::size_t before = ends.size();
    dumps.start(++last_id, request, ends);
    wait_for(before + 1);
    CHECK(ends.back().id == last_id);
    REQUIRE_FALSE(ends.back().failure.has_value());
    return ends.back().sockets;
  }

  EventLoop loop;
  SocketDumps dumps;
  std::vector<SocketsEnd> ends;
  Id last_id = 0;
};

SocketsRequest to_port(std::uint16_t port) {
  SocketsRequest request;
  request.remote_port = port;
  return request;
}

}  // namespace

TEST_CASE("a connection's bytes are counted in both directions") {
  World world;
  for (const int family : {AF_INET, AF_INET6}) {
    const Connection connection(family);
    REQUIRE(send(connection.near.get(), "0123456789", 10, 0) == 10);
    REQUIRE(send(connection.far.get(), "abc", 3, 0) == 3);
    const auto sockets = world.list(to_port(connection.port));
    REQUIRE(sockets.size() == 1);
    const diag::TcpSocket& near = sockets[0];
    CHECK(to_af(near.family) == family);
    CHECK(near.state == diag::TcpState::kEstablished);
    CHECK(near.remote_port == connection.port);
    CHECK(near.uid == geteuid());
    CHECK(near.inode != 0);
    CHECK(near.receive_queue_bytes == 3);
    REQUIRE(near.traffic.has_value());
    CHECK(near.traffic->bytes_acked == 11);  // the SYN is one
    CHECK(near.traffic->bytes_received == 3);
    CHECK(near.traffic->segs_in >= 3);
    CHECK(near.traffic->segs_out >= 3);
    CHECK(near.traffic->rtt_ms > 0);
    CHECK(near.traffic->rtt_ms < 1'000);
    CHECK(near.traffic->retransmits == 0);
    CHECK(near.traffic->last_data_sent_ms < 60'000);
  }
}

TEST_CASE("states, ports and local addresses select what is listed") {
  World world;
  const Connection connection;
  SocketsRequest request;
  request.local_port = connection.port;
  CHECK(world.list(request).size() == 2);
  request.states = {"listen"};
  const auto listeners = world.list(request);
  REQUIRE(listeners.size() == 1);
  CHECK(listeners[0].state == diag::TcpState::kListen);
  SocketsRequest near = to_port(connection.port);
  near.local = "127.0.0.0/8";
  CHECK(world.list(near).size() == 1);
  near.local = "192.0.2.0/24";
  CHECK(world.list(near).empty());
  near.local = "2001:db8::/32";
  CHECK(world.list(near).empty());
}

TEST_CASE("sockets bound to a link are found by it") {
  World world;
  const Connection connection;
  SocketsRequest request;
  request.local_port = connection.port;
  request.ifindex = 1;
  CHECK(world.list(request).empty());
  // Since kernel 5.7 anybody may bind a socket that is bound to nothing yet.
  REQUIRE(setsockopt(connection.listener.get(), SOL_SOCKET, SO_BINDTODEVICE, "lo", 2) == 0);
  const auto bound = world.list(request);
  REQUIRE(bound.size() == 1);
  CHECK(bound[0].ifindex == 1U);
  CHECK(bound[0].state == diag::TcpState::kListen);
  request.local = "127.0.0.0/8";
  CHECK(world.list(request).size() == 1);
  request.ifindex = 4'000'000;
  CHECK(world.list(request).empty());
}

TEST_CASE("an IPv4 connection of an IPv6 socket is found by its IPv4 address") {
  World world;
  const UniqueFd listener(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  REQUIRE(inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr) == 1);
  socklen_t length = sizeof address;
  REQUIRE(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), length) == 0);
  REQUIRE(listen(listener.get(), 1) == 0);
  REQUIRE(getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
  SocketsRequest request;
  request.local_port = ntohs(address.sin6_port);
  request.local = "127.0.0.1/32";
  const auto sockets = world.list(request);
  REQUIRE(sockets.size() == 1);
  CHECK(sockets[0].family == Family::kIpv6);
}

TEST_CASE("lists that wait are read one after the other; a cancelled one has no answer") {
  World world;
  const Connection connection;
  for (Id id = 1; id <= 4; ++id) world.dumps.start(id, to_port(connection.port), world.ends);
  world.dumps.cancel(1);  // is being read
  world.dumps.cancel(3);  // waits
  world.wait_for(2);
  CHECK(world.ends[0].id == 2);
  CHECK(world.ends[0].sockets.size() == 1);
  CHECK(world.ends[1].id == 4);
}

TEST_CASE("many sockets come in many parts, all of them") {
  World world;
  std::vector<UniqueFd> listeners;
  const Connection connection;
  for (int i = 0; i < 400; ++i) {
    listeners.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(listen(listeners.back().get(), 1) == 0);
  }
  SocketsRequest request;
  request.states = {"listen"};
  const auto sockets = world.list(request);
  CHECK(sockets.size() >= 400);
}

TEST_CASE("requests that cannot be, and more than the limit, are refused at once") {
  World world;
  SocketsRequest request;
  request.states = {"listening"};
  world.dumps.start(1, request, world.ends);
  request.states = {"unknown"};
  world.dumps.start(2, request, world.ends);
  request.states = {};
  request.local = "192.0.2.0";
  world.dumps.start(3, request, world.ends);
  REQUIRE(world.ends.size() == 3);
  for (const SocketsEnd& end : world.ends) CHECK(end.failure->error_number == EINVAL);
  world.ends.clear();
  for (Id id = 1; id <= SocketDumps::kMaxWaiting + 1; ++id) world.dumps.start(id, to_port(1), world.ends);
  REQUIRE(world.ends.size() == 1);
  CHECK(world.ends[0].failure->error_number == EAGAIN);
  world.wait_for(SocketDumps::kMaxWaiting + 1);
}
