// Any bytes as one datagram of the kernel's uevents.
#include "fuzz_target.hh"
#include <cstdlib>

#include "uevent/uevent.hh"

VN_FUZZ_TARGET(uevent) {
  const auto uevent = vn::uevent::decode_uevent(input);
  if (uevent.ok() && uevent.value().properties.size() > vn::uevent::kMaxProperties) std::abort();
}
