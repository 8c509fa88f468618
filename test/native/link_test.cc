#include "rtnl/link.hh"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "check.hh"
#include "netlink/message_writer.hh"

using namespace vn;
using namespace vn::rtnl;

namespace {

/// RTM_NEWLINK of a dummy link as the kernel writes it: index 5, up and running, IFLA_LINK 5 (itself).
const char* const kDummy =
    "60 00 00 00 10 00 00 00 00 00 00 00 00 00 00 00"
    "00 00 01 00 05 00 00 00 43 00 01 00 00 00 00 00"
    "07 00 03 00 64 30 00 00"                            // IFLA_IFNAME d0
    "0a 00 01 00 02 00 00 00 00 0a 00 00"                // IFLA_ADDRESS
    "08 00 04 00 dc 05 00 00"                            // IFLA_MTU 1500
    "08 00 05 00 05 00 00 00"                            // IFLA_LINK
    "05 00 10 00 06 00 00 00"                            // IFLA_OPERSTATE up
    "10 00 12 00 0a 00 01 00 64 75 6d 6d 79 00 00 00"    // IFLA_LINKINFO { IFLA_INFO_KIND dummy }
    "04 00 ff 3f";                                       // a type that nobody knows

std::optional<Link> decode(const ByteBuffer& bytes) {
  const auto link = decode_link(check::first_message(bytes));
  REQUIRE(link.ok());
  return link.value();
}

}  // namespace

TEST_CASE("a link is decoded from the kernel's bytes") {
  const auto link = decode(check::from_hex(kDummy));
  REQUIRE(link.has_value());
  CHECK(link->ifindex == 5);
  CHECK(link->ifname == "d0");
  CHECK(link->kind == "dummy");
  CHECK(link->mac_address == check::mac("02:00:00:00:00:0a"));
  CHECK(link->mtu == 1500);
  CHECK(link->up);
  CHECK(link->lower_up);
  CHECK(link->operstate == Operstate::kUp);
  CHECK_FALSE(link->master.has_value());
  CHECK_FALSE(link->parent.has_value());
}

TEST_CASE("a link cut at any byte is refused or has all that was read") {
  check::for_each_cut(check::from_hex(kDummy), [](const netlink::Message& cut) {
    const auto link = decode_link(cut);
    if (cut.payload.size() < sizeof(ifinfomsg) + 7) CHECK_FALSE(link.ok());
    else if (link.ok()) CHECK(link.value()->ifname == "d0");
  });
}

TEST_CASE("port information of a bridge is no link") {
  ByteBuffer bytes = check::from_hex(kDummy);
  bytes[16] = 7;  // AF_BRIDGE
  CHECK_FALSE(decode(bytes).has_value());
}

TEST_CASE("an event of the wireless extensions is no link") {
  ifinfomsg header{};
  header.ifi_index = 3;
  netlink::MessageWriter writer(RTM_NEWLINK, 0, header);
  writer.put_text(IFLA_IFNAME, "wlan0");
  writer.put_u32(IFLA_WIRELESS, 1);
  CHECK_FALSE(decode(writer.take()).has_value());
}

TEST_CASE("the parent is the link below, unless it is the link itself or elsewhere") {
  ifinfomsg header{};
  header.ifi_index = 3;
  const auto with = [&](std::uint32_t parent, bool elsewhere) {
    netlink::MessageWriter writer(RTM_NEWLINK, 0, header);
    writer.put_text(IFLA_IFNAME, "v0");
    writer.put_u32(IFLA_LINK, parent);
    writer.put_u32(IFLA_MASTER, 9);
    if (elsewhere) writer.put_u32(IFLA_LINK_NETNSID, 0);
    return decode(writer.take());
  };
  CHECK(with(4, false)->parent == 4U);
  CHECK(with(4, false)->master == 9U);
  CHECK_FALSE(with(3, false)->parent.has_value());
  CHECK_FALSE(with(0, false)->parent.has_value());
  CHECK_FALSE(with(4, true)->parent.has_value());
}

TEST_CASE("a hardware address that is not six bytes long is no MAC address") {
  ifinfomsg header{};
  header.ifi_index = 3;
  for (const std::size_t size : {std::size_t{0}, std::size_t{4}, std::size_t{20}}) {
    netlink::MessageWriter writer(RTM_NEWLINK, 0, header);
    writer.put_text(IFLA_IFNAME, "tun0");
    writer.put(IFLA_ADDRESS, ByteBuffer(size));
    CHECK_FALSE(decode(writer.take())->mac_address.has_value());
  }
}

TEST_CASE("nested attributes without end, or with lying lengths, end with their bytes") {
  ifinfomsg header{};
  header.ifi_index = 3;
  netlink::MessageWriter writer(RTM_NEWLINK, 0, header);
  writer.put_text(IFLA_IFNAME, "x0");
  std::vector<std::size_t> nests;
  for (int i = 0; i < 4'000; ++i) nests.push_back(writer.begin_nest(IFLA_LINKINFO));
  for (auto nest = nests.rbegin(); nest != nests.rend(); ++nest) writer.end_nest(*nest);
  writer.put(IFLA_LINKINFO, check::from_hex("ff ff 01 00 61 62"));
  const auto link = decode(writer.take());
  REQUIRE(link.has_value());
  CHECK_FALSE(link->kind.has_value());
}

TEST_CASE("an added link comes back as it was asked for") {
  const AddLink command{"v0", "veth", 10, "02:00:00:AA:bb:01", 1400, VethPeer{"v1", 11}, {}, {}, {}, {}, {}, {}, {}, {}};
  const auto bytes = encode(command);
  REQUIRE(bytes.ok());
  const auto link = decode(bytes.value());
  CHECK(link->ifname == "v0");
  CHECK(link->kind == "veth");
  CHECK(link->ifindex == 10);
  CHECK(link->mac_address == check::mac("02:00:00:aa:bb:01"));
  CHECK(link->mtu == 1400);
}

TEST_CASE("a set link carries only what is asked") {
  const auto bytes = encode(SetLink{4, false, "new0", std::nullopt, 1300, 0, {}, {}, {}, {}, {}});
  REQUIRE(bytes.ok());
  const ByteBuffer expected = check::from_hex(
      "3c 00 00 00 13 00 05 00 00 00 00 00 00 00 00 00"
      "00 00 00 00 04 00 00 00 00 00 00 00 01 00 00 00"
      "09 00 03 00 6e 65 77 30 00 00 00 00"
      "08 00 04 00 14 05 00 00"
      "08 00 0a 00 00 00 00 00");
  CHECK(bytes.value() == expected);
}

TEST_CASE("names and MAC addresses that cannot be are refused by name of the field") {
  CHECK(encode(AddLink{"", "dummy", {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}).failure().detail == "ifname must have 1 to 15 bytes");
  CHECK_FALSE(encode(AddLink{"0123456789abcdef", "dummy", {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}).ok());
  CHECK_FALSE(encode(AddLink{"d0", "", {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}).ok());
  CHECK_FALSE(encode(AddLink{"d0", "veth", {}, {}, {}, VethPeer{"", {}}, {}, {}, {}, {}, {}, {}, {}, {}}).ok());
  for (const char* mac : {"", "02:00:00:00:00", "02:00:00:00:00:0g", "02-00-00-00-00-01", "02:00:00:00:00:01:02"}) {
    CHECK(encode(SetLink{4, {}, {}, mac, {}, {}, {}, {}, {}, {}, {}}).failure().error_number == EINVAL);
  }
}
