// libFuzzer: any bytes as the information elements of a beacon.
#include "genl/nl80211/element.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)vn::genl::nl80211::decode_elements({data, size});
  return 0;
}
