#include "rtnl/route.hh"

#include <linux/rtnetlink.h>

#include <cstddef>

#include "check.hh"
#include "engine/decode_event.hh"
#include "netlink/message_writer.hh"

using namespace vn;
using namespace vn::rtnl;

namespace {

/// Counts what it is handed.
struct Sink {
  int taken = 0;
  void take(engine::EventType, const auto&) { ++taken; }
};

/// RTM_NEWROUTE as the kernel writes it: default in table 1000, protocol 183, metric 20, two ways, the second over IPv6.
const char* const kMultipath =
    "70 00 00 00 18 00 00 00 00 00 00 00 00 00 00 00"
    "02 00 00 00 fc b7 00 01 00 00 00 00"
    "08 00 0f 00 e8 03 00 00"                                                     // RTA_TABLE
    "08 00 06 00 14 00 00 00"                                                     // RTA_PRIORITY
    "08 00 07 00 c0 00 02 01"                                                     // RTA_PREFSRC
    "3c 00 09 00"                                                                 // RTA_MULTIPATH
    "10 00 00 02 03 00 00 00 08 00 05 00 c0 00 02 fe"                             // weight 3, RTA_GATEWAY
    "20 00 00 00 04 00 00 00 16 00 12 00 0a 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00"  // RTA_VIA
    "08 00 00 ff 05 00 00 00";                                                    // weight 256, no gateway

Route decode(const ByteBuffer& bytes) {
  const auto route = decode_route(check::first_message(bytes));
  REQUIRE(route.ok());
  REQUIRE(route.value().has_value());
  return *route.value();
}

RouteCommand to(const char* destination, Family family = Family::kIpv4) {
  RouteCommand command;
  command.family = family;
  command.destination = destination;
  return command;
}

rtmsg header_of(const RouteCommand& command, Verb verb) {
  const auto bytes = encode(command, verb);
  REQUIRE(bytes.ok());
  return *load<rtmsg>(check::first_message(bytes.value()).payload);
}

}  // namespace

TEST_CASE("a multipath route is decoded from the kernel's bytes") {
  const Route route = decode(check::from_hex(kMultipath));
  CHECK(route.family == Family::kIpv4);
  CHECK(route.route_type == RouteType::kUnicast);
  CHECK(format(route.destination) == "default");
  CHECK(route.table == 1000);
  CHECK(route.metric == 20);
  CHECK(route.protocol == 183);
  CHECK(route.source == check::ip("192.0.2.1"));
  REQUIRE(route.nexthops.has_value());
  REQUIRE(route.nexthops->size() == 3);
  CHECK((*route.nexthops)[0].gateway == check::ip("192.0.2.254"));
  CHECK((*route.nexthops)[0].weight == 3);
  CHECK((*route.nexthops)[0].ifindex == 3);
  CHECK((*route.nexthops)[1].gateway == check::ip("fe80::1"));
  CHECK((*route.nexthops)[1].ifindex == 4);
  CHECK((*route.nexthops)[2].weight == 256);
  CHECK_FALSE((*route.nexthops)[2].gateway.has_value());
}

TEST_CASE("a route cut at any byte is safe") {
  check::for_each_cut(check::from_hex(kMultipath), [](const netlink::Message& cut) {
    const auto route = decode_route(cut);
    if (cut.payload.size() < sizeof(rtmsg)) CHECK_FALSE(route.ok());
  });
}

TEST_CASE("a way whose length lies makes the route invalid") {
  for (const std::uint8_t length : {std::uint8_t{0}, std::uint8_t{7}, std::uint8_t{0xff}}) {
    ByteBuffer bytes = check::from_hex(kMultipath);
    bytes[56] = length;
    CHECK_FALSE(decode_route(check::first_message(bytes)).ok());
  }
}

TEST_CASE("cloned routes and other families are passed over") {
  ByteBuffer bytes = check::from_hex(kMultipath);
  bytes[25] = 2;  // RTM_F_CLONED is 0x200
  CHECK_FALSE(decode_route(check::first_message(bytes)).value().has_value());
  bytes = check::from_hex(kMultipath);
  bytes[16] = 128;
  CHECK_FALSE(decode_route(check::first_message(bytes)).value().has_value());
}

