#include "datagram/device_endpoint.hh"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>

#include "engine/datagrams.hh"

#include "check.hh"
#include "temporary_folder.hh"
#include "unix_peer.hh"

using namespace vn;
using namespace vn::engine;
using check::TemporaryFolder;
using check::to_bytes;
using datagram::DeviceEndpoint;
using datagram::SendOutcome;

namespace {

/// A pair of pseudo-terminals without line discipline: the slave is a character device that any machine has.
struct Terminal {
  Terminal() : master(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) {
    REQUIRE(master.valid());
    REQUIRE(grantpt(master.get()) == 0);
    REQUIRE(unlockpt(master.get()) == 0);
    char name[64] = {};
    REQUIRE(ptsname_r(master.get(), name, sizeof name) == 0);
    path = name;
    termios raw{};
    REQUIRE(tcgetattr(master.get(), &raw) == 0);
    cfmakeraw(&raw);
    REQUIRE(tcsetattr(master.get(), TCSANOW, &raw) == 0);
  }

  UniqueFd master;
  std::string path;
};

/// A socket in the place of a device.
struct StandIn {
  explicit StandIn(const std::string& path) : listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const auto [address, length] = check::UnixPeer::to_address(path);
    REQUIRE(bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
    REQUIRE(listen(listener.get(), 1) == 0);
  }

  UniqueFd accept_one() const { return UniqueFd(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)); }

  UniqueFd listener;
};

std::string read_text(int fd) {
  char text[128] = {};
  const ssize_t length = read(fd, text, sizeof text);
  return length < 0 ? "(none)" : std::string(text, static_cast<std::size_t>(length));
}

void write_text(int fd, const std::string& text) {
  REQUIRE(write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

int refusal_of(const std::string& path) {
  const auto opened = DeviceEndpoint::open(path);
  return opened.ok() ? 0 : opened.failure().error_number;
}

}  // namespace

TEST_CASE("a character device is written and read without waiting") {
  const Terminal terminal;
  auto opened = DeviceEndpoint::open(terminal.path);
  REQUIRE(opened.ok());
  DeviceEndpoint& device = opened.value();
  CHECK(!device.receive().value().has_value());
  CHECK(device.send(to_bytes("AT")).value() == SendOutcome::kSent);
  CHECK(read_text(terminal.master.get()) == "AT");
  write_text(terminal.master.get(), "OK");
  CHECK(device.receive().value()->bytes == to_bytes("OK"));
}

TEST_CASE("a device is opened once, and is free again when it is closed") {
  const Terminal terminal;
  {
    const auto first = DeviceEndpoint::open(terminal.path);
    REQUIRE(first.ok());
    CHECK(refusal_of(terminal.path) == EBUSY);
  }
  CHECK(refusal_of(terminal.path) == 0);
}

TEST_CASE("what is no device is refused") {
  const TemporaryFolder folder;
  const UniqueFd file(::open((folder / "file").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK(refusal_of(folder / "file") == EINVAL);
  CHECK(refusal_of(folder / "fifo") == EINVAL);
  CHECK(refusal_of(folder / "absent") == ENOENT);
  CHECK(refusal_of("relative") == EINVAL);
  CHECK(refusal_of("") == EINVAL);
  const check::UnixPeer datagrams(folder / "datagrams");
  CHECK(refusal_of(folder / "datagrams") == ENXIO);
  { const StandIn left_behind(folder / "left"); }
  CHECK(refusal_of(folder / "left") == ENXIO);
}

TEST_CASE("a seqpacket socket stands in for a device, one read a message, and its end is told") {
  const TemporaryFolder folder;
  const StandIn stand_in(folder / "device");
  auto opened = DeviceEndpoint::open(folder / "device");
  REQUIRE(opened.ok());
  UniqueFd far = stand_in.accept_one();
  REQUIRE(far.valid());
  write_text(far.get(), "one");
  write_text(far.get(), "two");
  CHECK(opened.value().receive().value()->bytes == to_bytes("one"));
  CHECK(opened.value().receive().value()->bytes == to_bytes("two"));
  far = UniqueFd();
  CHECK(!opened.value().receive().ok());
  CHECK(opened.value().send(to_bytes("x")).value() == SendOutcome::kPeerGone);
}

TEST_CASE("a device is an endpoint of the loop: arrivals, answers, and its end without anything sent") {
  EventLoop loop(std::move(EventLoop::open().value()));
  Datagrams datagrams(loop, Source::kProbe);
  std::vector<DatagramEvent> events;
  const Terminal terminal;
  datagrams.open(1, OpenDevice{terminal.path}, events);
  datagrams.send(2, {1, to_bytes("AT")}, events);
  REQUIRE(events.size() == 2);
  for (const DatagramEvent& event : events) CHECK(!std::get_if<DatagramAnswer>(&event)->failure);
  datagrams.open(3, OpenDevice{terminal.path}, events);
  CHECK(std::get_if<DatagramAnswer>(&events.back())->failure->error_number == EBUSY);
  const auto turn = [&] {
    const auto ready = loop.wait(1'000);
    REQUIRE(ready.ok());
    for (const epoll_event& event : ready.value()) datagrams.ready(detail_of(event.data.u64), event.events, events);
  };
  CHECK(read_text(terminal.master.get()) == "AT");
  write_text(terminal.master.get(), "OK");
  turn();
  CHECK(std::get_if<DatagramArrival>(&events.back())->bytes == to_bytes("OK"));
  const_cast<UniqueFd&>(terminal.master) = UniqueFd();
  turn();
  REQUIRE(std::holds_alternative<DatagramEnd>(events.back()));
  CHECK(datagrams.size() == 0);
}

TEST_CASE("a device that cannot be waited for is refused") {
  EventLoop loop(std::move(EventLoop::open().value()));
  Datagrams datagrams(loop, Source::kProbe);
  std::vector<DatagramEvent> events;
  datagrams.open(1, OpenDevice{"/dev/null"}, events);
  REQUIRE(events.size() == 1);
  CHECK(std::get_if<DatagramAnswer>(&events.front())->failure->error_number == EPERM);
  CHECK(datagrams.size() == 0);
}
