#include "rtnl/address.hh"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "check.hh"

using namespace vn;
using namespace vn::rtnl;

namespace {

/// RTM_NEWADDR as the kernel writes it: 192.0.2.1 peer 192.0.2.2, /30, on index 3, permanent, no prefix route, protocol 183.
const char* const kPeer =
    "54 00 00 00 14 00 00 00 00 00 00 00 00 00 00 00"
    "02 1e 80 fd 03 00 00 00"
    "08 00 01 00 c0 00 02 02"                // IFA_ADDRESS: the far end
    "08 00 02 00 c0 00 02 01"                // IFA_LOCAL
    "08 00 04 00 c0 00 02 03"                // IFA_BROADCAST
    "0c 00 03 00 65 74 68 30 3a 31 00 00"    // IFA_LABEL eth0:1
    "08 00 08 00 80 02 00 00"                // IFA_FLAGS: permanent, noprefixroute
    "05 00 0b 00 b7 00 00 00"                // IFA_PROTO
    "08 00 63 00 00 00 00 00";               // a type that nobody knows

Address decode(const ByteBuffer& bytes) {
  const auto address = decode_address(check::first_message(bytes));
  REQUIRE(address.ok());
  REQUIRE(address.value().has_value());
  return *address.value();
}

}  // namespace

TEST_CASE("an address is decoded from the kernel's bytes") {
  const Address address = decode(check::from_hex(kPeer));
  CHECK(address.ifindex == 3);
  CHECK(address.family == Family::kIpv4);
  CHECK(address.address == check::ip("192.0.2.1"));
  CHECK(address.prefix_length == 30);
  CHECK(address.peer == check::ip("192.0.2.2"));
  CHECK(address.broadcast == check::ip("192.0.2.3"));
  CHECK(address.scope == 253);
  CHECK(address.label == "eth0:1");
  CHECK(address.permanent);
  CHECK(address.no_prefix_route);
  CHECK(address.protocol == 183);
}

TEST_CASE("an address cut at any byte is safe, and refused where no address is left") {
  check::for_each_cut(check::from_hex(kPeer), [](const netlink::Message& cut) {
    const auto address = decode_address(cut);
    if (cut.payload.size() < sizeof(ifaddrmsg) + 8) CHECK_FALSE(address.ok());
  });
}

TEST_CASE("an address of the wrong size or a prefix too long is refused") {
  ByteBuffer bytes = check::from_hex(kPeer);
  bytes[17] = 33;
  CHECK_FALSE(decode_address(check::first_message(bytes)).ok());
  bytes = check::from_hex(kPeer);
  bytes[16] = 10;  // AF_INET6 with four-byte addresses
  CHECK_FALSE(decode_address(check::first_message(bytes)).ok());
}

TEST_CASE("an address of another family is passed over") {
  ByteBuffer bytes = check::from_hex(kPeer);
  bytes[16] = 29;
  const auto address = decode_address(check::first_message(bytes));
  REQUIRE(address.ok());
  CHECK_FALSE(address.value().has_value());
}

TEST_CASE("an encoded address comes back as it was asked for") {
  const AddressCommand v4{3, "192.0.2.1", 30, "192.0.2.2", "192.0.2.3", 253, "eth0:1", true, 183};
  const auto bytes = encode(v4, Verb::kAdd);
  REQUIRE(bytes.ok());
  Address address = decode(bytes.value());
  CHECK(address.address == check::ip("192.0.2.1"));
  CHECK(address.peer == check::ip("192.0.2.2"));
  CHECK(address.broadcast == check::ip("192.0.2.3"));
  CHECK(address.scope == 253);
  CHECK(address.label == "eth0:1");
  CHECK(address.no_prefix_route);
  CHECK(address.protocol == 183);
  const auto v6 = encode(AddressCommand{3, "2001:db8::1", 64, {}, {}, {}, {}, {}, {}}, Verb::kReplace);
  REQUIRE(v6.ok());
  address = decode(v6.value());
  CHECK(address.family == Family::kIpv6);
  CHECK(address.address == check::ip("2001:db8::1"));
  CHECK(address.prefix_length == 64);
  CHECK_FALSE(address.peer.has_value());
  CHECK(address.scope == 0);
}

TEST_CASE("each verb has its message and flags") {
  const AddressCommand command{3, "192.0.2.1", 24, {}, {}, {}, {}, {}, {}};
  const auto head = [&](Verb verb) {
    const auto bytes = encode(command, verb);
    const auto message = check::first_message(bytes.value());
    return std::pair{message.type, message.flags};
  };
  CHECK(head(Verb::kAdd) == std::pair<std::uint16_t, std::uint16_t>{RTM_NEWADDR, 0x605});
  CHECK(head(Verb::kReplace) == std::pair<std::uint16_t, std::uint16_t>{RTM_NEWADDR, 0x505});
  CHECK(head(Verb::kDelete) == std::pair<std::uint16_t, std::uint16_t>{RTM_DELADDR, 0x005});
}

TEST_CASE("an address that cannot be is refused by name of the field") {
  const auto detail = [](const AddressCommand& command) { return encode(command, Verb::kAdd).failure().detail; };
  CHECK(detail({3, "x", 24, {}, {}, {}, {}, {}, {}}) == "address is not an IP address");
  CHECK(detail({3, "192.0.2.1", 33, {}, {}, {}, {}, {}, {}}) == "prefixLength is too long for the family");
  CHECK(detail({3, "192.0.2.1", 24, "2001:db8::1", {}, {}, {}, {}, {}}) == "peer is not an address of the same family");
  CHECK(detail({3, "2001:db8::1", 64, {}, "192.0.2.3", {}, {}, {}, {}}) == "broadcast is not an IPv4 address");
  CHECK(detail({3, "192.0.2.1", 24, {}, {}, {}, "0123456789abcdef", {}, {}}) == "label must have 1 to 15 bytes");
}
