// Stations: what an interface knows of its access point, its clients or its mesh peers (NL80211_CMD_GET_STATION,
// linux/nl80211.h). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "base/mac_address.hh"
#include "base/result.hh"
#include "genl/message.hh"
#include "netlink/message.hh"

namespace vn::genl::nl80211 {

/// How far a mesh peer is; numbered as enum nl80211_plink_state, with kNone before.
enum class PeerLink : std::uint8_t { kNone, kListen, kOpenSent, kOpenReceived, kConfirmReceived, kEstablished, kHolding, kBlocked };

struct Station {
  std::uint32_t ifindex = 0;
  MacAddress mac_address;
  std::optional<std::int32_t> signal_dbm;
  std::optional<std::int32_t> signal_average_dbm;
  /// 1,000 bits per second.
  std::optional<std::uint32_t> tx_rate_kbps;
  std::optional<std::uint32_t> rx_rate_kbps;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::uint32_t rx_packets = 0;
  std::uint32_t tx_packets = 0;
  std::uint32_t tx_retries = 0;
  std::uint32_t tx_failed = 0;
  std::uint32_t beacon_losses = 0;
  /// Since anything was heard of it.
  std::optional<std::uint32_t> inactive_ms;
  std::optional<std::uint32_t> connected_seconds;
  /// Frames may pass: the 4-way handshake is done, where there is one.
  bool authorized = false;
  bool authenticated = false;
  bool associated = false;
  /// Quality of service (WMM).
  bool wmm = false;
  /// Management frames are protected.
  bool management_protection = false;
  bool tdls_peer = false;
  PeerLink peer_link = PeerLink::kNone;
};

/// All stations of an interface.
ByteBuffer encode_station_dump(Target target, std::uint32_t ifindex);
ByteBuffer encode_get_station(Target target, std::uint32_t ifindex, const MacAddress& mac_address);
/// The answer, and the event of a new station; nothing where it is another message.
Result<std::optional<Station>> decode_station(const netlink::Message& message);
/// The attributes of any message that describes a station.
Result<Station> decode_station_attributes(ByteView attributes);

}  // namespace vn::genl::nl80211
