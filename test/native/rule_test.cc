#include "rtnl/rule.hh"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "check.hh"

using namespace vn;
using namespace vn::rtnl;

namespace {

/// RTM_NEWRULE as the kernel writes it: from 192.0.2.1/32, priority 10001, mark 1/255, table 1000, protocol 183.
const char* const kSourceRule =
    "60 00 00 00 20 00 00 00 00 00 00 00 00 00 00 00"
    "02 00 20 00 fc 00 00 01 00 00 00 00"
    "08 00 0f 00 e8 03 00 00"      // FRA_TABLE
    "08 00 06 00 11 27 00 00"      // FRA_PRIORITY
    "08 00 02 00 c0 00 02 01"      // FRA_SRC
    "09 00 03 00 65 74 68 30 00 00 00 00"  // FRA_IIFNAME eth0
    "08 00 0a 00 01 00 00 00"      // FRA_FWMARK
    "08 00 10 00 ff 00 00 00"      // FRA_FWMASK
    "05 00 15 00 b7 00 00 00"      // FRA_PROTOCOL
    "08 00 0e 00 ff ff ff ff";     // FRA_SUPPRESS_PREFIXLEN, not ours to know

Rule decode(const ByteBuffer& bytes) {
  const auto rule = decode_rule(check::first_message(bytes));
  REQUIRE(rule.ok());
  REQUIRE(rule.value().has_value());
  return *rule.value();
}

}  // namespace

TEST_CASE("a rule is decoded from the kernel's bytes") {
  const Rule rule = decode(check::from_hex(kSourceRule));
  CHECK(rule.family == Family::kIpv4);
  CHECK(rule.priority == 10'001);
  CHECK(rule.from == check::prefix("192.0.2.1/32"));
  CHECK_FALSE(rule.to.has_value());
  CHECK(rule.iif == "eth0");
  CHECK(rule.mark == 1U);
  CHECK(rule.mask == 255U);
  CHECK(rule.action == RuleAction::kTable);
  CHECK(rule.table == 1000U);
  CHECK(rule.protocol == 183);
}

TEST_CASE("a rule cut at any byte is safe") {
  check::for_each_cut(check::from_hex(kSourceRule), [](const netlink::Message& cut) {
    const auto rule = decode_rule(cut);
    if (cut.payload.size() < sizeof(fib_rule_hdr)) CHECK_FALSE(rule.ok());
  });
}

TEST_CASE("rules of multicast routing are passed over, a prefix too long is refused") {
  ByteBuffer bytes = check::from_hex(kSourceRule);
  bytes[16] = 128;
  CHECK_FALSE(decode_rule(check::first_message(bytes)).value().has_value());
  bytes = check::from_hex(kSourceRule);
  bytes[18] = 33;
  CHECK_FALSE(decode_rule(check::first_message(bytes)).ok());
}

TEST_CASE("an inverted rule says so") {
  ByteBuffer bytes = check::from_hex(kSourceRule);
  bytes[24] = FIB_RULE_INVERT;
  CHECK(decode(bytes).invert == true);
  bytes[24] = FIB_RULE_PERMANENT;
  CHECK_FALSE(decode(bytes).invert.has_value());
}

TEST_CASE("every selector of a rule comes back as it was asked for") {
  RuleCommand command;
  command.invert = true;
  command.tos = 16;
  command.dscp = 10;
  command.ip_protocol = 6;
  command.source_ports = PortRange{1'000, 2'000};
  command.destination_ports = PortRange{80, 80};
  command.uid_range = UidRange{0, 999};
  command.suppress_prefix_length = 0;
  command.suppress_ifgroup = 3;
  command.action = RuleAction::kGoto;
  command.target = 20'000;
  const auto bytes = encode(command, Verb::kAdd);
  REQUIRE(bytes.ok());
  const Rule rule = decode(bytes.value());
  CHECK(rule.invert == true);
  CHECK(rule.tos == 16);
  CHECK(rule.dscp == 10);
  CHECK(rule.ip_protocol == 6);
  CHECK(rule.source_ports->start == 1'000);
  CHECK(rule.source_ports->end == 2'000);
  CHECK(rule.destination_ports->start == 80);
  CHECK(rule.uid_range->start == 0U);
  CHECK(rule.uid_range->end == 999U);
  CHECK(rule.suppress_prefix_length == 0U);
  CHECK(rule.suppress_ifgroup == 3U);
  CHECK(rule.target == 20'000U);
  CHECK_FALSE(decode(check::from_hex(kSourceRule)).suppress_prefix_length.has_value());
  check::for_each_cut(bytes.value(), [](const netlink::Message& cut) { (void)decode_rule(cut).ok(); });
}

TEST_CASE("a rule of a VRF has no table of its own") {
  RuleCommand command;
  command.l3mdev = true;
  const auto bytes = encode(command, Verb::kAdd);
  const Rule rule = decode(bytes.value());
  CHECK(rule.l3mdev == true);
  CHECK_FALSE(rule.table.has_value());
}

TEST_CASE("an encoded rule comes back as it was asked for") {
  RuleCommand command;
  command.family = Family::kIpv6;
  command.priority = 10'001;
  command.from = "2001:db8::1/128";
  command.to = "2001:db8:1::/48";
  command.oif = "eth0";
  command.mark = 1;
  command.mask = 3;
  command.table = 1000;
  command.protocol = 183;
  const auto bytes = encode(command, Verb::kAdd);
  REQUIRE(bytes.ok());
  const Rule rule = decode(bytes.value());
  CHECK(rule.family == Family::kIpv6);
  CHECK(rule.priority == 10'001);
  CHECK(rule.from == check::prefix("2001:db8::1/128"));
  CHECK(rule.to == check::prefix("2001:db8:1::/48"));
  CHECK(rule.oif == "eth0");
  CHECK(rule.mark == 1U);
  CHECK(rule.mask == 3U);
  CHECK(rule.action == RuleAction::kTable);
  CHECK(rule.table == 1000U);
  CHECK(rule.protocol == 183);
}

TEST_CASE("every action goes out and comes back") {
  for (const RuleAction action : {RuleAction::kTable, RuleAction::kGoto, RuleAction::kNop, RuleAction::kBlackhole,
                                  RuleAction::kUnreachable, RuleAction::kProhibit}) {
    RuleCommand command;
    command.action = action;
    const auto bytes = encode(command, Verb::kAdd);
    CHECK(decode(bytes.value()).action == action);
  }
}

TEST_CASE("an added rule looks in table main unless told, a deleted one matches any") {
  const auto added = encode(RuleCommand{}, Verb::kAdd);
  CHECK(decode(added.value()).table == 254U);
  const auto deleted = encode(RuleCommand{}, Verb::kDelete);
  const Rule rule = decode(deleted.value());
  CHECK(rule.action == RuleAction::kUnspec);
  CHECK_FALSE(rule.table.has_value());
}

TEST_CASE("a rule that cannot be is refused by name of the field") {
  RuleCommand command;
  command.from = "2001:db8::1/128";
  CHECK(encode(command, Verb::kAdd).failure().detail == "from is not a prefix of the family");
  command = {};
  command.to = "192.0.2.1";
  CHECK(encode(command, Verb::kAdd).failure().detail == "to is not a prefix of the family");
  command = {};
  command.iif = "";
  CHECK(encode(command, Verb::kAdd).failure().detail == "iif and oif must have 1 to 15 bytes");
}
