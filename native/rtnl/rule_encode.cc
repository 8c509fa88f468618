#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>

#include <cstdlib>
#include <utility>

#include "netlink/message_writer.hh"
#include "rtnl/rule.hh"
#include "rtnl/wire_numbers.hh"

namespace vn::rtnl {

namespace {

using netlink::MessageWriter;

Failure refused_rule(const char* why) { return {EINVAL, "encode rule", why}; }

std::uint8_t encode_action(RuleAction action) {
  switch (action) {
    case RuleAction::kUnspec: return FR_ACT_UNSPEC;
    case RuleAction::kTable: return FR_ACT_TO_TBL;
    case RuleAction::kGoto: return FR_ACT_GOTO;
    case RuleAction::kNop: return FR_ACT_NOP;
    case RuleAction::kBlackhole: return FR_ACT_BLACKHOLE;
    case RuleAction::kUnreachable: return FR_ACT_UNREACHABLE;
    case RuleAction::kProhibit: return FR_ACT_PROHIBIT;
  }
  std::abort();
}

void put_ranges(MessageWriter& writer, const RuleCommand& command) {
  for (const auto& [type, ports] :
       {std::pair{FRA_SPORT_RANGE, &command.source_ports}, std::pair{FRA_DPORT_RANGE, &command.destination_ports}}) {
    if (!*ports) continue;
    const fib_rule_port_range range{(*ports)->start, (*ports)->end};
    writer.put(static_cast<std::uint16_t>(type), view_of(range));
  }
  if (command.uid_range) {
    const fib_rule_uid_range range{command.uid_range->start, command.uid_range->end};
    writer.put(FRA_UID_RANGE, view_of(range));
  }
}

/// nullptr, or why not.
const char* put_selectors(MessageWriter& writer, const RuleCommand& command) {
  for (const auto& [type, name] : {std::pair{FRA_IIFNAME, &command.iif}, std::pair{FRA_OIFNAME, &command.oif}}) {
    if (!*name) continue;
    if ((*name)->empty() || (*name)->size() >= IFNAMSIZ) return "iif and oif must have 1 to 15 bytes";
    writer.put_text(static_cast<std::uint16_t>(type), **name);
  }
  if (command.mark) writer.put_u32(FRA_FWMARK, *command.mark);
  if (command.mask) writer.put_u32(FRA_FWMASK, *command.mask);
  if (command.protocol) writer.put_u8(FRA_PROTOCOL, *command.protocol);
  if (command.dscp) writer.put_u8(kFraDscp, *command.dscp);
  if (command.ip_protocol) writer.put_u8(FRA_IP_PROTO, *command.ip_protocol);
  put_ranges(writer, command);
  if (command.l3mdev.value_or(false)) writer.put_u8(FRA_L3MDEV, 1);
  if (command.suppress_prefix_length) writer.put_u32(FRA_SUPPRESS_PREFIXLEN, *command.suppress_prefix_length);
  if (command.suppress_ifgroup) writer.put_u32(FRA_SUPPRESS_IFGROUP, *command.suppress_ifgroup);
  if (command.target) writer.put_u32(FRA_GOTO, *command.target);
  return nullptr;
}

struct RuleEnds {
  std::optional<IpPrefix> from;
  std::optional<IpPrefix> to;
};

/// nullptr, or why not.
const char* parse_ends(const RuleCommand& command, RuleEnds& ends) {
  if (command.from) {
    ends.from = parse_prefix(*command.from);
    if (!ends.from || ends.from->address.family != command.family) return "from is not a prefix of the family";
  }
  if (command.to) {
    ends.to = parse_prefix(*command.to);
    if (!ends.to || ends.to->address.family != command.family) return "to is not a prefix of the family";
  }
  return nullptr;
}

}  // namespace

Result<ByteBuffer> encode(const RuleCommand& command, Verb verb) {
  const bool adding = verb != Verb::kDelete;
  const RuleAction action = command.action.value_or(adding ? RuleAction::kTable : RuleAction::kUnspec);
  std::optional<std::uint32_t> table = command.table;
  // The kernel refuses a table beside l3mdev, which finds it by itself.
  if (adding && action == RuleAction::kTable && !table && !command.l3mdev.value_or(false)) table = RT_TABLE_MAIN;
  RuleEnds ends;
  const char* why = parse_ends(command, ends);
  if (why != nullptr) return refused_rule(why);
  fib_rule_hdr header{};
  header.family = to_af(command.family);
  header.action = encode_action(action);
  header.tos = command.tos.value_or(0);
  if (command.invert.value_or(false)) header.flags = FIB_RULE_INVERT;
  if (table && *table <= kMaxShortTable) header.table = static_cast<std::uint8_t>(*table);
  if (ends.from) header.src_len = ends.from->length;
  if (ends.to) header.dst_len = ends.to->length;
  MessageWriter writer(adding ? RTM_NEWRULE : RTM_DELRULE, request_flags(verb), header);
  if (command.priority) writer.put_u32(FRA_PRIORITY, *command.priority);
  if (table) writer.put_u32(FRA_TABLE, *table);
  if (ends.from) writer.put(FRA_SRC, ends.from->address.bytes());
  if (ends.to) writer.put(FRA_DST, ends.to->address.bytes());
  why = put_selectors(writer, command);
  if (why != nullptr) return refused_rule(why);
  return writer.finish();
}

ByteBuffer encode_rule_dump(Family family) {
  fib_rule_hdr header{};
  header.family = to_af(family);
  return MessageWriter(RTM_GETRULE, NLM_F_REQUEST | NLM_F_DUMP, header).take();
}

}  // namespace vn::rtnl
