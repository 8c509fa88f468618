// What nl80211's multicast groups tell by themselves: "scan", "mlme", "config" and "regulatory" (linux/nl80211.h). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/mac_address.hh"
#include "base/result.hh"
#include "genl/nl80211/interface.hh"
#include "genl/nl80211/station.hh"
#include "netlink/message.hh"

namespace vn::genl::nl80211 {

enum class ScanStage : std::uint8_t { kStarted, kDone, kAborted };

/// The stage of a scan that anybody asked for.
struct ScanEvent {
  ScanStage stage = ScanStage::kStarted;
  std::uint32_t ifindex = 0;
  /// The channels that were or will be visited.
  std::vector<std::uint32_t> frequencies_mhz;
};

enum class ConnectionStage : std::uint8_t { kConnected, kRejected, kRoamed, kDisconnected };

struct ConnectionEvent {
  ConnectionStage stage = ConnectionStage::kConnected;
  std::uint32_t ifindex = 0;
  std::optional<MacAddress> bssid;
  /// Why the association was rejected (IEEE 802.11-2020, table 9-50); absent where the access point did not answer.
  std::optional<std::uint16_t> status_code;
  /// Why it ended (table 9-49), where anybody said so.
  std::optional<std::uint16_t> reason_code;
  /// The access point ended it, not this side.
  bool by_access_point = false;
};

struct InterfaceAdded {
  Interface interface;
};

struct InterfaceGone {
  std::optional<std::uint32_t> ifindex;
  std::uint64_t wdev = 0;
};

struct StationAdded {
  Station station;
};

struct StationGone {
  std::uint32_t ifindex = 0;
  MacAddress mac_address;
};

/// Who changed the regulatory domain; numbered as enum nl80211_reg_initiator.
enum class RegInitiator : std::uint8_t { kCore, kUser, kDriver, kCountryElement };

struct RegulatoryEvent {
  RegInitiator initiator = RegInitiator::kCore;
  /// Absent for a world domain or an intersection.
  std::optional<std::string> alpha2;
  /// Where it concerns one radio only.
  std::optional<std::uint32_t> wiphy;
};

enum class SignalChange : std::uint8_t { kBelow, kAbove, kBeaconLost };

/// The signal crossed a threshold that was set (NL80211_CMD_SET_CQM).
struct SignalEvent {
  SignalChange change = SignalChange::kBelow;
  std::uint32_t ifindex = 0;
  std::optional<std::int32_t> signal_dbm;
};

using Event = std::variant<ScanEvent, ConnectionEvent, InterfaceAdded, InterfaceGone, StationAdded, StationGone,
                           RegulatoryEvent, SignalEvent>;

/// Nothing for the many notifications that mean nothing to us.
Result<std::optional<Event>> decode_event(const netlink::Message& message);

}  // namespace vn::genl::nl80211
