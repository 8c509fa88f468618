// libFuzzer: any bytes as one datagram of nl80211's station messages.
#include "genl/nl80211/station.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vn::netlink::MessageReader reader({data, size});
  while (const auto message = reader.next()) {
    (void)vn::genl::nl80211::decode_station(*message).ok();
  }
  return 0;
}
