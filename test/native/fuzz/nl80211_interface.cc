// Any bytes as one datagram of nl80211's interface messages.
#include "fuzz_target.hh"
#include "genl/nl80211/interface.hh"

VN_FUZZ_TARGET(nl80211_interface) {
  vn::netlink::MessageReader reader(input);
  while (const auto message = reader.next()) {
    (void)vn::genl::nl80211::decode_interface(*message).ok();
  }
}