TEST_CASE("what is passed over is handed to nobody, and a default route's address has its size all the same") {
  for (const auto rtm : {RTM_NEWROUTE, RTM_DELROUTE}) {
    Sink sink;
    ByteBuffer bytes = check::from_hex(kMultipath);
    store(bytes, offsetof(nlmsghdr, nlmsg_type), static_cast<std::uint16_t>(rtm));
    CHECK(engine::decode_into(check::first_message(bytes), sink));
    CHECK(sink.taken == 1);
    bytes[25] = 2;  // RTM_F_CLONED is 0x200
    CHECK(engine::decode_into(check::first_message(bytes), sink));
    CHECK(sink.taken == 1);
  }
  rtmsg header{};
  header.rtm_family = 2;
  netlink::MessageWriter writer(RTM_NEWROUTE, 0, header);
  writer.put_u8(RTA_DST, 0);
  CHECK_FALSE(decode_route(check::first_message(writer.take())).ok());
}

TEST_CASE("a destination of the wrong size or without its address is refused") {
  rtmsg header{};
  header.rtm_family = 2;
  header.rtm_dst_len = 24;
  CHECK_FALSE(decode_route(check::first_message(netlink::MessageWriter(RTM_NEWROUTE, 0, header).take())).ok());
  netlink::MessageWriter writer(RTM_NEWROUTE, 0, header);
  writer.put(RTA_DST, ByteBuffer(16));
  const ByteBuffer bytes = writer.take();
  CHECK_FALSE(decode_route(check::first_message(bytes)).ok());
}

