#include "rtnl/neighbour.hh"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "check.hh"
#include "netlink/message_writer.hh"

using namespace vn;
using namespace vn::rtnl;

namespace {

Neighbour decode(const ByteBuffer& bytes) {
  const auto neighbour = decode_neighbour(check::first_message(bytes));
  REQUIRE(neighbour.ok());
  REQUIRE(neighbour.value().has_value());
  return *neighbour.value();
}

ndmsg header_of(std::uint8_t family, std::uint16_t state) {
  ndmsg header{};
  header.ndm_family = family;
  header.ndm_ifindex = 3;
  header.ndm_state = state;
  return header;
}

}  // namespace

TEST_CASE("an encoded neighbour comes back as it was asked for") {
  const NeighbourCommand command{3, "2001:db8::1", "02:00:00:00:00:01", NeighbourState::kNoarp, true, false, true, 183};
  const auto bytes = encode(command, Verb::kReplace);
  REQUIRE(bytes.ok());
  const Neighbour neighbour = decode(bytes.value());
  CHECK(neighbour.ifindex == 3U);
  CHECK(neighbour.family == Family::kIpv6);
  CHECK(neighbour.address == check::ip("2001:db8::1"));
  CHECK(neighbour.mac_address == check::mac("02:00:00:00:00:01"));
  CHECK(neighbour.state == NeighbourState::kNoarp);
  CHECK(neighbour.router);
  CHECK_FALSE(neighbour.proxy);
  CHECK(neighbour.ext_learned);
  CHECK(neighbour.protocol == 183);
  check::for_each_cut(bytes.value(), [](const netlink::Message& cut) {
    const auto part = decode_neighbour(cut);
    if (cut.payload.size() < sizeof(ndmsg) + 20) CHECK_FALSE(part.ok());
  });
}

TEST_CASE("each state has its bit") {
  const std::pair<std::uint16_t, NeighbourState> states[] = {
      {NUD_NONE, NeighbourState::kNone}, {NUD_INCOMPLETE, NeighbourState::kIncomplete},
      {NUD_REACHABLE, NeighbourState::kReachable}, {NUD_STALE, NeighbourState::kStale}, {NUD_DELAY, NeighbourState::kDelay},
      {NUD_PROBE, NeighbourState::kProbe}, {NUD_FAILED, NeighbourState::kFailed}, {NUD_NOARP, NeighbourState::kNoarp},
      {NUD_PERMANENT, NeighbourState::kPermanent}, {0x100, NeighbourState::kNone}};
  for (const auto& [bit, state] : states) {
    netlink::MessageWriter writer(RTM_NEWNEIGH, 0, header_of(2, bit));
    writer.put(NDA_DST, check::ip("192.0.2.1").bytes());
    CHECK(decode(writer.take()).state == state);
  }
}

TEST_CASE("a bridge's forwarding database is passed over, a neighbour without a whole address is refused") {
  const ByteBuffer fdb = netlink::MessageWriter(RTM_NEWNEIGH, 0, header_of(7, NUD_PERMANENT)).take();
  CHECK_FALSE(decode_neighbour(check::first_message(fdb)).value().has_value());
  netlink::MessageWriter writer(RTM_NEWNEIGH, 0, header_of(10, NUD_PERMANENT));
  writer.put(NDA_DST, check::ip("192.0.2.1").bytes());
  const ByteBuffer bytes = writer.take();
  CHECK_FALSE(decode_neighbour(check::first_message(bytes)).ok());
}

TEST_CASE("a neighbour that cannot be is refused by name of the field") {
  CHECK(encode(NeighbourCommand{3, "x", {}, {}, {}, {}, {}, {}}, Verb::kAdd).failure().detail == "address is not an IP address");
  CHECK_FALSE(encode(NeighbourCommand{3, "192.0.2.1", "x", {}, {}, {}, {}, {}}, Verb::kAdd).ok());
}
