// Information elements: written by anybody with a radio.
#include "check.hh"
#include "genl/nl80211/element.hh"
#include "genl/nl80211/suite.hh"
#include "genl/nl80211/words.hh"
#include "golden.hh"

using namespace vn;
using namespace vn::genl::nl80211;

namespace {

/// An RSN element: CCMP for the group, CCMP and TKIP for pairs, PSK and SAE, frames may be protected.
const char* const kRsn = "30 1c 01 00 00 0f ac 04 02 00 00 0f ac 04 00 0f ac 02 02 00 00 0f ac 02 00 0f ac 08 80 00";

}  // namespace

TEST_CASE("an RSN element says its suites") {
  const Elements elements = decode_elements(check::from_hex(kRsn));
  REQUIRE(elements.securities.size() == 1);
  const Security& security = elements.securities[0];
  CHECK(security.protocol == "rsn");
  CHECK(security.key_management == std::vector<std::string>{"psk", "sae"});
  CHECK(security.pairwise_ciphers == std::vector<std::string>{"ccmp", "tkip"});
  CHECK(security.group_cipher == "ccmp");
  CHECK(security.management_protection_capable);
  CHECK_FALSE(security.management_protection_required);
  CHECK_FALSE(elements.malformed);
}

TEST_CASE("an RSN element that leaves parts out has their defaults") {
  const Elements elements = decode_elements(check::from_hex("30 02 01 00"));
  REQUIRE(elements.securities.size() == 1);
  CHECK(elements.securities[0].key_management == std::vector<std::string>{"eap"});
  CHECK(elements.securities[0].pairwise_ciphers == std::vector<std::string>{"ccmp"});
}

TEST_CASE("an element whose count of suites lies is passed over, and the others count") {
  const Elements elements = decode_elements(check::from_hex("30 08 01 00 00 0f ac 04 ff 00  00 02 61 62"));
  CHECK(elements.securities.empty());
  CHECK(elements.malformed);
  CHECK(elements.ssid == check::from_hex("61 62"));
}

TEST_CASE("elements cut at any byte keep what stood before") {
  const ByteBuffer whole = check::from_hex(std::string("00 02 61 62 ") + kRsn + " dd 04 00 50 f2 04");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    ByteBuffer cut;
    append_bytes(cut, ByteView{whole}.first(length));
    cut.shrink_to_fit();
    const Elements elements = decode_elements(cut);
    CHECK(elements.ssid.has_value() == (length >= 4));
    CHECK(elements.securities.size() == (length >= 34 ? 1U : 0U));
    CHECK_FALSE(elements.wps);
  }
  CHECK(decode_elements(whole).wps);
}

TEST_CASE("an SSID beyond 32 octets is none, and the first one counts") {
  ByteBuffer bytes{0, 33};
  bytes.resize(2 + 33, 'x');
  CHECK_FALSE(decode_elements(bytes).ssid.has_value());
  CHECK(decode_elements(check::from_hex("00 01 61 00 01 62")).ssid == check::from_hex("61"));
}

TEST_CASE("elements without end are read up to a limit") {
  const Elements elements = decode_elements(ByteBuffer(64 * 1024, 0));
  CHECK(elements.malformed);
  CHECK(elements.ssid == ByteBuffer{});
}

TEST_CASE("a mesh, WPA of old and what vendors add are told apart") {
  const Elements elements = decode_elements(check::from_hex(
      "72 04 6d 65 73 68  dd 16 00 50 f2 01 01 00 00 50 f2 02 01 00 00 50 f2 02 01 00 00 50 f2 02"
      "dd 04 50 6f 9a 09  dd 04 50 6f 9a 1c  f4 01 20  dd 03 00 50 f2"));
  CHECK(elements.mesh_id == check::from_hex("6d 65 73 68"));
  REQUIRE(elements.securities.size() == 1);
  CHECK(elements.securities[0].protocol == "wpa");
  CHECK(elements.securities[0].group_cipher == "tkip");
  CHECK(elements.p2p);
  CHECK(elements.owe_transition);
  CHECK(elements.sae_hash_to_element);
  CHECK_FALSE(elements.sae_public_key);
}

TEST_CASE("a suite without a name shows its numbers") {
  CHECK(cipher_name(0x000facff) == "00-0f-ac:255");
  CHECK(key_management_name(0x506f9a02) == "dpp");
}

TEST_CASE("a channel's frequency says its band") {
  CHECK(band_of(2'484) == Band::k2Ghz);
  CHECK(band_of(5'925) == Band::k5Ghz);
  CHECK(band_of(5'935) == Band::k6Ghz);
  CHECK(band_of(58'320) == Band::k60Ghz);
  CHECK(band_of(900) == Band::kUnknown);
}
