#include "genl/nl80211/element.hh"

#include <algorithm>

#include "genl/nl80211/suite.hh"

namespace vn::genl::nl80211 {

namespace {

/// A frame has at most 2,304 bytes of body and an element two at least; no real beacon has a hundred.
constexpr std::size_t kMaxElements = 512;
/// The element's own length leaves room for 62 suites; a network offers a handful.
constexpr std::size_t kMaxSuites = 64;
constexpr std::size_t kMaxMeshIdBytes = 32;
constexpr std::size_t kOuiBytes = 3;

// Numbers of elements (IEEE 802.11-2020, table 9-92).
constexpr std::uint8_t kSsid = 0;
constexpr std::uint8_t kCountry = 7;
constexpr std::uint8_t kRsn = 48;
constexpr std::uint8_t kMeshId = 114;
constexpr std::uint8_t kExtendedCapabilities = 127;
constexpr std::uint8_t kMultiBand = 158;
constexpr std::uint8_t kVendor = 221;
constexpr std::uint8_t kFilsIndication = 240;
constexpr std::uint8_t kRsnExtension = 244;

/// Bit 48 of the extended capabilities (table 9-153).
constexpr std::size_t kUtf8SsidBit = 48;
// Bits of the RSN extension element (table 9-335 and Wi-Fi Alliance's WPA3).
constexpr std::size_t kSaeHashToElementBit = 5;
constexpr std::size_t kSaePublicKeyBit = 6;
// Bits of the RSN capabilities (figure 9-286).
constexpr std::uint16_t kPreauthentication = 1U << 0;
constexpr std::uint16_t kProtectionRequired = 1U << 6;
constexpr std::uint16_t kProtectionCapable = 1U << 7;

// Vendor elements: OUI and type.
constexpr Suite kWpaElement = 0x0050f201;
constexpr Suite kWpsElement = 0x0050f204;
constexpr Suite kP2pElement = 0x506f9a09;
constexpr Suite kHotspotElement = 0x506f9a10;
constexpr Suite kOweTransitionElement = 0x506f9a1c;

bool has_bit(ByteView bytes, std::size_t bit) {
  const auto octet = load<std::uint8_t>(bytes, bit / 8);
  return octet && ((*octet >> (bit % 8)) & 1U) != 0;
}

/// Little-endian whatever the machine is: elements are the air's bytes, not the kernel's.
std::optional<std::uint16_t> load_le16(ByteView bytes, std::size_t offset) {
  const auto low = load<std::uint8_t>(bytes, offset);
  const auto high = load<std::uint8_t>(bytes, offset + 1);
  if (!low || !high) return std::nullopt;
  return static_cast<std::uint16_t>(*low | (*high << 8));
}

std::optional<Suite> load_suite(ByteView bytes, std::size_t offset) {
  const auto octets = load<std::array<std::uint8_t, kOuiBytes + 1>>(bytes, offset);
  if (!octets) return std::nullopt;
  Suite suite = 0;
  for (const std::uint8_t octet : *octets) suite = (suite << 8) | octet;
  return suite;
}

/// Reads a count and that many suites at `offset`, and moves it on; false where the bytes end before the list does.
bool load_suites(ByteView bytes, std::size_t& offset, std::vector<Suite>& suites) {
  const auto count = load_le16(bytes, offset);
  if (!count || *count > kMaxSuites) return false;
  offset += sizeof(std::uint16_t);
  for (std::uint16_t i = 0; i < *count; ++i) {
    const auto suite = load_suite(bytes, offset);
    if (!suite) return false;
    suites.push_back(*suite);
    offset += sizeof(Suite);
  }
  return true;
}

std::vector<std::string> names_of(const std::vector<Suite>& suites, std::string (*name)(Suite)) {
  std::vector<std::string> names;
  for (const Suite suite : suites) {
    std::string each = name(suite);
    if (std::find(names.begin(), names.end(), each) == names.end()) names.push_back(std::move(each));
  }
  return names;
}

struct Defaults {
  const char* protocol;
  Suite cipher;
  Suite key_management;
};

/// The RSN element and the WPA element differ in their numbers only. Each part may be left out with all that follow, and
/// then has its default (9.4.2.24.1).
std::optional<Security> decode_security(ByteView bytes, const Defaults& defaults) {
  if (load_le16(bytes, 0) != std::uint16_t{1}) return std::nullopt;
  std::size_t offset = sizeof(std::uint16_t);
  Security security;
  security.protocol = defaults.protocol;
  security.group_cipher = cipher_name(load_suite(bytes, offset).value_or(defaults.cipher));
  offset += sizeof(Suite);
  std::vector<Suite> pairwise;
  std::vector<Suite> key_management;
  const bool more = offset < bytes.size();
  const bool whole = !more || (load_suites(bytes, offset, pairwise) && (offset >= bytes.size() || load_suites(bytes, offset, key_management)));
  if (!whole) return std::nullopt;
  if (pairwise.empty()) pairwise.push_back(defaults.cipher);
  if (key_management.empty()) key_management.push_back(defaults.key_management);
  security.pairwise_ciphers = names_of(pairwise, cipher_name);
  security.key_management = names_of(key_management, key_management_name);
  const std::uint16_t capabilities = load_le16(bytes, offset).value_or(0);
  security.preauthentication = (capabilities & kPreauthentication) != 0;
  security.management_protection_required = (capabilities & kProtectionRequired) != 0;
  security.management_protection_capable = (capabilities & kProtectionCapable) != 0;
  return security;
}

void add_security(ByteView bytes, const Defaults& defaults, Elements& elements) {
  auto security = decode_security(bytes, defaults);
  if (!security) {
    elements.malformed = true;
    return;
  }
  for (const Security& each : elements.securities) {
    if (each.protocol == security->protocol) return;
  }
  elements.securities.push_back(std::move(*security));
}

void decode_vendor(ByteView bytes, Elements& elements) {
  const auto type = load_suite(bytes, 0);
  if (!type) return;
  switch (*type) {
    case kWpaElement: add_security(tail(bytes, sizeof(Suite)), {"wpa", 0x0050f202, 0x0050f201}, elements); break;
    case kWpsElement: elements.wps = true; break;
    case kP2pElement: elements.p2p = true; break;
    case kHotspotElement: elements.hotspot2 = true; break;
    case kOweTransitionElement: elements.owe_transition = true; break;
    default: break;
  }
}

void take_bytes(ByteView bytes, std::size_t most, std::optional<ByteBuffer>& into) {
  if (into || bytes.size() > most) return;
  into.emplace();
  append_bytes(*into, bytes);
}

void take_country(ByteView bytes, Elements& elements) {
  constexpr std::size_t kCountryBytes = 3;
  if (elements.country || bytes.size() < kCountryBytes) return;
  const auto printable = [](std::uint8_t octet) { return octet >= ' ' && octet <= '~'; };
  const ByteView text = bytes.first(kCountryBytes);
  if (std::all_of(text.begin(), text.end(), printable)) elements.country = to_text(text);
}

void decode_element(std::uint8_t number, ByteView bytes, Elements& elements) {
  switch (number) {
    case kSsid: take_bytes(bytes, kMaxSsidBytes, elements.ssid); break;
    case kMeshId: take_bytes(bytes, kMaxMeshIdBytes, elements.mesh_id); break;
    case kCountry: take_country(bytes, elements); break;
    case kRsn: add_security(bytes, {"rsn", 0x000fac04, 0x000fac01}, elements); break;
    case kVendor: decode_vendor(bytes, elements); break;
    case kFilsIndication: elements.fils = true; break;
    case kMultiBand: elements.multi_band = true; break;
    case kExtendedCapabilities: elements.utf8_ssid = has_bit(bytes, kUtf8SsidBit); break;
    case kRsnExtension:
      elements.sae_hash_to_element = has_bit(bytes, kSaeHashToElementBit);
      elements.sae_public_key = has_bit(bytes, kSaePublicKeyBit);
      break;
    default: break;
  }
}

}  // namespace

Elements decode_elements(ByteView bytes) {
  Elements elements;
  for (std::size_t count = 0; !bytes.empty(); ++count) {
    const auto number = load<std::uint8_t>(bytes, 0);
    const auto length = load<std::uint8_t>(bytes, 1);
    constexpr std::size_t kHeaderBytes = 2;
    if (count == kMaxElements || !number || !length || *length > bytes.size() - kHeaderBytes) {
      elements.malformed = true;
      break;
    }
    decode_element(*number, bytes.subspan(kHeaderBytes, *length), elements);
    bytes = bytes.subspan(kHeaderBytes + *length);
  }
  return elements;
}

}  // namespace vn::genl::nl80211
