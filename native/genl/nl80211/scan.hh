// Asking for a scan: NL80211_CMD_TRIGGER_SCAN (linux/nl80211.h). That it ended is an event, see event.hh; what was heard, bss.hh. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.hh"
#include "genl/message.hh"

namespace vn::genl::nl80211 {

struct ScanSsid {
  /// 1 to 32 bytes.
  ByteBuffer ssid;
};

/// EBUSY answers it while another scan runs, whose results serve as well.
struct TriggerScan {
  std::uint32_t ifindex = 0;
  /// Hidden networks to call by their names, beside the call to all.
  std::optional<std::vector<ScanSsid>> ssids;
  /// Listen only; `ssids` must be absent.
  std::optional<bool> passive;
  /// All that the radio knows where absent.
  std::optional<std::vector<std::uint32_t>> frequencies_mhz;
  /// Forget what earlier scans heard.
  std::optional<bool> flush;
  std::optional<bool> low_priority;
  /// Scan although the interface is an access point, whose clients suffer.
  std::optional<bool> ap;
  /// Call from a random hardware address.
  std::optional<bool> random_address;
};

/// EINVAL names what cannot be.
Result<ByteBuffer> encode(Target target, const TriggerScan& command);

/// Ends a running scan; SCAN_ABORTED tells when.
ByteBuffer encode_abort_scan(Target target, std::uint32_t ifindex);

}  // namespace vn::genl::nl80211
