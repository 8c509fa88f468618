// Any bytes as one datagram of nl80211's bss messages.
#include "fuzz_target.hh"
#include "genl/nl80211/bss.hh"

VN_FUZZ_TARGET(nl80211_bss) {
  vn::netlink::MessageReader reader(input);
  while (const auto message = reader.next()) {
    (void)vn::genl::nl80211::decode_bss(*message).ok();
  }
}
