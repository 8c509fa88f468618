// The nested parts of a radio's description: bands with channels, and combinations of interfaces. Pure.
#pragma once

#include <vector>

#include "base/bytes.hh"
#include "genl/nl80211/wiphy.hh"

namespace vn::genl::nl80211 {

/// Adds the channels of NL80211_ATTR_WIPHY_BANDS; false where it is malformed or a limit is passed.
bool decode_bands(ByteView nest, std::vector<BandChannels>& bands);
/// Adds the combinations of NL80211_ATTR_INTERFACE_COMBINATIONS; the same.
bool decode_combinations(ByteView nest, std::vector<InterfaceCombination>& combinations);

}  // namespace vn::genl::nl80211
