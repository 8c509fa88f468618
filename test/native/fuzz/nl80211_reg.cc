// Any bytes as one datagram of nl80211's reg messages.
#include "fuzz_target.hh"
#include "genl/nl80211/reg.hh"

VN_FUZZ_TARGET(nl80211_reg) {
  vn::netlink::MessageReader reader(input);
  while (const auto message = reader.next()) {
    (void)vn::genl::nl80211::decode_reg(*message).ok();
  }
}
