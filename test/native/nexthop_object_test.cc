#include "rtnl/nexthop_object.hh"

#include <linux/nexthop.h>
#include <linux/rtnetlink.h>

#include "check.hh"
#include "netlink/message_writer.hh"

using namespace vn;
using namespace vn::rtnl;

namespace {

NexthopObject decode(const ByteBuffer& bytes) {
  const auto nexthop = decode_nexthop_object(check::first_message(bytes));
  REQUIRE(nexthop.ok());
  REQUIRE(nexthop.value().has_value());
  return *nexthop.value();
}

ByteBuffer bytes_of(const NexthopObjectCommand& command, Verb verb = Verb::kAdd) {
  const auto bytes = encode(command, verb);
  REQUIRE(bytes.ok());
  return bytes.value();
}

NexthopObjectCommand with_id(std::uint32_t id) {
  NexthopObjectCommand command;
  command.id = id;
  return command;
}

}  // namespace

TEST_CASE("a nexthop comes back as it was asked for") {
  NexthopObjectCommand command = with_id(7);
  command.gateway = "2001:db8::1";
  command.ifindex = 3;
  command.onlink = true;
  command.protocol = 183;
  const ByteBuffer bytes = bytes_of(command);
  const NexthopObject nexthop = decode(bytes);
  CHECK(nexthop.id == 7U);
  CHECK(nexthop.family == Family::kIpv6);
  CHECK(nexthop.gateway == check::ip("2001:db8::1"));
  CHECK(nexthop.ifindex == 3U);
  CHECK(nexthop.onlink);
  CHECK_FALSE(nexthop.blackhole);
  CHECK(nexthop.protocol == 183);
  check::for_each_cut(bytes, [](const netlink::Message& cut) { (void)decode_nexthop_object(cut).ok(); });
  NexthopObjectCommand hole = with_id(8);
  hole.blackhole = true;
  CHECK(decode(bytes_of(hole)).blackhole);
  CHECK(decode(bytes_of(hole)).protocol == RTPROT_STATIC);
}

TEST_CASE("a group comes back with its weights, and has no family") {
  NexthopObjectCommand command = with_id(9);
  command.group = {{7, 256}, {8, std::nullopt}};
  const ByteBuffer bytes = bytes_of(command);
  const NexthopObject nexthop = decode(bytes);
  CHECK_FALSE(nexthop.family.has_value());
  REQUIRE(nexthop.group->size() == 2);
  CHECK((*nexthop.group)[0].id == 7U);
  CHECK((*nexthop.group)[0].weight == 256U);
  CHECK((*nexthop.group)[1].weight == 1U);
  check::for_each_cut(bytes, [](const netlink::Message& cut) { (void)decode_nexthop_object(cut).ok(); });
}

TEST_CASE("a group with half a member, or a gateway of another size, is refused") {
  const auto with = [](std::uint8_t family, std::uint16_t type, std::size_t size) {
    nhmsg header{};
    header.nh_family = family;
    netlink::MessageWriter writer(RTM_NEWNEXTHOP, 0, header);
    writer.put_u32(NHA_ID, 1);
    writer.put(type, ByteBuffer(size));
    const ByteBuffer bytes = writer.take();
    return decode_nexthop_object(check::first_message(bytes)).ok();
  };
  CHECK(with(0, NHA_GROUP, 8));
  CHECK_FALSE(with(0, NHA_GROUP, 12));
  CHECK(with(2, NHA_GATEWAY, 4));
  CHECK_FALSE(with(10, NHA_GATEWAY, 4));
  CHECK_FALSE(with(0, NHA_GATEWAY, 4));
}

TEST_CASE("a deleted nexthop is named by its id alone") {
  NexthopObjectCommand command = with_id(7);
  command.ifindex = 3;
  const ByteBuffer bytes = bytes_of(command, Verb::kDelete);
  CHECK(check::first_message(bytes).type == RTM_DELNEXTHOP);
  CHECK(check::first_message(bytes).payload.size() == sizeof(nhmsg) + 8);
}

TEST_CASE("a nexthop that cannot be is refused by name of the field") {
  const auto detail = [](const NexthopObjectCommand& command) { return encode(command, Verb::kAdd).failure().detail; };
  CHECK(detail(with_id(0)) == "id must not be 0");
  NexthopObjectCommand command = with_id(1);
  command.gateway = "x";
  CHECK(detail(command) == "gateway is not an IP address");
  command.gateway = "192.0.2.1";
  command.family = Family::kIpv6;
  CHECK(detail(command) == "gateway is not of the family");
  command = with_id(1);
  command.group = std::vector<NexthopMemberCommand>{};
  CHECK(detail(command) == "group must have 1 to 512 members");
  command.group = {{7, 257}};
  CHECK(detail(command) == "group.weight must be 1 to 256");
}
