// Any bytes as one datagram of nl80211's station messages.
#include "fuzz_target.hh"
#include "genl/nl80211/station.hh"

VN_FUZZ_TARGET(nl80211_station) {
  vn::netlink::MessageReader reader(input);
  while (const auto message = reader.next()) {
    (void)vn::genl::nl80211::decode_station(*message).ok();
  }
}
