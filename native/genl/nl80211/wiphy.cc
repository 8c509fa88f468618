#include "genl/nl80211/wiphy.hh"

#include <linux/nl80211.h>

#include <algorithm>

#include "genl/nl80211/suite.hh"
#include "genl/nl80211/wiphy_nest.hh"
#include "netlink/message_writer.hh"

namespace vn::genl::nl80211 {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;

/// More radios than any machine has; hwsim makes 100 at most by default.
constexpr std::size_t kMaxWiphys = 256;
/// nl80211 itself knows 25 ciphers and 27 key managements.
constexpr std::size_t kMaxWiphySuites = 128;

Failure malformed_wiphy() { return {EBADMSG, "decode wiphy", {}}; }

struct Feature {
  std::uint32_t bit;
  const char* name;
};

/// What decides what may be configured or asked; the rest of the kernel's list is between drivers and supplicants.
constexpr auto kFeatures = std::to_array<Feature>({
    {NL80211_FEATURE_HT_IBSS, "ht-ibss"},
    {NL80211_FEATURE_SAE, "sae"},
    {NL80211_FEATURE_LOW_PRIORITY_SCAN, "scan-low-priority"},
    {NL80211_FEATURE_SCAN_FLUSH, "scan-flush"},
    {NL80211_FEATURE_AP_SCAN, "ap-scan"},
    {NL80211_FEATURE_USERSPACE_MPM, "mesh-user-mpm"},
    {NL80211_FEATURE_SCAN_RANDOM_MAC_ADDR, "scan-random-address"},
});

/// Bits of the bit field NL80211_ATTR_EXT_FEATURES.
constexpr auto kExtendedFeatures = std::to_array<Feature>({
    {NL80211_EXT_FEATURE_FILS_STA, "fils"},
    {NL80211_EXT_FEATURE_CQM_RSSI_LIST, "cqm-rssi-list"},
    {NL80211_EXT_FEATURE_4WAY_HANDSHAKE_STA_PSK, "psk-offload"},
    {NL80211_EXT_FEATURE_SAE_OFFLOAD, "sae-offload"},
    {NL80211_EXT_FEATURE_BEACON_PROTECTION, "beacon-protection"},
});

void add_once(std::vector<std::string>& list, std::string word) {
  if (std::find(list.begin(), list.end(), word) == list.end()) list.push_back(std::move(word));
}

void add_features(std::uint32_t flags, Wiphy& wiphy) {
  for (const Feature& feature : kFeatures) {
    if ((flags & feature.bit) != 0) add_once(wiphy.features, feature.name);
  }
}

void add_extended_features(ByteView bits, Wiphy& wiphy) {
  for (const Feature& feature : kExtendedFeatures) {
    const auto octet = load<std::uint8_t>(bits, feature.bit / 8);
    if (octet && ((*octet >> (feature.bit % 8)) & 1U) != 0) add_once(wiphy.features, feature.name);
  }
}

bool decode_suites(ByteView bytes, std::string (*name)(Suite), std::vector<std::string>& names) {
  if (bytes.size() % sizeof(Suite) != 0 || bytes.size() / sizeof(Suite) > kMaxWiphySuites) return false;
  for (std::size_t offset = 0; offset < bytes.size(); offset += sizeof(Suite)) {
    if (const auto suite = load<Suite>(bytes, offset)) add_once(names, name(*suite));
  }
  return true;
}

bool decode_list(const Attribute& attribute, Wiphy& wiphy) {
  switch (attribute.type) {
    case NL80211_ATTR_WIPHY_BANDS: return decode_bands(attribute.payload, wiphy.bands);
    case NL80211_ATTR_CIPHER_SUITES: return decode_suites(attribute.payload, cipher_name, wiphy.cipher_suites);
    case NL80211_ATTR_AKM_SUITES: return decode_suites(attribute.payload, key_management_name, wiphy.akm_suites);
    case NL80211_ATTR_INTERFACE_COMBINATIONS: return decode_combinations(attribute.payload, wiphy.combinations);
    case NL80211_ATTR_SUPPORTED_IFTYPES: {
      auto modes = decode_modes(attribute.payload);
      if (modes) wiphy.supported_modes = std::move(*modes);
      return modes.has_value();
    }
    default: return true;
  }
}

void decode_scalar(const Attribute& attribute, Wiphy& wiphy) {
  switch (attribute.type) {
    case NL80211_ATTR_WIPHY_NAME: wiphy.name = attribute.text(); break;
    case NL80211_ATTR_MAX_NUM_SCAN_SSIDS: wiphy.max_scan_ssids = attribute.u8().value_or(0); break;
    case NL80211_ATTR_FEATURE_FLAGS: add_features(attribute.u32().value_or(0), wiphy); break;
    case NL80211_ATTR_EXT_FEATURES: add_extended_features(attribute.payload, wiphy); break;
    case NL80211_ATTR_SUPPORT_MESH_AUTH: add_once(wiphy.features, "mesh-auth"); break;
    case NL80211_ATTR_SUPPORT_IBSS_RSN: add_once(wiphy.features, "ibss-rsn"); break;
    case NL80211_ATTR_WIPHY_SELF_MANAGED_REG: add_once(wiphy.features, "self-managed-reg"); break;
    case NL80211_ATTR_ROAM_SUPPORT: add_once(wiphy.features, "roam"); break;
    case NL80211_ATTR_TDLS_SUPPORT: add_once(wiphy.features, "tdls"); break;
    default: break;
  }
}

std::optional<std::uint32_t> wiphy_index(ByteView attributes) {
  AttributeReader reader(attributes);
  while (const auto attribute = reader.next()) {
    if (attribute->type == NL80211_ATTR_WIPHY) return attribute->u32();
  }
  return std::nullopt;
}

}  // namespace

Status WiphyReader::add(const netlink::Message& message) {
  const auto generic = decode_generic(message);
  if (!generic) return malformed_wiphy();
  if (generic->command != NL80211_CMD_NEW_WIPHY) return Done{};
  const auto index = wiphy_index(generic->attributes);
  if (!index) return malformed_wiphy();
  Wiphy* const wiphy = find_or_add(*index);
  if (wiphy == nullptr) return malformed_wiphy();
  AttributeReader reader(generic->attributes);
  while (const auto attribute = reader.next()) {
    decode_scalar(*attribute, *wiphy);
    if (!decode_list(*attribute, *wiphy)) return malformed_wiphy();
  }
  if (reader.malformed()) return malformed_wiphy();
  return Done{};
}

Wiphy* WiphyReader::find_or_add(std::uint32_t index) {
  for (Wiphy& wiphy : wiphys_) {
    if (wiphy.wiphy == index) return &wiphy;
  }
  if (wiphys_.size() == kMaxWiphys) return nullptr;
  wiphys_.emplace_back().wiphy = index;
  return &wiphys_.back();
}

ByteBuffer encode_wiphy_dump(Target target, std::optional<std::uint32_t> wiphy) {
  netlink::MessageWriter writer = begin_dump(target, NL80211_CMD_GET_WIPHY);
  put_flag(writer, NL80211_ATTR_SPLIT_WIPHY_DUMP);
  if (wiphy) writer.put_u32(NL80211_ATTR_WIPHY, *wiphy);
  return writer.take();
}

}  // namespace vn::genl::nl80211
