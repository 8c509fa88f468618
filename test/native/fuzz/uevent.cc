// libFuzzer: any bytes as one datagram of the kernel's uevents.
#include <cstdlib>

#include "uevent/uevent.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto uevent = vn::uevent::decode_uevent({data, size});
  if (uevent.ok() && uevent.value().properties.size() > vn::uevent::kMaxProperties) std::abort();
  return 0;
}
