// The socket and the loop's reader, over scripted bytes and over a kernel's namespace.
#include "engine/uevents.hh"

#include <sys/socket.h>

#include <linux/netlink.h>
#include <net/if.h>

#include <algorithm>
#include <string>

#include "check.hh"
#include "netlink/socket.hh"
#include "own_namespace.hh"
#include "rtnl/link.hh"

using namespace vn;
using namespace vn::engine;
using uevent::UeventSocket;

namespace {

using namespace std::string_literals;

std::string make_uevent(int number) {
  return "add@/devices/virtual/net/v0\0SUBSYSTEM=net\0INTERFACE=v"s + std::to_string(number) + "\0SEQNUM="s +
         std::to_string(number) + "\0"s;
}

/// A socketpair instead of the kernel.
struct World {
  World() : loop(std::move(EventLoop::open().value())) {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
    far = UniqueFd(ends[1]);
    auto opened = Uevents::open(loop, Source::kEvents, UeventSocket::adopt(UniqueFd(ends[0])));
    REQUIRE(opened.ok());
    uevents.emplace(std::move(opened.value()));
  }

  void put(const std::string& text) const { REQUIRE(send(far.get(), text.data(), text.size(), 0) >= 0); }

  Uevents::Round read() {
    auto round = uevents->read();
    REQUIRE(round.ok());
    return std::move(round.value());
  }

  EventLoop loop;
  UniqueFd far;
  std::optional<Uevents> uevents;
};

/// Adds a veth pair and removes it; false where the kernel refused.
bool flap_veth(const netlink::Socket& commands) {
  rtnl::AddLink pair;
  pair.ifname = "v0";
  pair.kind = "veth";
  pair.peer = rtnl::VethPeer{"v1", {}};
  const auto added = rtnl::encode(pair);
  if (!added.ok() || !commands.send(added.value()).ok()) return false;
  const unsigned int index = if_nametoindex("v0");
  const auto removed = rtnl::encode(rtnl::DeleteLink{index});
  return index != 0 && removed.ok() && commands.send(removed.value()).ok() && if_nametoindex("v0") == 0;
}

/// All uevents that wait.
std::vector<uevent::Uevent> drain(UeventSocket& socket) {
  std::vector<uevent::Uevent> all;
  for (int i = 0; i < 10'000; ++i) {
    auto round = socket.read();
    if (!round.ok() || round.value().empty) break;
    if (round.value().uevent) all.push_back(std::move(*round.value().uevent));
  }
  return all;
}

bool tells(const std::vector<uevent::Uevent>& all, const char* action, const char* ifname) {
  return std::any_of(all.begin(), all.end(), [&](const uevent::Uevent& each) {
    return each.action == action && each.subsystem == "net" && each.ifname == ifname && each.ifindex.value_or(0) > 0;
  });
}

int watch_veth() {
  auto socket = UeventSocket::open(0);
  auto commands = netlink::Socket::open({});
  if (!socket.ok() || !commands.ok()) return 1;
  if (!flap_veth(commands.value())) return 2;
  const auto all = drain(socket.value());
  if (!tells(all, "add", "v0") || !tells(all, "add", "v1")) return 3;
  return tells(all, "remove", "v0") && tells(all, "remove", "v1") ? 0 : 4;
}

int overflow() {
  auto socket = UeventSocket::open(1);  // the kernel's least: about two kilobytes
  auto commands = netlink::Socket::open({});
  if (!socket.ok() || !commands.ok()) return 1;
  for (int i = 0; i < 10; ++i) {
    if (!flap_veth(commands.value())) return 2;
  }
  for (int i = 0; i < 100; ++i) {
    const auto round = socket.value().read();
    if (!round.ok()) return 3;
    if (round.value().lost) return 0;
    if (round.value().empty) return 4;
  }
  return 5;
}

/// Another process's message to our port is not the kernel's.
int forge() {
  auto socket = UeventSocket::open(0);
  if (!socket.ok()) return 1;
  sockaddr_nl address{};
  socklen_t length = sizeof address;
  if (getsockname(socket.value().fd(), reinterpret_cast<sockaddr*>(&address), &length) != 0) return 2;
  const UniqueFd other(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT));
  const std::string text = make_uevent(1);
  address.nl_groups = 0;
  if (sendto(other.get(), text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&address), length) < 0) return 3;
  const auto round = socket.value().read();
  if (!round.ok() || round.value().empty) return 4;  // it did come
  return round.value().uevent ? 5 : 0;
}

}  // namespace

TEST_CASE("uevents are read in order, and what is none is passed over") {
  World world;
  CHECK(world.read().uevents.empty());
  world.put(make_uevent(1));
  world.put("libudev\0junk"s);
  world.put(make_uevent(2));
  REQUIRE(world.loop.wait(0).value().size() == 1);
  const auto round = world.read();
  REQUIRE(round.uevents.size() == 2);
  CHECK(round.uevents[0].ifname == "v1");
  CHECK(round.uevents[1].seqnum == 2);
  CHECK_FALSE(round.lost);
}

TEST_CASE("a uevent that is too long is told as lost, and the next one is read") {
  World world;
  world.put(make_uevent(1) + std::string(uevent::kMaxUeventBytes, 'x'));
  world.put(make_uevent(2));
  const auto round = world.read();
  CHECK(round.lost);
  REQUIRE(round.uevents.size() == 1);
  CHECK(round.uevents[0].ifname == "v2");
}

TEST_CASE("while JavaScript is behind uevents do not wake the loop") {
  World world;
  REQUIRE(world.uevents->set_reading(false).ok());
  world.put(make_uevent(1));
  CHECK(world.loop.wait(0).value().empty());
  REQUIRE(world.uevents->set_reading(true).ok());
  CHECK(world.loop.wait(0).value().size() == 1);
}

TEST_CASE("the kernel tells of a veth that comes and goes in our namespace") {
  CHECK(check::in_own_namespace(watch_veth) == 0);
}

TEST_CASE("the kernel tells of a veth in a user namespace as well") {
#ifdef __SANITIZE_THREAD__
  MESSAGE("left out: the sanitizer has a thread of its own, and unshare(CLONE_NEWUSER) wants to be alone");
#else
  CHECK(check::in_own_user_namespace(watch_veth) == 0);
#endif
}

TEST_CASE("a uevent socket that overflows says that some were lost") { CHECK(check::in_own_namespace(overflow) == 0); }

TEST_CASE("a uevent that another process sends to our port is not told") { CHECK(check::in_own_namespace(forge) == 0); }
