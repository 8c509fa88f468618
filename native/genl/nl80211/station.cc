#include "genl/nl80211/station.hh"

#include <linux/nl80211.h>

#include <array>

#include "netlink/message_writer.hh"

namespace vn::genl::nl80211 {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;

Failure malformed_station() { return {EBADMSG, "decode station", {}}; }

/// The kernel counts in 100 kbit/s; the u16 of old is left out or 0 where the rate is beyond it.
std::optional<std::uint32_t> decode_rate(ByteView nest) {
  constexpr std::uint32_t kKbpsEach = 100;
  constexpr std::uint32_t kMaxRate = UINT32_MAX / kKbpsEach;
  std::uint32_t rate = 0;
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    if (attribute->type == NL80211_RATE_INFO_BITRATE32) rate = attribute->u32().value_or(0);
    if (attribute->type == NL80211_RATE_INFO_BITRATE && rate == 0) rate = attribute->u16().value_or(0);
  }
  if (rate == 0 || rate > kMaxRate) return std::nullopt;
  return rate * kKbpsEach;
}

std::optional<std::int32_t> signed_octet(const Attribute& attribute) {
  const auto value = load<std::int8_t>(attribute.payload);
  return value ? std::optional<std::int32_t>{*value} : std::nullopt;
}

void decode_flags(ByteView bytes, Station& station) {
  const auto flags = load<nl80211_sta_flag_update>(bytes);
  if (!flags) return;
  const std::uint32_t set = flags->mask & flags->set;
  const auto has = [set](int flag) { return ((set >> flag) & 1U) != 0; };
  station.authorized = has(NL80211_STA_FLAG_AUTHORIZED);
  station.authenticated = has(NL80211_STA_FLAG_AUTHENTICATED);
  station.associated = has(NL80211_STA_FLAG_ASSOCIATED);
  station.wmm = has(NL80211_STA_FLAG_WME);
  station.management_protection = has(NL80211_STA_FLAG_MFP);
  station.tdls_peer = has(NL80211_STA_FLAG_TDLS_PEER);
}

void decode_traffic(const Attribute& attribute, Station& station) {
  switch (attribute.type) {
    case NL80211_STA_INFO_RX_PACKETS: station.rx_packets = attribute.u32().value_or(0); break;
    case NL80211_STA_INFO_TX_PACKETS: station.tx_packets = attribute.u32().value_or(0); break;
    case NL80211_STA_INFO_TX_RETRIES: station.tx_retries = attribute.u32().value_or(0); break;
    case NL80211_STA_INFO_TX_FAILED: station.tx_failed = attribute.u32().value_or(0); break;
    case NL80211_STA_INFO_BEACON_LOSS: station.beacon_losses = attribute.u32().value_or(0); break;
    default: break;
  }
}

void decode_link(const Attribute& attribute, Station& station) {
  switch (attribute.type) {
    case NL80211_STA_INFO_SIGNAL: station.signal_dbm = signed_octet(attribute); break;
    case NL80211_STA_INFO_SIGNAL_AVG: station.signal_average_dbm = signed_octet(attribute); break;
    case NL80211_STA_INFO_TX_BITRATE: station.tx_rate_kbps = decode_rate(attribute.payload); break;
    case NL80211_STA_INFO_RX_BITRATE: station.rx_rate_kbps = decode_rate(attribute.payload); break;
    case NL80211_STA_INFO_INACTIVE_TIME: station.inactive_ms = attribute.u32(); break;
    case NL80211_STA_INFO_CONNECTED_TIME: station.connected_seconds = attribute.u32(); break;
    case NL80211_STA_INFO_STA_FLAGS: decode_flags(attribute.payload, station); break;
    case NL80211_STA_INFO_PLINK_STATE: {
      const std::uint8_t state = attribute.u8().value_or(UINT8_MAX);
      if (state <= NL80211_PLINK_BLOCKED) station.peer_link = static_cast<PeerLink>(state + 1);
      break;
    }
    default: break;
  }
}

/// Bytes come twice, the old counter with 32 bits: the longer one counts, wherever it stands.
struct Bytes {
  std::array<std::optional<std::uint64_t>, 2> rx;
  std::array<std::optional<std::uint64_t>, 2> tx;

  static std::uint64_t best(const std::array<std::optional<std::uint64_t>, 2>& counters) {
    return counters[1] ? *counters[1] : counters[0].value_or(0);
  }
};

void decode_bytes(const Attribute& attribute, Bytes& bytes) {
  switch (attribute.type) {
    case NL80211_STA_INFO_RX_BYTES: bytes.rx[0] = attribute.u32(); break;
    case NL80211_STA_INFO_TX_BYTES: bytes.tx[0] = attribute.u32(); break;
    case NL80211_STA_INFO_RX_BYTES64: bytes.rx[1] = load<std::uint64_t>(attribute.payload); break;
    case NL80211_STA_INFO_TX_BYTES64: bytes.tx[1] = load<std::uint64_t>(attribute.payload); break;
    default: break;
  }
}

bool decode_info(ByteView nest, Station& station) {
  Bytes bytes;
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    decode_link(*attribute, station);
    decode_traffic(*attribute, station);
    decode_bytes(*attribute, bytes);
  }
  station.rx_bytes = Bytes::best(bytes.rx);
  station.tx_bytes = Bytes::best(bytes.tx);
  return !reader.malformed();
}

}  // namespace

ByteBuffer encode_station_dump(Target target, std::uint32_t ifindex) {
  netlink::MessageWriter writer = begin_dump(target, NL80211_CMD_GET_STATION);
  writer.put_u32(NL80211_ATTR_IFINDEX, ifindex);
  return writer.take();
}

ByteBuffer encode_get_station(Target target, std::uint32_t ifindex, const MacAddress& mac_address) {
  netlink::MessageWriter writer = begin_query(target, NL80211_CMD_GET_STATION);
  writer.put_u32(NL80211_ATTR_IFINDEX, ifindex);
  writer.put(NL80211_ATTR_MAC, mac_address.bytes());
  return writer.take();
}

Result<Station> decode_station_attributes(ByteView attributes) {
  Station station;
  std::optional<MacAddress> mac_address;
  AttributeReader reader(attributes);
  while (const auto attribute = reader.next()) {
    if (attribute->type == NL80211_ATTR_IFINDEX) station.ifindex = attribute->u32().value_or(0);
    if (attribute->type == NL80211_ATTR_MAC) mac_address = load_mac(attribute->payload);
    if (attribute->type == NL80211_ATTR_STA_INFO && !decode_info(attribute->payload, station)) return malformed_station();
  }
  if (reader.malformed() || !mac_address) return malformed_station();
  station.mac_address = *mac_address;
  return station;
}

Result<std::optional<Station>> decode_station(const netlink::Message& message) {
  const auto generic = decode_generic(message);
  if (!generic) return malformed_station();
  if (generic->command != NL80211_CMD_NEW_STATION) return std::optional<Station>{};
  auto station = decode_station_attributes(generic->attributes);
  if (!station.ok()) return station.failure();
  return std::optional<Station>{std::move(station.value())};
}

}  // namespace vn::genl::nl80211
