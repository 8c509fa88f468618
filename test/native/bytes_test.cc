#include "base/bytes.hh"

#include "base/errno_name.hh"
#include "base/ip_address.hh"
#include "check.hh"

using namespace vn;

TEST_CASE("a load needs every byte of its type") {
  const ByteBuffer bytes = {1, 0, 0, 0, 2};
  CHECK(load<std::uint32_t>(bytes) == 1U);
  CHECK(load<std::uint8_t>(bytes, 4) == 2);
  CHECK(load<std::uint32_t>(bytes, 1).has_value());
  CHECK_FALSE(load<std::uint32_t>(bytes, 2).has_value());
  CHECK_FALSE(load<std::uint8_t>(bytes, 5).has_value());
  CHECK_FALSE(load<std::uint8_t>(bytes, SIZE_MAX).has_value());
}

TEST_CASE("a store beyond the end changes nothing") {
  ByteBuffer bytes = {1, 2, 3};
  store(bytes, 1, std::uint32_t{0});
  CHECK(bytes == ByteBuffer{1, 2, 3});
  store(bytes, 1, std::uint16_t{0});
  CHECK(bytes == ByteBuffer{1, 0, 0});
}

TEST_CASE("text ends at the first NUL or with the bytes") {
  CHECK(to_text(ByteBuffer{'e', 't', 'h', 0, 'x'}) == "eth");
  CHECK(to_text(ByteBuffer{'l', 'o'}) == "lo");
  CHECK(to_text({}).empty());
}

TEST_CASE("a tail beyond the end is empty") {
  const ByteBuffer bytes = {1, 2};
  CHECK(tail(bytes, 1).size() == 1);
  CHECK(tail(bytes, 2).empty());
  CHECK(tail(bytes, SIZE_MAX).empty());
}

TEST_CASE("IP text is read strictly and written canonically") {
  const auto loop = parse_ip("2001:DB8:0:0::1");
  REQUIRE(loop.has_value());
  CHECK(format(*loop) == "2001:db8::1");
  CHECK(parse_ip("192.0.2.1").has_value());
  for (const char* text : {"", "192.0.2", "192.0.2.256", "192.0.2.1 ", "2001:db8::g", "fe80::1%lo"}) {
    CHECK_FALSE(parse_ip(text).has_value());
  }
  CHECK_FALSE(load_ip(Family::kIpv4, ByteBuffer{1, 2, 3}).has_value());
}

TEST_CASE("a prefix has an address and a length that fits its family") {
  CHECK(parse_prefix("192.0.2.0/24")->length == 24);
  CHECK(parse_prefix("::/0")->length == 0);
  for (const char* text : {"192.0.2.0", "192.0.2.0/33", "::/129", "192.0.2.0/",
                           "192.0.2.0/+1", "192.0.2.0/-1", "x/1", "192.0.2.0/1 "}) {
    CHECK_FALSE(parse_prefix(text).has_value());
  }
}

TEST_CASE("an errno has its name") {
  CHECK(std::string(errno_name(17)) == "EEXIST");
  CHECK(std::string(errno_name(4095)) == "EUNKNOWN");
}
