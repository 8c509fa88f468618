#include "rtnl/nd_option.hh"

#include "check.hh"

using namespace vn;
using namespace vn::rtnl;

namespace {

/// RTM_NEWNDUSEROPT: index 3, RDNSS of two servers for 600 s, from fe80::1.
const char* const kServers =
    "5c 00 00 00 44 00 00 00 00 00 00 00 00 00 00 00"
    "0a 00 28 00 03 00 00 00 86 00 00 00 00 00 00 00"
    "19 05 00 00 00 00 02 58"
    "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01"
    "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02"
    "14 00 01 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01";

/// DNSSL without end: example.com and a.example, padded.
const char* const kDomains =
    "48 00 00 00 44 00 00 00 00 00 00 00 00 00 00 00"
    "0a 00 28 00 03 00 00 00 86 00 00 00 00 00 00 00"
    "1f 05 00 00 ff ff ff ff"
    "07 65 78 61 6d 70 6c 65 03 63 6f 6d 00"
    "01 61 07 65 78 61 6d 70 6c 65 00"
    "00 00 00 00 00 00 00 00";

Result<std::optional<NdOption>> decode(const ByteBuffer& bytes) { return decode_nd_option(check::first_message(bytes)); }

}  // namespace

TEST_CASE("the name servers of a router advertisement are decoded") {
  const auto decoded = decode(check::from_hex(kServers));
  REQUIRE(decoded.ok());
  const NdOption option = *decoded.value();
  CHECK(option.ifindex == 3U);
  CHECK(option.lifetime_s == 600U);
  CHECK(option.servers == std::vector<std::string>{"2001:db8::1", "2001:db8::2"});
  CHECK_FALSE(option.domains.has_value());
  CHECK(option.router == check::ip("fe80::1"));
}

TEST_CASE("the search domains of a router advertisement are decoded") {
  const auto decoded = decode(check::from_hex(kDomains));
  REQUIRE(decoded.ok());
  CHECK(decoded.value()->lifetime_s == 0xffff'ffffU);
  CHECK(decoded.value()->domains == std::vector<std::string>{"example.com", "a.example"});
}

TEST_CASE("an option cut at any byte is refused or whole") {
  for (const char* hex : {kServers, kDomains}) {
    check::for_each_cut(check::from_hex(hex), [](const netlink::Message& cut) {
      const auto option = decode_nd_option(cut);
      if (cut.payload.size() < 16 + 40) CHECK_FALSE(option.ok());
    });
  }
}

TEST_CASE("lengths that lie are refused") {
  constexpr std::size_t kOptionLength = 33;
  for (const std::uint8_t length : {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{4}, std::uint8_t{6}, std::uint8_t{255}}) {
    ByteBuffer bytes = check::from_hex(kServers);
    bytes[kOptionLength] = length;
    CHECK_FALSE(decode(bytes).ok());
  }
  constexpr std::size_t kFirstLabel = 40;
  for (const std::uint8_t length : {std::uint8_t{64}, std::uint8_t{0xc0}}) {
    ByteBuffer bytes = check::from_hex(kDomains);
    bytes[kFirstLabel] = length;
    CHECK_FALSE(decode(bytes).ok());
  }
}

TEST_CASE("a name with other octets than a host name's is left out") {
  ByteBuffer bytes = check::from_hex(kDomains);
  bytes[41] = '\n';
  CHECK(decode(bytes).value()->domains == std::vector<std::string>{"a.example"});
}

TEST_CASE("options that nobody asked for are passed over") {
  ByteBuffer bytes = check::from_hex(kServers);
  bytes[32] = 38;
  CHECK_FALSE(decode(bytes).value().has_value());
}
