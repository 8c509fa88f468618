// libFuzzer: any bytes as one datagram of generic netlink's controller.
#include "genl/family.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vn::netlink::MessageReader reader({data, size});
  while (const auto message = reader.next()) {
    (void)vn::genl::decode_family(*message).ok();
    (void)vn::genl::decode_family_event(*message).ok();
  }
  return 0;
}
