#include "genl/nl80211/bss.hh"

#include <linux/nl80211.h>

#include <algorithm>

#include "netlink/message_writer.hh"

namespace vn::genl::nl80211 {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;

constexpr double kNsPerMs = 1e6;

// Bits of the capability field (IEEE 802.11-2020, figure 9-79). In the 60 GHz band the low two bits are a number.
constexpr std::uint16_t kEss = 1U << 0;
constexpr std::uint16_t kIbss = 1U << 1;
constexpr std::uint16_t kPrivacy = 1U << 4;
constexpr std::uint16_t kDmgTypeMask = 3;
constexpr std::uint16_t kDmgIbss = 1;
constexpr std::uint16_t kDmgPbss = 2;
constexpr std::uint16_t kDmgEss = 3;

Failure malformed_bss() { return {EBADMSG, "decode bss", {}}; }

/// Both kinds of elements the kernel hands over: of the last probe response, or of beacons where none came.
struct RawElements {
  ByteView any;
  ByteView beacon;
};

void decode_attribute(const Attribute& attribute, Bss& bss, RawElements& raw) {
  switch (attribute.type) {
    case NL80211_BSS_FREQUENCY: bss.frequency_mhz = attribute.u32().value_or(0); break;
    case NL80211_BSS_BEACON_INTERVAL: bss.beacon_interval_tu = attribute.u16().value_or(0); break;
    case NL80211_BSS_CAPABILITY: bss.capability = attribute.u16().value_or(0); break;
    case NL80211_BSS_INFORMATION_ELEMENTS: raw.any = attribute.payload; break;
    case NL80211_BSS_BEACON_IES: raw.beacon = attribute.payload; break;
    case NL80211_BSS_SEEN_MS_AGO: bss.age_ms = attribute.u32().value_or(0); break;
    case NL80211_BSS_SIGNAL_UNSPEC: bss.signal_percent = attribute.u8(); break;
    case NL80211_BSS_SIGNAL_MBM:
      if (const auto mbm = load<std::int32_t>(attribute.payload)) bss.signal_dbm = to_dbm(*mbm);
      break;
    case NL80211_BSS_LAST_SEEN_BOOTTIME:
      if (const auto ns = load<std::uint64_t>(attribute.payload)) bss.last_seen_boottime_ms = static_cast<double>(*ns) / kNsPerMs;
      break;
    case NL80211_BSS_STATUS: {
      const std::uint32_t status = attribute.u32().value_or(UINT32_MAX);
      if (status <= NL80211_BSS_STATUS_IBSS_JOINED) bss.status = static_cast<BssStatus>(status + 1);
      break;
    }
    default: break;
  }
}

void add_flag(Bss& bss, std::string flag) {
  if (flag == "none" || flag == "group") return;
  if (std::find(bss.flags.begin(), bss.flags.end(), flag) == bss.flags.end()) bss.flags.push_back(std::move(flag));
}

void add_security_flags(const Security& security, bool mesh, Bss& bss) {
  if (security.protocol == "wpa") add_flag(bss, "wpa");
  else add_flag(bss, mesh ? "rsn" : "wpa2");
  for (const std::string& name : security.key_management) add_flag(bss, name);
  for (const std::string& name : security.pairwise_ciphers) add_flag(bss, name);
  if (security.preauthentication) add_flag(bss, "preauth");
}

void add_topology_flags(Bss& bss) {
  if (bss.band == Band::k60Ghz) {
    add_flag(bss, "dmg");
    const std::uint16_t kind = bss.capability & kDmgTypeMask;
    if (kind == kDmgEss) add_flag(bss, "ess");
    if (kind == kDmgIbss) add_flag(bss, "ibss");
    if (kind == kDmgPbss) add_flag(bss, "pbss");
    return;
  }
  if (bss.mesh_id) add_flag(bss, "mesh");
  if ((bss.capability & kIbss) != 0) add_flag(bss, "ibss");
  if ((bss.capability & kEss) != 0) add_flag(bss, "ess");
}

void add_flags(const Elements& elements, Bss& bss) {
  // WPA before WPA2, as programs print it; the elements may stand in any order.
  for (const char* protocol : {"wpa", "rsn"}) {
    for (const Security& security : elements.securities) {
      if (security.protocol == protocol) add_security_flags(security, elements.mesh_id.has_value(), bss);
    }
  }
  const bool protected_by_elements = !elements.securities.empty();
  if (elements.owe_transition) add_flag(bss, protected_by_elements ? "owe-trans" : "owe-trans-open");
  if (elements.sae_hash_to_element) add_flag(bss, "sae-h2e");
  if (elements.sae_public_key) add_flag(bss, "sae-pk");
  if (elements.wps) add_flag(bss, "wps");
  if (!protected_by_elements && bss.band != Band::k60Ghz && (bss.capability & kPrivacy) != 0) add_flag(bss, "wep");
  add_topology_flags(bss);
  if (elements.p2p) add_flag(bss, "p2p");
  if (elements.hotspot2) add_flag(bss, "hs20");
  if (elements.fils) add_flag(bss, "fils");
  if (elements.multi_band) add_flag(bss, "fst");
  if (elements.utf8_ssid) add_flag(bss, "utf8");
}

bool hidden(const std::optional<ByteBuffer>& ssid) {
  return !ssid || std::all_of(ssid->begin(), ssid->end(), [](std::uint8_t octet) { return octet == 0; });
}

void add_elements(const RawElements& raw, Bss& bss) {
  Elements elements = decode_elements(raw.any.empty() ? raw.beacon : raw.any);
  if (!hidden(elements.ssid)) bss.ssid = std::move(*elements.ssid);
  bss.mesh_id = std::move(elements.mesh_id);
  bss.country = std::move(elements.country);
  add_flags(elements, bss);
  bss.securities = std::move(elements.securities);
}

Result<Bss> decode_nest(ByteView nest) {
  Bss bss;
  RawElements raw;
  std::optional<MacAddress> bssid;
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    if (attribute->type == NL80211_BSS_BSSID) bssid = load_mac(attribute->payload);
    else decode_attribute(*attribute, bss, raw);
  }
  if (reader.malformed() || !bssid) return malformed_bss();
  bss.bssid = *bssid;
  bss.band = band_of(bss.frequency_mhz);
  add_elements(raw, bss);
  return bss;
}

}  // namespace

ByteBuffer encode_scan_dump(Target target, std::uint32_t ifindex) {
  netlink::MessageWriter writer = begin_dump(target, NL80211_CMD_GET_SCAN);
  writer.put_u32(NL80211_ATTR_IFINDEX, ifindex);
  return writer.take();
}

Result<std::optional<Bss>> decode_bss(const netlink::Message& message) {
  const auto generic = decode_generic(message);
  if (!generic) return malformed_bss();
  if (generic->command != NL80211_CMD_NEW_SCAN_RESULTS) return std::optional<Bss>{};
  std::uint32_t ifindex = 0;
  std::optional<ByteView> nest;
  AttributeReader reader(generic->attributes);
  while (const auto attribute = reader.next()) {
    if (attribute->type == NL80211_ATTR_IFINDEX) ifindex = attribute->u32().value_or(0);
    if (attribute->type == NL80211_ATTR_BSS) nest = attribute->payload;
  }
  if (reader.malformed()) return malformed_bss();
  // Without one it is the event that says that results are there.
  if (!nest) return std::optional<Bss>{};
  auto bss = decode_nest(*nest);
  if (!bss.ok()) return bss.failure();
  bss.value().ifindex = ifindex;
  return std::optional<Bss>{std::move(bss.value())};
}

}  // namespace vn::genl::nl80211
