// libFuzzer: any bytes as one datagram of nl80211's bss messages.
#include "genl/nl80211/bss.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vn::netlink::MessageReader reader({data, size});
  while (const auto message = reader.next()) {
    (void)vn::genl::nl80211::decode_bss(*message).ok();
  }
  return 0;
}
