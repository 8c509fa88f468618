#include "genl/nl80211/reg.hh"

#include <linux/nl80211.h>

#include <algorithm>

#include "genl/nl80211/words.hh"
#include "netlink/message_writer.hh"

namespace vn::genl::nl80211 {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;

/// The kernel's own limit is 128 (NL80211_MAX_SUPP_REG_RULES).
constexpr std::size_t kMaxRules = 256;
constexpr std::size_t kAlpha2Bytes = 2;

Failure malformed_reg() { return {EBADMSG, "decode regulatory domain", {}}; }

void decode_flags(std::uint32_t flags, RegulatoryRule& rule) {
  rule.no_ir = (flags & NL80211_RRF_NO_IR) != 0;
  rule.dfs = (flags & NL80211_RRF_DFS) != 0;
  rule.no_ofdm = (flags & NL80211_RRF_NO_OFDM) != 0;
  rule.no_outdoor = (flags & NL80211_RRF_NO_OUTDOOR) != 0;
  rule.auto_bandwidth = (flags & NL80211_RRF_AUTO_BW) != 0;
}

bool decode_rule(ByteView nest, RegulatoryRule& rule) {
  const auto hundredths = [](const Attribute& attribute) { return to_dbm(load<std::int32_t>(attribute.payload).value_or(0)); };
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    switch (attribute->type) {
      case NL80211_ATTR_REG_RULE_FLAGS: decode_flags(attribute->u32().value_or(0), rule); break;
      case NL80211_ATTR_FREQ_RANGE_START: rule.first_khz = attribute->u32().value_or(0); break;
      case NL80211_ATTR_FREQ_RANGE_END: rule.last_khz = attribute->u32().value_or(0); break;
      case NL80211_ATTR_FREQ_RANGE_MAX_BW: rule.max_bandwidth_khz = attribute->u32().value_or(0); break;
      case NL80211_ATTR_POWER_RULE_MAX_ANT_GAIN: rule.max_antenna_gain_dbi = hundredths(*attribute); break;
      case NL80211_ATTR_POWER_RULE_MAX_EIRP: rule.max_power_dbm = hundredths(*attribute); break;
      case NL80211_ATTR_DFS_CAC_TIME: rule.cac_time_ms = attribute->u32().value_or(0); break;
      default: break;
    }
  }
  return !reader.malformed();
}

bool decode_rules(ByteView nest, std::vector<RegulatoryRule>& rules) {
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    RegulatoryRule rule;
    if (rules.size() == kMaxRules || !decode_rule(attribute->payload, rule)) return false;
    rules.push_back(rule);
  }
  return !reader.malformed();
}

bool decode_attribute(const Attribute& attribute, RegulatoryDomain& domain) {
  switch (attribute.type) {
    case NL80211_ATTR_REG_ALPHA2: domain.alpha2 = attribute.text(); return true;
    case NL80211_ATTR_WIPHY: domain.wiphy = attribute.u32(); return true;
    case NL80211_ATTR_WIPHY_SELF_MANAGED_REG: domain.self_managed = true; return true;
    case NL80211_ATTR_REG_RULES: return decode_rules(attribute.payload, domain.rules);
    case NL80211_ATTR_DFS_REGION: {
      const std::uint8_t region = attribute.u8().value_or(0);
      if (region <= NL80211_DFS_JP) domain.dfs_region = static_cast<DfsRegion>(region);
      return true;
    }
    default: return true;
  }
}

/// The dump answers with the command GET_REG itself.
bool tells_domain(std::uint8_t command) { return command == NL80211_CMD_GET_REG; }

}  // namespace

ByteBuffer encode_reg_dump(Target target) { return begin_dump(target, NL80211_CMD_GET_REG).take(); }

Result<std::optional<RegulatoryDomain>> decode_reg(const netlink::Message& message) {
  const auto generic = decode_generic(message);
  if (!generic) return malformed_reg();
  if (!tells_domain(generic->command)) return std::optional<RegulatoryDomain>{};
  RegulatoryDomain domain;
  AttributeReader reader(generic->attributes);
  while (const auto attribute = reader.next()) {
    if (!decode_attribute(*attribute, domain)) return malformed_reg();
  }
  if (reader.malformed() || domain.alpha2.size() != kAlpha2Bytes) return malformed_reg();
  return std::optional<RegulatoryDomain>{std::move(domain)};
}

Result<ByteBuffer> encode(Target target, const RequestRegulatory& command) {
  const auto allowed = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  const std::string& alpha2 = command.alpha2;
  if (alpha2.size() != kAlpha2Bytes || !std::all_of(alpha2.begin(), alpha2.end(), allowed)) {
    return Failure{EINVAL, "encode regulatory domain", "alpha2 must be two capital letters, or '00'"};
  }
  netlink::MessageWriter writer = begin_request(target, NL80211_CMD_REQ_SET_REG);
  writer.put_text(NL80211_ATTR_REG_ALPHA2, alpha2);
  return writer.finish();
}

}  // namespace vn::genl::nl80211
