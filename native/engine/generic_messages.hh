// Messages about generic netlink: radios and WireGuard. A part of the vocabulary of messages.hh.
#pragma once

#include <cstdint>
#include <optional>

namespace vn::engine {

// Commands

enum class GenericSubject : std::uint8_t {
  kRadios, kWirelessInterfaces, kScanResults, kStations, kRegulatoryDomains, kWireguardDevice,
};

/// The answer stands behind the records.
struct ListGeneric {
  GenericSubject what = GenericSubject::kRadios;
  /// Of scan results, stations and WireGuard devices.
  std::optional<std::uint32_t> ifindex;
};

/// nl80211's groups are joined as soon as the family is there, and again when it comes back.
struct FollowWireless {};

struct AbortScan {
  std::uint32_t ifindex = 0;
};

// Events

/// Notifications of nl80211 were lost at this point, or may have been: the family has come back. There is no snapshot: who
/// holds a state asks anew.
struct WirelessOverrun {};

}  // namespace vn::engine
