#include "genl/nl80211/event.hh"

#include <linux/nl80211.h>

namespace vn::genl::nl80211 {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;
using Decoded = Result<std::optional<Event>>;

/// More channels than all bands have.
constexpr std::size_t kMaxFrequencies = 1'024;

Failure malformed_event() { return {EBADMSG, "decode wireless event", {}}; }

bool decode_frequencies(ByteView nest, std::vector<std::uint32_t>& frequencies) {
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    const auto frequency = attribute->u32();
    if (!frequency || frequencies.size() == kMaxFrequencies) return false;
    frequencies.push_back(*frequency);
  }
  return !reader.malformed();
}

Decoded decode_scan(ByteView attributes, ScanStage stage) {
  ScanEvent event;
  event.stage = stage;
  AttributeReader reader(attributes);
  while (const auto attribute = reader.next()) {
    if (attribute->type == NL80211_ATTR_IFINDEX) event.ifindex = attribute->u32().value_or(0);
    if (attribute->type != NL80211_ATTR_SCAN_FREQUENCIES) continue;
    if (!decode_frequencies(attribute->payload, event.frequencies_mhz)) return malformed_event();
  }
  if (reader.malformed()) return malformed_event();
  // A scan of a P2P device has no link, and nobody here asked for it.
  if (event.ifindex == 0) return std::optional<Event>{};
  return std::optional<Event>{std::move(event)};
}

Decoded decode_connection(ByteView attributes, ConnectionStage stage) {
  ConnectionEvent event;
  event.stage = stage;
  bool timed_out = false;
  AttributeReader reader(attributes);
  while (const auto attribute = reader.next()) {
    switch (attribute->type) {
      case NL80211_ATTR_IFINDEX: event.ifindex = attribute->u32().value_or(0); break;
      case NL80211_ATTR_MAC: event.bssid = load_mac(attribute->payload); break;
      case NL80211_ATTR_STATUS_CODE: event.status_code = attribute->u16(); break;
      case NL80211_ATTR_REASON_CODE: event.reason_code = attribute->u16(); break;
      case NL80211_ATTR_DISCONNECTED_BY_AP: event.by_access_point = true; break;
      case NL80211_ATTR_TIMED_OUT: timed_out = true; break;
      default: break;
    }
  }
  if (reader.malformed() || event.ifindex == 0) return malformed_event();
  if (stage == ConnectionStage::kConnected && (timed_out || event.status_code.value_or(0) != 0)) {
    event.stage = ConnectionStage::kRejected;
    if (timed_out) event.status_code.reset();
  } else event.status_code.reset();
  return std::optional<Event>{event};
}

Decoded decode_interface_added(ByteView attributes) {
  auto interface = decode_interface_attributes(attributes);
  if (!interface.ok()) return interface.failure();
  return std::optional<Event>{InterfaceAdded{std::move(interface.value())}};
}

Decoded decode_interface_gone(ByteView attributes) {
  const auto interface = decode_interface_attributes(attributes);
  if (!interface.ok()) return interface.failure();
  return std::optional<Event>{InterfaceGone{interface.value().ifindex, interface.value().wdev}};
}

Decoded decode_station_added(ByteView attributes) {
  auto station = decode_station_attributes(attributes);
  if (!station.ok()) return station.failure();
  return std::optional<Event>{StationAdded{std::move(station.value())}};
}

Decoded decode_station_gone(ByteView attributes) {
  const auto station = decode_station_attributes(attributes);
  if (!station.ok()) return station.failure();
  return std::optional<Event>{StationGone{station.value().ifindex, station.value().mac_address}};
}

Decoded decode_regulatory(ByteView attributes) {
  RegulatoryEvent event;
  AttributeReader reader(attributes);
  while (const auto attribute = reader.next()) {
    if (attribute->type == NL80211_ATTR_REG_ALPHA2) event.alpha2 = attribute->text();
    if (attribute->type == NL80211_ATTR_WIPHY) event.wiphy = attribute->u32();
    if (attribute->type != NL80211_ATTR_REG_INITIATOR) continue;
    const std::uint8_t initiator = attribute->u8().value_or(0);
    if (initiator <= NL80211_REGDOM_SET_BY_COUNTRY_IE) event.initiator = static_cast<RegInitiator>(initiator);
  }
  if (reader.malformed()) return malformed_event();
  return std::optional<Event>{std::move(event)};
}

/// True where the nest tells of the signal; packet losses have the same command.
bool decode_signal_nest(ByteView nest, SignalEvent& event, bool& malformed_nest) {
  bool tells = false;
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    if (attribute->type == NL80211_ATTR_CQM_RSSI_LEVEL) event.signal_dbm = load<std::int32_t>(attribute->payload);
    if (attribute->type == NL80211_ATTR_CQM_BEACON_LOSS_EVENT) {
      event.change = SignalChange::kBeaconLost;
      tells = true;
    }
    if (attribute->type != NL80211_ATTR_CQM_RSSI_THRESHOLD_EVENT) continue;
    const std::uint32_t change = attribute->u32().value_or(UINT32_MAX);
    if (change > NL80211_CQM_RSSI_BEACON_LOSS_EVENT) continue;
    event.change = static_cast<SignalChange>(change);
    tells = true;
  }
  malformed_nest = reader.malformed();
  return tells;
}

Decoded decode_signal(ByteView attributes) {
  SignalEvent event;
  bool tells = false;
  bool bad = false;
  AttributeReader reader(attributes);
  while (const auto attribute = reader.next()) {
    if (attribute->type == NL80211_ATTR_IFINDEX) event.ifindex = attribute->u32().value_or(0);
    if (attribute->type == NL80211_ATTR_CQM) tells = decode_signal_nest(attribute->payload, event, bad);
  }
  if (reader.malformed() || bad) return malformed_event();
  if (!tells || event.ifindex == 0) return std::optional<Event>{};
  return std::optional<Event>{event};
}

}  // namespace

Result<std::optional<Event>> decode_event(const netlink::Message& message) {
  const auto generic = decode_generic(message);
  if (!generic) return malformed_event();
  const ByteView attributes = generic->attributes;
  switch (generic->command) {
    case NL80211_CMD_TRIGGER_SCAN: return decode_scan(attributes, ScanStage::kStarted);
    case NL80211_CMD_NEW_SCAN_RESULTS: return decode_scan(attributes, ScanStage::kDone);
    case NL80211_CMD_SCAN_ABORTED: return decode_scan(attributes, ScanStage::kAborted);
    case NL80211_CMD_CONNECT: return decode_connection(attributes, ConnectionStage::kConnected);
    case NL80211_CMD_ROAM: return decode_connection(attributes, ConnectionStage::kRoamed);
    case NL80211_CMD_DISCONNECT: return decode_connection(attributes, ConnectionStage::kDisconnected);
    case NL80211_CMD_NEW_INTERFACE: return decode_interface_added(attributes);
    case NL80211_CMD_DEL_INTERFACE: return decode_interface_gone(attributes);
    case NL80211_CMD_NEW_STATION: return decode_station_added(attributes);
    case NL80211_CMD_DEL_STATION: return decode_station_gone(attributes);
    case NL80211_CMD_REG_CHANGE:
    case NL80211_CMD_WIPHY_REG_CHANGE: return decode_regulatory(attributes);
    case NL80211_CMD_NOTIFY_CQM: return decode_signal(attributes);
    default: return std::optional<Event>{};
  }
}

}  // namespace vn::genl::nl80211
