// Any bytes as the information elements of a beacon.
#include "fuzz_target.hh"
#include "genl/nl80211/element.hh"

VN_FUZZ_TARGET(nl80211_element) {
  (void)vn::genl::nl80211::decode_elements(input);
}
