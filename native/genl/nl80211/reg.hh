// The regulatory domain: on which frequencies, how wide and how loud radios may send (NL80211_CMD_GET_REG and _REQ_SET_REG,
// linux/nl80211.h, net/wireless/reg.c). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hh"
#include "genl/message.hh"

namespace vn::genl::nl80211 {

/// Numbered as enum nl80211_dfs_regions.
enum class DfsRegion : std::uint8_t { kUnset, kFcc, kEtsi, kJp };

struct RegulatoryRule {
  std::uint32_t first_khz = 0;
  std::uint32_t last_khz = 0;
  std::uint32_t max_bandwidth_khz = 0;
  double max_antenna_gain_dbi = 0;
  double max_power_dbm = 0;
  /// How long to look for radar first; 0 for the kernel's own figure.
  std::uint32_t cac_time_ms = 0;
  bool no_ir = false;
  bool dfs = false;
  bool no_ofdm = false;
  bool no_outdoor = false;
  /// Wider channels are allowed as far as neighbouring rules go.
  bool auto_bandwidth = false;
};

struct RegulatoryDomain {
  /// ISO 3166 letters, '00' for the world, '98' for the meet of several, '99' for a driver's own.
  std::string alpha2;
  DfsRegion dfs_region = DfsRegion::kUnset;
  /// The radio that has this domain for itself; absent for the domain of all.
  std::optional<std::uint32_t> wiphy;
  bool self_managed = false;
  std::vector<RegulatoryRule> rules;
};

struct RequestRegulatory {
  std::string alpha2;
};

/// The domain of all, and of each radio that has its own.
ByteBuffer encode_reg_dump(Target target);
/// One message of the dump; nothing where it is another message.
Result<std::optional<RegulatoryDomain>> decode_reg(const netlink::Message& message);
/// A hint of the user: whether it counts, the kernel and the driver say afterwards (the event kReg, and encode_reg_dump).
Result<ByteBuffer> encode(Target target, const RequestRegulatory& command);

}  // namespace vn::genl::nl80211
