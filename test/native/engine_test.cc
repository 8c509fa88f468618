// The engine over a socketpair: scripted bytes in, events out. No namespace, no rights needed.
#include "engine/engine.hh"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cmath>
#include <condition_variable>
#include <limits>
#include <mutex>

#include "base/clock.hh"
#include "netlink/message_writer.hh"
#include "records.hh"

using namespace vn;
using namespace vn::check;
using namespace vn::engine;

namespace {

/// Opens at once, or when the test says so: then all that was put and sent before is there in the loop's first turn.
enum class Opening { kNow, kLater };

/// An engine and the far end of its socketpair; collects what comes out.
class World {
 public:
  explicit World(Opening opening = Opening::kNow) {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    near_ = UniqueFd(ends[0]);
    far = UniqueFd(ends[1]);
    EngineOptions options;
    options.netlink_fd = near_.get();
    engine.emplace(options, [this] { ring(); });
    if (opening == Opening::kNow) open();
  }

  void open() { REQUIRE(engine->open().ok()); }

  void put(const ByteBuffer& bytes) { REQUIRE(::send(far.get(), bytes.data(), bytes.size(), 0) >= 0); }

  /// Answers the bell, which rings within two seconds.
  void take() {
    std::unique_lock lock(mutex_);
    REQUIRE(rung_.wait_for(lock, std::chrono::seconds(2), [this] { return ringing_; }));
    ringing_ = false;
    lock.unlock();
    engine->take_events(taken_);
    for (Event& event : read_events(taken_)) events.push_back(std::move(event));
  }

  /// Until so many events have come.
  const std::vector<Event>& wait_for(std::size_t count) {
    while (events.size() < count) take();
    return events;
  }

  UniqueFd far;
  std::vector<Event> events;
  std::optional<Engine> engine;

 private:
  void ring() {
    const std::lock_guard lock(mutex_);
    ringing_ = true;
    rung_.notify_one();
  }