TEST_CASE("an encoded route comes back as it was asked for") {
  RouteCommand command = to("192.0.2.0/24");
  command.ifindex = 3;
  command.gateway = "198.51.100.1";
  command.metric = 30;
  command.table = 70'000;
  command.protocol = 183;
  command.source = "198.51.100.2";
  const auto bytes = encode(command, Verb::kReplace);
  REQUIRE(bytes.ok());
  const Route route = decode(bytes.value());
  CHECK(format(route.destination) == "192.0.2.0/24");
  CHECK(route.ifindex == 3U);
  CHECK(route.gateway == check::ip("198.51.100.1"));
  CHECK(route.metric == 30);
  CHECK(route.table == 70'000);
  CHECK(route.protocol == 183);
  CHECK(route.source == check::ip("198.51.100.2"));
  CHECK(route.scope == RT_SCOPE_UNIVERSE);
}

TEST_CASE("encoded ways come back, and a gateway of the other family with them") {
  RouteCommand command = to("default");
  command.nexthops = {{"192.0.2.1", 3, 5}, {"fe80::1", 4, std::nullopt}};
  command.onlink = true;
  const auto bytes = encode(command, Verb::kAdd);
  REQUIRE(bytes.ok());
  const Route route = decode(bytes.value());
  REQUIRE(route.nexthops.has_value());
  CHECK((*route.nexthops)[0].weight == 5);
  CHECK((*route.nexthops)[1].gateway == check::ip("fe80::1"));
  CHECK((*route.nexthops)[1].weight == 1);
}

TEST_CASE("the most nexthops that are taken all come back") {
  for (const Family family : {Family::kIpv4, Family::kIpv6}) {
    RouteCommand command = to("default", family);
    command.nexthops = std::vector<NexthopCommand>(512, {family == Family::kIpv4 ? "192.0.2.1" : "2001:db8::1", 3, 1});
    const auto bytes = encode(command, Verb::kAdd);
    REQUIRE(bytes.ok());
    CHECK(bytes.value().size() < 16 * 1024);  // what a notification is read with
    CHECK(decode(bytes.value()).nexthops->size() == 512);
  }
}

TEST_CASE("an added route has the defaults that the kernel wants") {
  rtmsg header = header_of(to("192.0.2.0/24"), Verb::kAdd);
  CHECK(header.rtm_table == 254);
  CHECK(header.rtm_protocol == RTPROT_STATIC);
  CHECK(header.rtm_type == RTN_UNICAST);
  CHECK(header.rtm_scope == RT_SCOPE_LINK);
  RouteCommand local = to("192.0.2.1/32");
  local.route_type = RouteType::kLocal;
  CHECK(header_of(local, Verb::kAdd).rtm_scope == RT_SCOPE_HOST);
  RouteCommand far = to("default");
  far.gateway = "192.0.2.1";
  far.onlink = true;
  header = header_of(far, Verb::kAdd);
  CHECK(header.rtm_scope == RT_SCOPE_UNIVERSE);
  CHECK(header.rtm_flags == RTNH_F_ONLINK);
  CHECK(header_of(to("2001:db8::/64", Family::kIpv6), Verb::kAdd).rtm_scope == RT_SCOPE_UNIVERSE);
}

TEST_CASE("a deleted route matches only by what is given") {
  const rtmsg header = header_of(to("192.0.2.0/24"), Verb::kDelete);
  CHECK(header.rtm_protocol == 0);
  CHECK(header.rtm_type == 0);
  CHECK(header.rtm_scope == RT_SCOPE_NOWHERE);
  CHECK(header.rtm_table == 254);
}

TEST_CASE("a route that cannot be is refused by name of the field") {
  const auto detail = [](const RouteCommand& command) { return encode(command, Verb::kAdd).failure().detail; };
  CHECK(detail(to("192.0.2.0")) == "destination is neither 'default' nor a prefix of the family");
  CHECK(detail(to("2001:db8::/64")) == "destination is neither 'default' nor a prefix of the family");
  RouteCommand command = to("default");
  command.gateway = "x";
  CHECK(detail(command) == "gateway is not an IP address");
  command = to("default");
  command.source = "2001:db8::1";
  CHECK(detail(command) == "source is not an address of the family");
  command = to("default");
  command.nexthops = {{"192.0.2.1", 3, 257}};
  CHECK(detail(command) == "nexthops.weight must be 1 to 256");
  for (const std::size_t many : {std::size_t{513}, std::size_t{4'100}}) {
    command.nexthops = std::vector<NexthopCommand>(many, {"192.0.2.1", 3, 1});
    CHECK(detail(command) == "too many nexthops: at most 512");
  }
}

TEST_CASE("metrics, tos, preference, source prefix and nexthop object come back as they were asked for") {
  RouteCommand command = to("2001:db8::/64", Family::kIpv6);
  command.nexthop_id = 9;
  command.from = "2001:db8:1::/48";
  command.preference = RoutePreference::kLow;
  command.mtu = 1'400;
  command.advmss = 1'300;
  command.initcwnd = 20;
  const auto bytes = encode(command, Verb::kAdd);
  REQUIRE(bytes.ok());
  const Route route = decode(bytes.value());
  CHECK(route.nexthop_id == 9U);
  CHECK(route.from == check::prefix("2001:db8:1::/48"));
  CHECK(route.preference == RoutePreference::kLow);
  CHECK(route.mtu == 1'400U);
  CHECK(route.advmss == 1'300U);
  CHECK(route.initcwnd == 20U);
  check::for_each_cut(bytes.value(), [](const netlink::Message& cut) { (void)decode_route(cut).ok(); });
  RouteCommand v4 = to("192.0.2.0/24");
  v4.tos = 8;
  v4.nexthop_id = 9;
  CHECK(header_of(v4, Verb::kAdd).rtm_tos == 8);
  CHECK(header_of(v4, Verb::kAdd).rtm_scope == RT_SCOPE_UNIVERSE);
  v4.from = "2001:db8::/32";
  CHECK(encode(v4, Verb::kAdd).failure().detail == "from is not a prefix of the family");
}

TEST_CASE("what is not said of a route stays absent") {
  const auto bytes = encode(to("192.0.2.0/24"), Verb::kAdd);
  const Route route = decode(bytes.value());
  CHECK_FALSE(route.tos.has_value());
  CHECK_FALSE(route.onlink.has_value());
  CHECK_FALSE(route.preference.has_value());
  CHECK_FALSE(route.mtu.has_value());
  CHECK_FALSE(route.from.has_value());
}
