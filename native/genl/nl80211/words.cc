#include "genl/nl80211/words.hh"

#include "netlink/message.hh"

namespace vn::genl::nl80211 {

namespace {

/// enum nl80211_iftype has 13; a nest with more flags than this is no list of modes.
constexpr std::size_t kMaxModes = 64;

struct BandRange {
  std::uint32_t first_mhz;
  std::uint32_t last_mhz;
  Band band;
};

constexpr auto kBandRanges = std::to_array<BandRange>({
    {2'400, 2'500, Band::k2Ghz},
    {4'900, 5'930, Band::k5Ghz},
    {5'931, 7'125, Band::k6Ghz},
    {45'000, 71'000, Band::k60Ghz},
});

}  // namespace

InterfaceMode to_interface_mode(std::uint32_t number) {
  return number < kInterfaceModeWords.size() ? static_cast<InterfaceMode>(number) : InterfaceMode::kUnspecified;
}

Band band_of(std::uint32_t frequency_mhz) {
  for (const BandRange& range : kBandRanges) {
    if (frequency_mhz >= range.first_mhz && frequency_mhz <= range.last_mhz) return range.band;
  }
  return Band::kUnknown;
}

ChannelWidth to_channel_width(std::uint32_t number) {
  return number < static_cast<std::uint32_t>(ChannelWidth::kUnknown) ? static_cast<ChannelWidth>(number) : ChannelWidth::kUnknown;
}

std::optional<std::vector<std::string>> decode_modes(ByteView nest) {
  std::vector<std::string> modes;
  netlink::AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    if (modes.size() == kMaxModes) return std::nullopt;
    const InterfaceMode mode = to_interface_mode(attribute->type);
    if (mode != InterfaceMode::kUnspecified) modes.emplace_back(kInterfaceModeWords[static_cast<std::size_t>(mode)]);
  }
  if (reader.malformed()) return std::nullopt;
  return modes;
}

}  // namespace vn::genl::nl80211
