#include "base/mac_address.hh"

#include "check.hh"

using namespace vn;

TEST_CASE("a MAC address is read in either case and shown in lower case") {
  CHECK(format(check::mac("02:0A:fF:00:00:01")) == "02:0a:ff:00:00:01");
}

TEST_CASE("what is not six octets with colons is no MAC address") {
  for (const char* text : {"", "02:00:00:00:00", "02:00:00:00:00:0g", "02-00-00-00-00-01", "02:00:00:00:00:01:02"}) {
    CHECK_FALSE(parse_mac(text).has_value());
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{8}}) CHECK_FALSE(load_mac(ByteBuffer(size)).has_value());
}
