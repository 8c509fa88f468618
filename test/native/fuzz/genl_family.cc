// Any bytes as one datagram of generic netlink's controller.
#include "fuzz_target.hh"
#include "genl/family.hh"

VN_FUZZ_TARGET(genl_family) {
  vn::netlink::MessageReader reader(input);
  while (const auto message = reader.next()) {
    (void)vn::genl::decode_family(*message).ok();
    (void)vn::genl::decode_family_event(*message).ok();
  }
}
