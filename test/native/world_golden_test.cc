// Decoders of what is no noun against what a kernel sent in a world, and what ss, sysfs and dnsmasq's configuration said.
#include <cstdint>
#include <cstdlib>

#include "check.hh"
#include "engine/message_fields.hh"
#include "golden.hh"

using namespace vn;

namespace {

double number(const std::string& text) { return std::strtod(text.c_str(), nullptr); }

/// Takes the facts that are bounds out and checks them: what counts milliseconds was read between two looks.
void check_bounds(const golden::Facts& decoded, golden::Facts& expected) {
  std::size_t checked = 0;
  for (auto each = expected.begin(); each != expected.end();) {
    const auto& [path, value] = *each;
    const bool least = path.ends_with(".atLeast");
    if (!least && !path.ends_with(".atMost")) {
      ++each;
      continue;
    }
    INFO(path);
    const auto found = decoded.find(path.substr(0, path.rfind('.')));
    REQUIRE(found != decoded.end());
    CHECK((least ? number(found->second) >= number(value) : number(found->second) <= number(value)));
    ++checked;
    each = expected.erase(each);
  }
  CHECK(checked > 0);
}

std::string end_of(const IpAddress& address, std::uint16_t port) { return format(address) + ":" + std::to_string(port); }

}  // namespace

TEST_CASE("TCP sockets are what ss says they are") {
  golden::Facts facts;
  std::size_t count = 0;
  golden::for_each_message(golden::load_datagrams("tcp-socket/sockets"), [&](const netlink::Message& message) {
    const auto decoded = diag::decode_tcp_socket(message);
    REQUIRE(decoded.ok());
    REQUIRE(decoded.value().has_value());
    const diag::TcpSocket& socket = *decoded.value();
    const std::string key = end_of(socket.local_address, socket.local_port) + " " + end_of(socket.remote_address, socket.remote_port);
    golden::add_facts(facts, key, socket);
    facts[key + ".hasTraffic"] = socket.traffic ? "true" : "false";
    ++count;
  });
  facts["length"] = golden::number_text(static_cast<double>(count));
  golden::Facts expected = golden::load_facts("tcp-socket/sockets");
  check_bounds(facts, expected);
  golden::check_facts(facts, expected);
}

TEST_CASE("only sockets that are bound to a link have its index") {
  std::size_t bound = 0;
  golden::for_each_message(golden::load_datagrams("tcp-socket/sockets"), [&](const netlink::Message& message) {
    const auto socket = diag::decode_tcp_socket(message);
    const bool link_local = format(socket.value()->local_address).starts_with("fe80:");
    CHECK(socket.value()->ifindex.has_value() == link_local);
    bound += link_local ? 1 : 0;
  });
  // A listener, and both ends of its connection.
  CHECK(bound == 3);
}

TEST_CASE("uevents of links are what sysfs says of them, and their numbers rise") {
  golden::Facts facts;
  std::size_t count = 0;
  std::uint64_t seqnum = 0;
  for (const ByteBuffer& datagram : golden::load_datagrams("uevent/uevents")) {
    const auto decoded = uevent::decode_uevent(datagram);
    REQUIRE(decoded.ok());
    const uevent::Uevent& uevent = decoded.value();
    INFO(uevent.devpath);
    CHECK(uevent.seqnum > seqnum);
    seqnum = uevent.seqnum;
    CHECK(uevent.ifindex.has_value() == (uevent.subsystem == "net"));
    CHECK(uevent.devtype.has_value() == uevent.devpath.ends_with("/br0"));
    CHECK(uevent.properties.size() == (uevent.action == "move" ? 1 : 0));
    golden::add_facts(facts, uevent.action + " " + uevent.devpath, uevent);
    ++count;
  }
  facts["length"] = golden::number_text(static_cast<double>(count));
  golden::check_facts(facts, golden::load_facts("uevent/uevents"));
}

TEST_CASE("name servers and search domains are what dnsmasq was told to advertise") {
  golden::Facts facts;
  std::size_t count = 0;
  golden::for_each_message(golden::load_datagrams("nd-option/advertisement"), [&](const netlink::Message& message) {
    const auto decoded = rtnl::decode_nd_option(message);
    REQUIRE(decoded.ok());
    // Younger kernels tell of prefixes too (option 3).
    if (!decoded.value()) return;
    CHECK(decoded.value()->servers.has_value() != decoded.value()->domains.has_value());
    golden::add_facts(facts, decoded.value()->servers ? "servers" : "domains", *decoded.value());
    ++count;
  });
  CHECK(count == 2);
  golden::check_facts(facts, golden::load_facts("nd-option/advertisement"));
}
