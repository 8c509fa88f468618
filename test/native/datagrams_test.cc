#include "engine/datagrams.hh"

#include "check.hh"
#include "unix_peer.hh"

using namespace vn;
using namespace vn::engine;
using check::to_bytes;
using check::UnixPeer;

namespace {

/// Endpoints over a real epoll; ids count from 1.
struct World {
  World() : loop(std::move(EventLoop::open().value())), datagrams(loop, Source::kProbe) {}

  Id open(const std::string& local, const std::string& peer) {
    datagrams.open(++last_id, OpenDatagram{local, peer}, events);
    return last_id;
  }

  Id send(Id endpoint, const std::string& text) {
    datagrams.send(++last_id, {endpoint, to_bytes(text)}, events);
    return last_id;
  }

  /// One wait and what it brought; `timeout_ms` 0 where nothing may come.
  void turn(int timeout_ms = 1'000) {
    const auto ready = loop.wait(timeout_ms);
    REQUIRE(ready.ok());
    for (const epoll_event& event : ready.value()) {
      CHECK(source_of(event.data.u64) == Source::kProbe);
      datagrams.ready(detail_of(event.data.u64), event.events, events);
    }
  }

  /// The errno of the command's answer, 0 for done, -1 where it has none.
  int answer_to(Id id) const {
    for (const DatagramEvent& event : events) {
      const auto* answer = std::get_if<DatagramAnswer>(&event);
      if (answer != nullptr && answer->id == id) return answer->failure ? answer->failure->error_number : 0;
    }
    return -1;
  }

  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const DatagramEvent& event : events) {
      if (const auto* one = std::get_if<T>(&event)) found.push_back(*one);
    }
    return found;
  }

  EventLoop loop;
  Datagrams datagrams;
  std::vector<DatagramEvent> events;
  Id last_id = 0;
};

const std::string kFar = check::abstract_name("far");
const std::string kOurs = check::abstract_name("ours");

}  // namespace

TEST_CASE("an endpoint sends, receives and closes") {
  World world;
  const UnixPeer peer(kFar);
  const Id endpoint = world.open(kOurs, kFar);
  CHECK(world.answer_to(endpoint) == 0);
  CHECK(world.answer_to(world.send(endpoint, "SCAN")) == 0);
  CHECK(peer.receive() == "SCAN");
  peer.send_to(kOurs, "OK\n");
  peer.send_to(kOurs, "<3>CTRL-EVENT-SCAN-STARTED ");
  world.turn();
  const auto arrivals = world.all<DatagramArrival>();
  REQUIRE(arrivals.size() == 2);
  CHECK(arrivals[0].endpoint == endpoint);
  CHECK(arrivals[0].bytes == to_bytes("OK\n"));
  CHECK(arrivals[1].bytes == to_bytes("<3>CTRL-EVENT-SCAN-STARTED "));
  world.datagrams.close(++world.last_id, {endpoint}, world.events);
  CHECK(world.answer_to(world.last_id) == 0);
  CHECK(world.datagrams.size() == 0);
  CHECK(world.answer_to(world.send(endpoint, "SCAN")) == EBADF);
}

TEST_CASE("opening is refused without a peer, twice with one id, and beyond the limit") {
  World world;
  CHECK(world.answer_to(world.open(kOurs, kFar)) == ECONNREFUSED);
  const UnixPeer peer(kFar);
  for (std::size_t i = 0; i < Datagrams::kMaxEndpoints; ++i) {
    CHECK(world.answer_to(world.open(kOurs + std::to_string(i), kFar)) == 0);
  }
  CHECK(world.answer_to(world.open(kOurs, kFar)) == EMFILE);
  world.events.clear();
  world.datagrams.open(2, OpenDatagram{kOurs, kFar}, world.events);
  CHECK(world.answer_to(2) == EEXIST);
}

