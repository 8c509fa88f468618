// Networks in range: the answer to NL80211_CMD_GET_SCAN (linux/nl80211.h, net/wireless/nl80211.c). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/mac_address.hh"
#include "base/result.hh"
#include "genl/message.hh"
#include "genl/nl80211/element.hh"
#include "genl/nl80211/words.hh"

namespace vn::genl::nl80211 {

/// What the interface that was asked has to do with the network; numbered as enum nl80211_bss_status, with kNone before.
enum class BssStatus : std::uint8_t { kNone, kAuthenticated, kAssociated, kIbssJoined };

struct Bss {
  std::uint32_t ifindex = 0;
  MacAddress bssid;
  std::uint32_t frequency_mhz = 0;
  Band band = Band::kUnknown;
  /// Absent where the driver has another unit: then `signal_percent`.
  std::optional<double> signal_dbm;
  std::optional<std::uint8_t> signal_percent;
  /// Since the network was last heard.
  std::uint32_t age_ms = 0;
  /// The same by CLOCK_BOOTTIME; drivers may leave it out.
  std::optional<double> last_seen_boottime_ms;
  /// Units of 1,024 microseconds.
  std::uint16_t beacon_interval_tu = 0;
  /// The capability field as it is in the frame: bit 0 ESS, 1 IBSS, 4 privacy.
  std::uint16_t capability = 0;
  BssStatus status = BssStatus::kNone;
  /// No bytes for a hidden network.
  ByteBuffer ssid;
  std::optional<ByteBuffer> mesh_id;
  std::optional<std::string> country;
  std::vector<Security> securities;
  /// What the network is and offers, each word once: 'wpa', 'wpa2' ('rsn' in a mesh), key managements, ciphers, 'wep', 'ess',
  /// 'ibss', 'mesh', 'wps', 'p2p', …
  std::vector<std::string> flags;
};

/// Dumps what the kernel heard lately; it asks no radio.
ByteBuffer encode_scan_dump(Target target, std::uint32_t ifindex);
/// One message of the dump; nothing where it is another message.
Result<std::optional<Bss>> decode_bss(const netlink::Message& message);

}  // namespace vn::genl::nl80211
