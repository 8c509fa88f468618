// Information elements of beacons and probe responses (IEEE 802.11-2020, 9.4.2): what a scan says of a network beyond its
// frequency and signal. Written by anybody with a radio, so nothing here trusts a length or a count. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hh"

namespace vn::genl::nl80211 {

inline constexpr std::size_t kMaxSsidBytes = 32;

/// What an RSN element (WPA2, WPA3, OWE) or the vendor's WPA element offers.
struct Security {
  /// 'wpa' or 'rsn'.
  std::string protocol;
  std::vector<std::string> key_management;
  std::vector<std::string> pairwise_ciphers;
  std::string group_cipher;
  /// Management frames may be protected / must be.
  bool management_protection_capable = false;
  bool management_protection_required = false;
  bool preauthentication = false;
};

struct Elements {
  /// As it stands in the beacon; no bytes, or zeros only, for a hidden network. Absent where no element tells.
  std::optional<ByteBuffer> ssid;
  std::optional<ByteBuffer> mesh_id;
  /// Two letters and the environment, as the access point claims: 'DE '.
  std::optional<std::string> country;
  /// At most one for each protocol.
  std::vector<Security> securities;
  bool wps = false;
  bool p2p = false;
  bool hotspot2 = false;
  bool owe_transition = false;
  bool fils = false;
  bool multi_band = false;
  bool utf8_ssid = false;
  bool sae_hash_to_element = false;
  bool sae_public_key = false;
  /// The last element was cut short, or there were too many: what stood before it counts.
  bool malformed = false;
};

/// Reads all elements; never fails, for one bad beacon must not hide a network.
Elements decode_elements(ByteView bytes);

}  // namespace vn::genl::nl80211