TEST_CASE("while the peer reads nothing datagrams wait in order, up to the limit, and go when it reads") {
  World world;
  const UnixPeer peer(kFar);
  const Id endpoint = world.open(kOurs, kFar);
  std::vector<Id> sends;
  int answer = 0;
  for (int i = 0; i < 10'000 && answer != ENOBUFS; ++i) {
    sends.push_back(world.send(endpoint, std::to_string(i)));
    answer = world.answer_to(sends.back());
  }
  REQUIRE(answer == ENOBUFS);
  const std::size_t taken = sends.size() - 1;
  CHECK(world.answer_to(sends[taken - 1]) == -1);
  CHECK(world.answer_to(sends[taken - Datagrams::kMaxQueuedDatagrams]) == -1);
  CHECK(world.answer_to(sends[taken - Datagrams::kMaxQueuedDatagrams - 1]) == 0);
  world.turn(0);
  CHECK(world.answer_to(sends[taken - Datagrams::kMaxQueuedDatagrams]) == -1);
  for (std::size_t i = 0; i < taken; ++i) {
    std::string text = peer.receive();
    if (text == "(none)") {
      world.turn();
      text = peer.receive();
    }
    CHECK(text == std::to_string(i));
  }
  world.turn(0);
  CHECK(world.answer_to(sends[taken - 1]) == 0);
  // All is sent: the loop is not woken for the room there is.
  CHECK(world.loop.wait(0).value().empty());
}

TEST_CASE("a peer that is gone ends its endpoint and refuses what waited") {
  World world;
  std::optional<UnixPeer> peer(kFar);
  const Id endpoint = world.open(kOurs, kFar);
  Id waiting = world.send(endpoint, "x");
  for (int i = 0; i < 10'000 && world.answer_to(waiting) == 0; ++i) waiting = world.send(endpoint, "x");
  REQUIRE(world.answer_to(waiting) == -1);
  peer.reset();
  world.turn();
  CHECK(world.answer_to(waiting) == ECONNREFUSED);
  const auto ends = world.all<DatagramEnd>();
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].endpoint == endpoint);
  CHECK(std::holds_alternative<DatagramEnd>(world.events.back()));
  CHECK(world.datagrams.size() == 0);
}

TEST_CASE("an idle endpoint learns of its peer's end by the next send") {
  World world;
  std::optional<UnixPeer> peer(kFar);
  const Id endpoint = world.open(kOurs, kFar);
  peer.reset();
  CHECK(world.answer_to(world.send(endpoint, "PING")) == ECONNREFUSED);
  CHECK(world.all<DatagramEnd>().size() == 1);
}

TEST_CASE("closing an endpoint cancels what waited") {
  World world;
  const UnixPeer peer(kFar);
  const Id endpoint = world.open(kOurs, kFar);
  Id waiting = world.send(endpoint, "x");
  for (int i = 0; i < 10'000 && world.answer_to(waiting) == 0; ++i) waiting = world.send(endpoint, "x");
  world.datagrams.close(++world.last_id, {endpoint}, world.events);
  CHECK(world.answer_to(waiting) == ECANCELED);
  CHECK(world.answer_to(world.last_id) == 0);
}

TEST_CASE("while JavaScript is behind arrivals stay where they are and do not wake the loop") {
  World world;
  const UnixPeer peer(kFar);
  (void)world.open(kOurs, kFar);
  world.datagrams.set_reading(false, world.events);
  peer.send_to(kOurs, "OK");
  CHECK(world.loop.wait(0).value().empty());
  world.datagrams.set_reading(true, world.events);
  world.turn();
  CHECK(world.all<DatagramArrival>().size() == 1);
}

TEST_CASE("one endpoint's flood leaves others their turn") {
  World world;
  const UnixPeer peer(kFar);
  (void)world.open(kOurs, kFar);
  const int most = Datagrams::kArrivalsPerTurn + 3;
  int sent = 0;
  while (sent < most) {
    const auto [address, length] = UnixPeer::to_address(kOurs);
    if (sendto(peer.fd.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&address), length) < 0) break;
    ++sent;
  }
  world.turn();
  CHECK(world.all<DatagramArrival>().size() == static_cast<std::size_t>(std::min(sent, Datagrams::kArrivalsPerTurn)));
}
