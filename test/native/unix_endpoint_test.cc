#include "datagram/unix_endpoint.hh"

#include <fcntl.h>
#include <sys/stat.h>

#include "check.hh"
#include "temporary_folder.hh"
#include "unix_peer.hh"

using namespace vn;
using namespace vn::datagram;
using check::to_bytes;
using check::UnixPeer;

namespace {

UnixEndpoint open(const Names& names) {
  auto opened = UnixEndpoint::open(names);
  REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.failure().operation));
  return std::move(opened.value());
}

int refusal(const Names& names) {
  const auto opened = UnixEndpoint::open(names);
  return opened.ok() ? 0 : opened.failure().error_number;
}

SendOutcome send(UnixEndpoint& endpoint, const std::string& text) {
  const auto sent = endpoint.send(to_bytes(text));
  REQUIRE(sent.ok());
  return sent.value();
}

bool exists(const std::string& path) {
  struct stat file {};
  return lstat(path.c_str(), &file) == 0;
}

}  // namespace

TEST_CASE("whole datagrams go to the peer and come back, by path and by abstract name") {
  const check::TemporaryFolder folder;
  for (const std::string& local : {folder / "ours", check::abstract_name("ours")}) {
    for (const std::string& far : {folder / "far", check::abstract_name("far")}) {
      const UnixPeer peer(far);
      UnixEndpoint endpoint = open({local, far});
      CHECK(send(endpoint, "PING") == SendOutcome::kSent);
      CHECK(send(endpoint, "") == SendOutcome::kSent);
      CHECK(peer.receive() == "PING");
      CHECK(peer.receive() == "");
      peer.send_to(local, "PONG\n");
      const auto received = endpoint.receive();
      REQUIRE(received.ok());
      REQUIRE(received.value().has_value());
      CHECK(received.value()->bytes == to_bytes("PONG\n"));
      CHECK_FALSE(received.value()->truncated);
      CHECK_FALSE(endpoint.receive().value().has_value());
      (void)unlink(far.c_str());
    }
  }
}

TEST_CASE("our file is for its owner only, and goes with the endpoint") {
  const check::TemporaryFolder folder;
  const UnixPeer peer(folder / "far");
  {
    UnixEndpoint first = open({folder / "ours", folder / "far"});
    const UnixEndpoint moved = std::move(first);
    struct stat file {};
    REQUIRE(lstat((folder / "ours").c_str(), &file) == 0);
    CHECK((file.st_mode & 07777U) == 0600U);
  }
  CHECK_FALSE(exists(folder / "ours"));
}

TEST_CASE("a file left behind is replaced; one in use, and one that is no socket, stay") {
  const check::TemporaryFolder folder;
  const UnixPeer peer(folder / "far");
  { const UnixPeer dead(folder / "ours"); }
  REQUIRE(exists(folder / "ours"));
  {
    const UnixEndpoint endpoint = open({folder / "ours", folder / "far"});
    CHECK(refusal({folder / "ours", folder / "far"}) == EADDRINUSE);
    CHECK(exists(folder / "ours"));
  }
  const UniqueFd plain(::open((folder / "plain").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  CHECK(refusal({folder / "plain", folder / "far"}) == EADDRINUSE);
  CHECK(exists(folder / "plain"));
}

TEST_CASE("a file that another has put in the place of ours stays") {
  const check::TemporaryFolder folder;
  const UnixPeer peer(folder / "far");
  {
    const UnixEndpoint endpoint = open({folder / "ours", folder / "far"});
    REQUIRE(unlink((folder / "ours").c_str()) == 0);
    // While the endpoint holds its inode, the new file gets another number.
    const UnixPeer other(folder / "ours");
  }
  CHECK(exists(folder / "ours"));
}

TEST_CASE("a failed opening leaves no file and says why") {
  const check::TemporaryFolder folder;
  CHECK(refusal({folder / "ours", folder / "nobody"}) == ENOENT);
  CHECK_FALSE(exists(folder / "ours"));
  { const UnixPeer dead(folder / "dead"); }
  CHECK(refusal({folder / "ours", folder / "dead"}) == ECONNREFUSED);
  CHECK(refusal({folder / "ours", check::abstract_name("nobody")}) == ECONNREFUSED);
  CHECK(refusal({"relative", folder / "dead"}) == EINVAL);
  CHECK(refusal({"", folder / "dead"}) == EINVAL);
  CHECK(refusal({"@", folder / "dead"}) == EINVAL);
  CHECK(refusal({folder / "ours", "/" + std::string(107, 'x')}) == ENAMETOOLONG);
  CHECK(refusal({folder / "ours", std::string("/a\0b", 4)}) == EINVAL);
}

TEST_CASE("an abstract name may have 107 bytes") {
  std::string name = check::abstract_name("long");
  name.resize(107, 'x');
  const UnixPeer peer(name);
  UnixEndpoint endpoint = open({check::abstract_name("ours"), name});
  CHECK(send(endpoint, "x") == SendOutcome::kSent);
  CHECK(peer.receive() == "x");
}

TEST_CASE("a peer that ends is gone, at the first send and at later ones") {
  const std::string far = check::abstract_name("far");
  std::optional<UnixPeer> peer(far);
  UnixEndpoint endpoint = open({check::abstract_name("ours"), far});
  peer.reset();
  CHECK(send(endpoint, "PING") == SendOutcome::kPeerGone);
  CHECK(send(endpoint, "PING") == SendOutcome::kPeerGone);
}

TEST_CASE("a full peer is told apart from a broken one") {
  const std::string far = check::abstract_name("far");
  const UnixPeer peer(far);
  UnixEndpoint endpoint = open({check::abstract_name("ours"), far});
  SendOutcome outcome = SendOutcome::kSent;
  // net.unix.max_dgram_qlen is 10 to a few hundred.
  for (int i = 0; i < 10'000 && outcome == SendOutcome::kSent; ++i) outcome = send(endpoint, "x");
  CHECK(outcome == SendOutcome::kFull);
  CHECK(peer.receive() == "x");
  CHECK(send(endpoint, "x") == SendOutcome::kSent);
}

TEST_CASE("64 KiB go through whole; what is longer is refused here and cut there") {
  const std::string far = check::abstract_name("far");
  const std::string ours = check::abstract_name("ours");
  const UnixPeer peer(far);
  UnixEndpoint endpoint = open({ours, far});
  const std::string most(UnixEndpoint::kMaxBytes, 'm');
  CHECK(send(endpoint, most) == SendOutcome::kSent);
  CHECK(peer.receive() == most);
  const auto sent = endpoint.send(to_bytes(most + "m"));
  REQUIRE_FALSE(sent.ok());
  CHECK(sent.failure().error_number == EMSGSIZE);
  peer.send_to(ours, most);
  CHECK_FALSE(endpoint.receive().value()->truncated);
  peer.send_to(ours, most + "m");
  const auto received = endpoint.receive();
  REQUIRE(received.value().has_value());
  CHECK(received.value()->truncated);
  CHECK(received.value()->bytes == to_bytes(most));
}