  ByteBuffer taken_;
  UniqueFd near_;
  std::mutex mutex_;
  std::condition_variable rung_;
  bool ringing_ = false;
};

/// Its queue is full: it drops further attempts.
struct FullListener {
  FullListener() : fd(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(bind(fd.get(), reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
    REQUIRE(listen(fd.get(), 0) == 0);
    port = ntohs(address.sin_port);
    for (int i = 0; i < 4; ++i) {
      fillers.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
      (void)connect(fillers.back().get(), reinterpret_cast<const sockaddr*>(&address), length);
    }
  }

  UniqueFd fd;
  std::vector<UniqueFd> fillers;
  std::uint16_t port = 0;
};

ByteBuffer link_message(std::uint16_t type, const char* ifname, std::uint8_t family = 0) {
  ByteBuffer header(16);
  header[0] = family;
  header[4] = 7;  // ifindex
  std::array<std::uint8_t, 16> fixed{};
  std::memcpy(fixed.data(), header.data(), fixed.size());
  netlink::MessageWriter writer(type, 0, fixed);
  writer.put_text(3, ifname);
  return writer.take();
}

constexpr std::uint16_t kNewLink = 16;
constexpr std::uint16_t kDelLink = 17;

}  // namespace

TEST_CASE("scripted messages come out as events, in order") {
  World world;
  world.put(link_message(kNewLink, "a0"));
  world.put(link_message(kDelLink, "a0", 7));  // of family AF_BRIDGE: no event
  world.put(link_message(kDelLink, "a0"));
  const auto& events = world.wait_for(2);
  CHECK(events[0].type == EventType::kLink);
  CHECK(std::get_if<rtnl::Link>(&events[0].body)->ifname == "a0");
  CHECK(events[1].type == EventType::kLinkGone);
  CHECK(std::get_if<LinkGone>(&events[1].body)->ifindex == 7);
  CHECK(events[0].at_ms <= events[1].at_ms);
}

TEST_CASE("the bell rings before notifications are read: also for one that brings no event") {
  World world;
  world.put(link_message(kDelLink, "a0", 7));
  world.take();
  CHECK(world.events.empty());
  world.put(link_message(kNewLink, "a0"));
  CHECK(world.wait_for(1).size() == 1);
}

TEST_CASE("what comes while a storm is gathered, comes by itself") {
  // The timer is the loop's only one: also with a probe whose deadline is before or behind the gathering's end, or at no time.
  for (const double deadline_ms : {0.0, 0.5, 60'000.0}) {
    CAPTURE(deadline_ms);
    const FullListener listener;
    World world(Opening::kLater);
    if (deadline_ms > 0)
      CHECK(world.engine->send(parcel({Command{1, CommandType::kProbe, ProbeRequest{"127.0.0.1", listener.port, std::nullopt, deadline_ms}}})));
    std::size_t links = 0;
    const auto put_and_take = [&](std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) world.put(link_message(kNewLink, "a0"));
      if (links == 0) world.open();
      const std::size_t wanted = links + count;
      while (links < wanted) {
        world.take();
        for (const Event& event : std::exchange(world.events, {})) links += event.type == EventType::kLink ? 1 : 0;
      }
    };
    for (int storm = 0; storm < 20; ++storm) {
      put_and_take(40);
      put_and_take(1);
    }
  }
}

TEST_CASE("a message whose length lies is dropped, and those after it come through") {
  World world;
  ByteBuffer lying = link_message(kNewLink, "bad");
  lying[32] = 0xff;  // the attribute's length
  world.put(lying);
  ByteBuffer cut = link_message(kNewLink, "cut");
  cut.resize(20);
  world.put(cut);
  world.put(link_message(kNewLink, "good"));
  const auto& events = world.wait_for(1);
  CHECK(std::get_if<rtnl::Link>(&events[0].body)->ifname == "good");
}

TEST_CASE("a message longer than any buffer counts as lost") {
  World world;
  world.put(ByteBuffer(40'000));
  CHECK(world.wait_for(1)[0].type == EventType::kOverrun);
}

TEST_CASE("a reply comes behind every event that was queued before it") {
  World world(Opening::kLater);
  constexpr std::size_t kEvents = 200;  // more than the loop reads in a turn
  for (std::size_t i = 0; i < kEvents; ++i) world.put(link_message(kNewLink, "a0"));
  CHECK(world.engine->send(parcel({Command{5, CommandType::kCancel, Cancel{1}}})));
  world.open();
  const auto& events = world.wait_for(kEvents + 1);
  REQUIRE(events.back().type == EventType::kReply);
  CHECK(std::get_if<Reply>(&events.back().body)->id == 5);
}

TEST_CASE("commands for the kernel are refused where there is none") {
  World world;
  CHECK(world.engine->send(parcel({Command{1, CommandType::kDeleteLink, rtnl::DeleteLink{7}}, Command{2, CommandType::kDump, Dump{}}})));
  for (const Event& event : world.wait_for(2)) CHECK(std::get_if<Reply>(&event.body)->error->code == "EOPNOTSUPP");
}

TEST_CASE("a path that leaves /proc/sys/net is refused") {
  World world;
  CHECK(world.engine->send(parcel({Command{1, CommandType::kGetSysctl, GetSysctl{{"..", "kernel"}}},
                            Command{2, CommandType::kGetSysctl, GetSysctl{{"ipv4/../../kernel"}}},
                            Command{3, CommandType::kSetSysctl, SetSysctl{{}, "1"}}})));
  for (const Event& event : world.wait_for(3)) CHECK(std::get_if<Reply>(&event.body)->error->code == "EINVAL");
}

TEST_CASE("an empty value is refused: the kernel would take it and change nothing") {
  World world;
  CHECK(world.engine->send(parcel({Command{1, CommandType::kSetSysctl, SetSysctl{{"ipv4", "ip_forward"}, ""}}})));
  const auto* reply = std::get_if<Reply>(&world.wait_for(1)[0].body);
  REQUIRE(reply->error.has_value());
  CHECK(reply->error->code == "EINVAL");
}

TEST_CASE("a probe without an answer ends at its deadline, and not at all once cancelled") {
  const FullListener listener;
  World world;
  const std::uint16_t port = listener.port;
  CHECK(world.engine->send(parcel({Command{1, CommandType::kProbe, ProbeRequest{"127.0.0.1", port, std::nullopt, 20}},
                            Command{2, CommandType::kProbe, ProbeRequest{"127.0.0.1", port, std::nullopt, 10}},
                            Command{3, CommandType::kCancel, Cancel{2}}})));
  const auto& events = world.wait_for(2);
  REQUIRE(events.size() == 2);
  // Which of the two comes first, a slow machine decides.
  const std::size_t at = std::holds_alternative<ProbeEnd>(events[0].body) ? 0 : 1;
  const auto* reply = std::get_if<Reply>(&events[1 - at].body);
  REQUIRE(reply != nullptr);
  CHECK(reply->id == 3);
  const auto* end = std::get_if<ProbeEnd>(&events[at].body);
  REQUIRE(end != nullptr);
  CHECK(end->id == 1);
  CHECK(end->outcome == probe::Outcome::kTimeout);
  CHECK(end->ms >= 20);
}

TEST_CASE("a probe of what is no address is unreachable") {
  World world;
  CHECK(world.engine->send(parcel({Command{1, CommandType::kProbe, ProbeRequest{"no address", 9, std::nullopt, 5}}})));
  const auto* end = std::get_if<ProbeEnd>(&world.wait_for(1)[0].body);
  CHECK(end->outcome == probe::Outcome::kUnreachable);
  CHECK(end->error_number == EINVAL);
}

TEST_CASE("a probe's ifname that no link can have is refused, not taken for any link") {
  World world;
  CHECK(world.engine->send(parcel({Command{1, CommandType::kProbe, ProbeRequest{"127.0.0.1", 9, "", 5}},
                            Command{2, CommandType::kProbe, ProbeRequest{"127.0.0.1", 9, "sixteen-bytes-xx", 5}}})));
  for (const Event& event : world.wait_for(2)) CHECK(std::get_if<ProbeEnd>(&event.body)->error_number == EINVAL);
}

TEST_CASE("an endless deadline is cut to a day, a negative one to none") {
  constexpr double kEndless = std::numeric_limits<double>::infinity();
  auto loop = EventLoop::open();
  REQUIRE(loop.ok());
  const FullListener listener;
  Probes probes;
  std::vector<Event> events;
  for (const double deadline_ms : {kEndless, 1e300}) {
    const double before_ms = now_ms();
    probes.start(1, {"127.0.0.1", listener.port, std::nullopt, deadline_ms}, loop.value(), 1, events);
    CHECK(probes.due_ms() >= before_ms + Probes::kMaxDeadlineMs);
    CHECK(probes.due_ms() <= now_ms() + Probes::kMaxDeadlineMs);
    probes.cancel(1);
  }
  probes.start(1, {"127.0.0.1", listener.port, std::nullopt, -kEndless}, loop.value(), 1, events);
  CHECK(std::isfinite(probes.due_ms()));
  probes.expire(now_ms(), events);
  REQUIRE(events.size() == 1);
  CHECK(std::get_if<ProbeEnd>(&events[0].body)->outcome == probe::Outcome::kTimeout);
}

TEST_CASE("a lock is taken once, and the second asker is told the pid") {
  World first;
  World second;
  const std::string name = "vintage-net-test-" + std::to_string(getpid());
  CHECK(first.engine->send(parcel({Command{1, CommandType::kLockInstance, LockInstance{name}}})));
  CHECK_FALSE(std::get_if<Reply>(&first.wait_for(1)[0].body)->error.has_value());
  CHECK(second.engine->send(parcel({Command{1, CommandType::kLockInstance, LockInstance{name}}})));
  const auto* refusal = std::get_if<Reply>(&second.wait_for(1)[0].body);
  CHECK(refusal->error->code == "EADDRINUSE");
  CHECK(refusal->text == std::to_string(getpid()));
  first.engine->close();
  CHECK(second.engine->send(parcel({Command{2, CommandType::kLockInstance, LockInstance{name}}})));
  CHECK_FALSE(std::get_if<Reply>(&second.wait_for(2)[1].body)->error.has_value());
}

TEST_CASE("close is harmless when called again, and when the far end has gone") {
  World world;
  world.far.reset();
  CHECK(world.engine->send(parcel({Command{1, CommandType::kCancel, Cancel{1}}})));
  world.wait_for(1);
  world.engine->close();
  world.engine->close();
}
