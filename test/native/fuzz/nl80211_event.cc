// Any bytes as one datagram of nl80211's event messages.
#include "fuzz_target.hh"
#include "genl/nl80211/event.hh"

VN_FUZZ_TARGET(nl80211_event) {
  vn::netlink::MessageReader reader(input);
  while (const auto message = reader.next()) {
    (void)vn::genl::nl80211::decode_event(*message).ok();
  }
}
