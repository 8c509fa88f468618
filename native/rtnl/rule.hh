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

/// Both ends belong to it.
struct PortRange {
  std::uint16_t start = 0;
  std::uint16_t end = 0;
};

struct UidRange {
  std::uint32_t start = 0;
  std::uint32_t end = 0;
};

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
  /// True for `not …`, absent otherwise.
  std::optional<bool> invert;
  std::optional<std::uint8_t> tos;
  std::optional<std::uint8_t> dscp;
  std::optional<std::uint8_t> ip_protocol;
  std::optional<PortRange> source_ports;
  std::optional<PortRange> destination_ports;
  std::optional<UidRange> uid_range;
  /// True or absent: the table is that of the VRF of the input or output link.
  std::optional<bool> l3mdev;
  std::optional<std::uint32_t> suppress_prefix_length;
  std::optional<std::uint32_t> suppress_ifgroup;
  /// Priority of the rule that action goto goes on with.
  std::optional<std::uint32_t> target;
};

/// Absent fields take a default when adding (action table; table main, unless l3mdev finds it), and match anything when
/// deleting.
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
  std::optional<bool> invert;
  std::optional<std::uint8_t> tos;
  std::optional<std::uint8_t> dscp;
  std::optional<std::uint8_t> ip_protocol;
  std::optional<PortRange> source_ports;
  std::optional<PortRange> destination_ports;
  std::optional<UidRange> uid_range;
  std::optional<bool> l3mdev;
  std::optional<std::uint32_t> suppress_prefix_length;
  std::optional<std::uint32_t> suppress_ifgroup;
  std::optional<std::uint32_t> target;
};

/// Decodes RTM_NEWRULE and RTM_DELRULE; no value for other families (multicast routing has rules of its own).
Result<std::optional<Rule>> decode_rule(const netlink::Message& message);
/// Rules know no replace.
Result<ByteBuffer> encode(const RuleCommand& command, Verb verb);
ByteBuffer encode_rule_dump(Family family);

}  // namespace vn::rtnl
