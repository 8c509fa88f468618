// Any bytes as one datagram of a dump of radios.
#include "fuzz_target.hh"
#include "genl/nl80211/wiphy.hh"

VN_FUZZ_TARGET(nl80211_wiphy) {
  vn::netlink::MessageReader reader(input);
  vn::genl::nl80211::WiphyReader wiphys;
  while (const auto message = reader.next()) {
    if (!wiphys.add(*message).ok()) return;
  }
  (void)wiphys.take();
}
