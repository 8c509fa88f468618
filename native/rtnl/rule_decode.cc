#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "rtnl/rule.hh"
#include "rtnl/wire_numbers.hh"

namespace vn::rtnl {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;

constexpr std::uint32_t kNothingSuppressed = 0xffff'ffff;

Failure malformed_rule() { return {EBADMSG, "decode rule", {}}; }

RuleAction decode_action(std::uint8_t action) {
  switch (action) {
    case FR_ACT_TO_TBL: return RuleAction::kTable;
    case FR_ACT_GOTO: return RuleAction::kGoto;
    case FR_ACT_NOP: return RuleAction::kNop;
    case FR_ACT_BLACKHOLE: return RuleAction::kBlackhole;
    case FR_ACT_UNREACHABLE: return RuleAction::kUnreachable;
    case FR_ACT_PROHIBIT: return RuleAction::kProhibit;
    default: return RuleAction::kUnspec;
  }
}

/// Nothing where the bytes are no address of the family, or the length is too long for it.
std::optional<IpPrefix> load_prefix(Family family, ByteView bytes, std::uint8_t length) {
  const auto address = load_ip(family, bytes);
  if (!address || length > max_prefix_length(family)) return std::nullopt;
  return IpPrefix{*address, length};
}

std::optional<PortRange> decode_ports(const Attribute& attribute) {
  const auto range = load<fib_rule_port_range>(attribute.payload);
  return range ? std::optional(PortRange{range->start, range->end}) : std::nullopt;
}

std::optional<UidRange> decode_uids(const Attribute& attribute) {
  const auto range = load<fib_rule_uid_range>(attribute.payload);
  return range ? std::optional(UidRange{range->start, range->end}) : std::nullopt;
}

/// The kernel writes -1 where nothing is suppressed.
std::optional<std::uint32_t> decode_suppressed(const Attribute& attribute) {
  const auto value = attribute.u32();
  return value == kNothingSuppressed ? std::nullopt : value;
}

/// False where the attribute makes the message invalid.
bool decode_attribute(const Attribute& attribute, const fib_rule_hdr& header, Rule& rule) {
  switch (attribute.type) {
    case FRA_SRC:
      rule.from = load_prefix(rule.family, attribute.payload, header.src_len);
      return rule.from.has_value();
    case FRA_DST:
      rule.to = load_prefix(rule.family, attribute.payload, header.dst_len);
      return rule.to.has_value();
    case FRA_IIFNAME: rule.iif = attribute.text(); return true;
    case FRA_OIFNAME: rule.oif = attribute.text(); return true;
    case FRA_PRIORITY: rule.priority = attribute.u32().value_or(0); return true;
    case FRA_FWMARK: rule.mark = attribute.u32(); return true;
    case FRA_FWMASK: rule.mask = attribute.u32(); return true;
    case FRA_TABLE: rule.table = attribute.u32(); return true;
    case FRA_PROTOCOL: rule.protocol = attribute.u8().value_or(0); return true;
    case FRA_IP_PROTO: rule.ip_protocol = attribute.u8(); return true;
    case FRA_SPORT_RANGE: rule.source_ports = decode_ports(attribute); return true;
    case FRA_DPORT_RANGE: rule.destination_ports = decode_ports(attribute); return true;
    case FRA_UID_RANGE: rule.uid_range = decode_uids(attribute); return true;
    case FRA_SUPPRESS_PREFIXLEN: rule.suppress_prefix_length = decode_suppressed(attribute); return true;
    case FRA_SUPPRESS_IFGROUP: rule.suppress_ifgroup = decode_suppressed(attribute); return true;
    case FRA_GOTO: rule.target = attribute.u32(); return true;
    case kFraDscp: rule.dscp = attribute.u8(); return true;
    case FRA_L3MDEV:
      if (attribute.u8().value_or(0) != 0) rule.l3mdev = true;
      return true;
    default: return true;
  }
}

}  // namespace

Result<std::optional<Rule>> decode_rule(const netlink::Message& message) {
  const auto header = load<fib_rule_hdr>(message.payload);
  if (!header) return malformed_rule();
  const auto family = from_af(header->family);
  if (!family) return std::optional<Rule>{};
  Rule rule;
  rule.family = *family;
  rule.action = decode_action(header->action);
  if (header->table != RT_TABLE_UNSPEC) rule.table = header->table;
  if ((header->flags & FIB_RULE_INVERT) != 0) rule.invert = true;
  if (header->tos != 0) rule.tos = header->tos;
  AttributeReader reader(tail(message.payload, sizeof(fib_rule_hdr)));
  while (const auto attribute = reader.next()) {
    if (!decode_attribute(*attribute, *header, rule)) return malformed_rule();
  }
  if (reader.malformed()) return malformed_rule();
  if (rule.action != RuleAction::kTable || rule.table == static_cast<std::uint32_t>(RT_TABLE_UNSPEC)) rule.table.reset();
  return std::optional<Rule>{std::move(rule)};
}

}  // namespace vn::rtnl
