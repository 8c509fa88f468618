// libFuzzer: any bytes as one datagram of a dump of radios.
#include "genl/nl80211/wiphy.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vn::netlink::MessageReader reader({data, size});
  vn::genl::nl80211::WiphyReader wiphys;
  while (const auto message = reader.next()) {
    if (!wiphys.add(*message).ok()) return 0;
  }
  (void)wiphys.take();
  return 0;
}
