// Policy routing rules: RTM_NEWRULE, RTM_DELRULE, RTM_GETRULE (linux/fib_rules.h). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/ip_address.hh"
#include "base/result.hh"
#include "netlink/message.hh"
#include "rtnl/verb.hh"

namespace vn::rtnl {

enum class RuleAction : std::uint8_t { kUnspec, kTable, kGoto, kNop, kBlackhole, kUnreachable, kProhibit };

struct Rule {
  Family family = Family::kIpv4;
  std::uint32_t priority = 0;
  std::optional<IpPrefix> from;
  std::optional<IpPrefix> to;
  std::optional<std::string> iif;
  std::optional<std::string> oif;
  std::optional<std::uint32_t> mark;
  std::optional<std::uint32_t> mask;
  RuleAction action = RuleAction::kUnspec;
  std::optional<std::uint32_t> table;
  std::uint8_t protocol = 0;
};

/// Absent fields take a default when adding (action table, table main), and match anything when deleting.
struct RuleCommand {
  Family family = Family::kIpv4;
  std::optional<std::uint32_t> priority;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::string> iif;
  std::optional<std::string> oif;
  std::optional<std::uint32_t> mark;
  std::optional<std::uint32_t> mask;
  std::optional<RuleAction> action;
  std::optional<std::uint32_t> table;
  std::optional<std::uint8_t> protocol;
};

/// Decodes RTM_NEWRULE and RTM_DELRULE; no value for other families (multicast routing has rules of its own), nor for
/// inverted rules (`ip rule add not …`), which are passed over in events and dumps alike.
Result<std::optional<Rule>> decode_rule(const netlink::Message& message);
/// Rules know no replace.
Result<ByteBuffer> encode(const RuleCommand& command, Verb verb);
ByteBuffer encode_rule_dump(Family family);

}  // namespace vn::rtnl
