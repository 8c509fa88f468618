#include "rtnl/rule.hh"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "netlink/message_writer.hh"

namespace vn::rtnl {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;
using netlink::MessageWriter;

/// Tables beyond stand in FRA_TABLE alone; the header's field is a u8.
constexpr std::uint32_t kMaxShortTable = 255;

Failure malformed() { return {EBADMSG, "decode rule", {}}; }
Failure refused(const char* why) { return {EINVAL, "encode rule", why}; }

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

/// Nothing where the bytes are no address of the family, or the length is too long for it.
std::optional<IpPrefix> load_prefix(Family family, ByteView bytes, std::uint8_t length) {
  const auto address = load_ip(family, bytes);
  if (!address || length > max_prefix_length(family)) return std::nullopt;
  return IpPrefix{*address, length};
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
    default: return true;
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
  return nullptr;
}

}  // namespace

Result<std::optional<Rule>> decode_rule(const netlink::Message& message) {
  const auto header = load<fib_rule_hdr>(message.payload);
  if (!header) return malformed();
  const auto family = from_af(header->family);
  if (!family) return std::optional<Rule>{};
  // 'not from …': without the 'not', which we have no word for, it would say its opposite.
  if ((header->flags & FIB_RULE_INVERT) != 0) return std::optional<Rule>{};
  Rule rule;
  rule.family = *family;
  rule.action = decode_action(header->action);
  if (header->table != RT_TABLE_UNSPEC) rule.table = header->table;
  AttributeReader reader(tail(message.payload, sizeof(fib_rule_hdr)));
  while (const auto attribute = reader.next()) {
    if (!decode_attribute(*attribute, *header, rule)) return malformed();
  }
  if (reader.malformed()) return malformed();
  if (rule.action != RuleAction::kTable || rule.table == static_cast<std::uint32_t>(RT_TABLE_UNSPEC)) rule.table.reset();
  return std::optional<Rule>{std::move(rule)};
}

Result<ByteBuffer> encode(const RuleCommand& command, Verb verb) {
  const bool adding = verb != Verb::kDelete;
  const RuleAction action = command.action.value_or(adding ? RuleAction::kTable : RuleAction::kUnspec);
  std::optional<std::uint32_t> table = command.table;
  if (adding && action == RuleAction::kTable && !table) table = RT_TABLE_MAIN;
  fib_rule_hdr header{};
  header.family = to_af(command.family);
  header.action = encode_action(action);
  if (table && *table <= kMaxShortTable) header.table = static_cast<std::uint8_t>(*table);
  std::optional<IpPrefix> from;
  std::optional<IpPrefix> to;
  if (command.from) {
    from = parse_prefix(*command.from);
    if (!from || from->address.family != command.family) return refused("from is not a prefix of the family");
    header.src_len = from->length;
  }
  if (command.to) {
    to = parse_prefix(*command.to);
    if (!to || to->address.family != command.family) return refused("to is not a prefix of the family");
    header.dst_len = to->length;
  }
  MessageWriter writer(adding ? RTM_NEWRULE : RTM_DELRULE, request_flags(verb), header);
  if (command.priority) writer.put_u32(FRA_PRIORITY, *command.priority);
  if (table) writer.put_u32(FRA_TABLE, *table);
  if (from) writer.put(FRA_SRC, from->address.bytes());
  if (to) writer.put(FRA_DST, to->address.bytes());
  const char* why = put_selectors(writer, command);
  if (why != nullptr) return refused(why);
  return writer.finish();
}

ByteBuffer encode_rule_dump(Family family) {
  fib_rule_hdr header{};
  header.family = to_af(family);
  return MessageWriter(RTM_GETRULE, NLM_F_REQUEST | NLM_F_DUMP, header).take();
}

}  // namespace vn::rtnl
