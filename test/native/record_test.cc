// Records: what is written is read, and what lies is refused.
#include "engine/decode_command.hh"
#include "records.hh"

using namespace vn;
using namespace vn::check;
using namespace vn::engine;

namespace {

rtnl::RouteCommand some_route() {
  rtnl::RouteCommand route;
  route.ifindex = 7;
  route.destination = "198.51.100.0/24";
  route.gateway = "192.0.2.1";
  route.metric = 5;
  route.table = 1000;
  route.onlink = false;
  route.nexthops = {{"192.0.2.1", 7, 3}, {std::nullopt, 8, std::nullopt}};
  return route;
}

Result<Command> decode(const ByteBuffer& bytes) { return decode_command(bytes); }

}  // namespace

TEST_CASE("a command comes back as it was written, with its lists and what is absent") {
  const ByteBuffer bytes = records_of({{9007199254740991, CommandType::kReplaceRoute, some_route()}});
  CHECK(bytes.size() % record::kAlignment == 0);
  const auto command = decode(bytes);
  REQUIRE(command.ok());
  CHECK(command.value().id == 9007199254740991);
  CHECK(command.value().type == CommandType::kReplaceRoute);
  const auto& route = *std::get_if<rtnl::RouteCommand>(&command.value().body);
  CHECK(route.ifindex == 7);
  CHECK(route.destination == "198.51.100.0/24");
  CHECK(route.gateway == "192.0.2.1");
  CHECK_FALSE(route.protocol.has_value());
  CHECK(route.onlink == false);
  REQUIRE(route.nexthops->size() == 2);
  CHECK((*route.nexthops)[0].gateway == "192.0.2.1");
  CHECK((*route.nexthops)[0].weight == 3);
  CHECK_FALSE((*route.nexthops)[1].gateway.has_value());
  CHECK_FALSE((*route.nexthops)[1].weight.has_value());
}

TEST_CASE("an object in an object comes back, and an absent one stays absent") {
  rtnl::AddLink link;
  link.ifname = "v0";
  link.kind = "veth";
  link.peer = rtnl::VethPeer{"v1", 9};
  const auto with = decode(records_of({{1, CommandType::kAddLink, link}}));
  REQUIRE(with.ok());
  CHECK(std::get_if<rtnl::AddLink>(&with.value().body)->peer->ifindex == 9);
  link.peer.reset();
  const auto without = decode(records_of({{1, CommandType::kAddLink, link}}));
  REQUIRE(without.ok());
  CHECK_FALSE(std::get_if<rtnl::AddLink>(&without.value().body)->peer.has_value());
}

TEST_CASE("an event of addresses comes back") {
  rtnl::Address address;
  address.ifindex = 3;
  address.family = Family::kIpv6;
  address.address = ip("2001:db8::1");
  address.label = "eth0";
  address.permanent = true;
  record::RecordWriter writer;
  writer.put(static_cast<std::uint16_t>(EventType::kAddress), 0, 12.5, address);
  const auto events = read_events(writer.buffer());
  REQUIRE(events.size() == 1);
  CHECK(events[0].at_ms == 12.5);
  const auto& back = *std::get_if<rtnl::Address>(&events[0].body);
  CHECK(back.address == ip("2001:db8::1"));
  CHECK(back.label == "eth0");
  CHECK(back.permanent);
  CHECK_FALSE(back.no_prefix_route);
  CHECK_FALSE(back.peer.has_value());
}

TEST_CASE("a record cut anywhere is refused, and nothing beyond it is read") {
  const ByteBuffer whole = records_of({{1, CommandType::kReplaceRoute, some_route()}});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    ByteBuffer cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    cut.shrink_to_fit();
    CHECK_FALSE(decode(cut).ok());
    CHECK((length == 0 || !are_whole_records(cut)));
    if (length % record::kAlignment != 0 || length < sizeof(record::Head)) continue;
    store(cut, 0, static_cast<std::uint32_t>(length));  // a length that agrees with the cut: now the references lie
    (void)decode(cut);
  }
}

TEST_CASE("every word of a record may lie without harm") {
  const ByteBuffer whole = records_of({{1, CommandType::kReplaceRoute, some_route()}});
  for (std::size_t at = sizeof(record::Head); at + 4 <= whole.size(); at += 4) {
    for (const std::uint32_t lie : {0U, 1U, 8U, 0x7fffffffU, 0x80000000U, 0xfffffff8U, 0xffffffffU}) {
      ByteBuffer bytes = whole;
      store(bytes, at, lie);
      (void)decode(bytes);  // the address sanitizer is the judge
    }
  }
}

TEST_CASE("a list that names the same bytes again and again is refused before it is copied") {
  SetOrders orders{1, {}};
  for (int i = 0; i < 100; ++i) orders.orders.push_back({"x", 1, false, {ByteBuffer(1024)}});
  ByteBuffer bytes = records_of({{1, CommandType::kSetOrders, orders}});
  REQUIRE(decode(bytes).ok());
  // All elements take the first one's area, which is made to reach to the end of the record.
  const auto area = load<std::uint32_t>(bytes, sizeof(record::Head) + record::Layout<SetOrders>::kPlan.places[1].offset);
  const std::size_t slot = *area + record::Layout<StandingOrder>::kPlan.places[3].offset;
  for (std::size_t i = 0; i < 100; ++i) {
    const std::size_t at = slot + i * record::Layout<StandingOrder>::kBytes;
    store(bytes, at, *area);
    store(bytes, at + 4, static_cast<std::uint32_t>(bytes.size() - *area));
  }
  CHECK_FALSE(decode(bytes).ok());
}

TEST_CASE("an unknown command keeps its id, so that it can be answered") {
  ByteBuffer bytes = records_of({{42, CommandType::kCancel, Cancel{1}}});
  store(bytes, 4, std::uint16_t{999});
  CHECK_FALSE(decode(bytes).ok());
  CHECK(id_of_record(bytes) == 42);
}
