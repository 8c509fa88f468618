#include "genl/nl80211/wiphy_nest.hh"

#include <linux/nl80211.h>

#include <algorithm>

#include "netlink/message.hh"

namespace vn::genl::nl80211 {

namespace {

using netlink::AttributeReader;

/// Of one radio, all bands together; 6 GHz alone has 59 of 20 MHz, S1G some hundred.
constexpr std::size_t kMaxChannels = 1'024;
/// enum nl80211_band has 6.
constexpr std::size_t kMaxBands = 16;
/// Drivers list a handful.
constexpr std::size_t kMaxCombinations = 64;
constexpr std::size_t kMaxLimits = 64;

std::optional<Channel> decode_channel(ByteView nest) {
  Channel channel;
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    switch (attribute->type) {
      case NL80211_FREQUENCY_ATTR_FREQ: channel.frequency_mhz = attribute->u32().value_or(0); break;
      case NL80211_FREQUENCY_ATTR_DISABLED: channel.disabled = true; break;
      case NL80211_FREQUENCY_ATTR_NO_IR: channel.no_ir = true; break;
      case NL80211_FREQUENCY_ATTR_RADAR: channel.radar = true; break;
      case NL80211_FREQUENCY_ATTR_INDOOR_ONLY: channel.indoor_only = true; break;
      case NL80211_FREQUENCY_ATTR_MAX_TX_POWER:
        channel.max_power_dbm = to_dbm(load<std::int32_t>(attribute->payload).value_or(0));
        break;
      default: break;
    }
  }
  if (reader.malformed() || channel.frequency_mhz == 0) return std::nullopt;
  return channel;
}

/// The kernel's number of a band says nothing of those that have none here (S1G): the frequency does.
bool add_channel(const Channel& channel, std::vector<BandChannels>& bands) {
  const Band band = band_of(channel.frequency_mhz);
  const auto known = std::find_if(bands.begin(), bands.end(), [&](const BandChannels& each) { return each.band == band; });
  if (known == bands.end()) {
    bands.push_back({band, {channel}});
    return true;
  }
  if (known->channels.size() == kMaxChannels) return false;
  known->channels.push_back(channel);
  return true;
}

bool decode_channels(ByteView nest, std::vector<BandChannels>& bands) {
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    const auto channel = decode_channel(attribute->payload);
    if (!channel || !add_channel(*channel, bands)) return false;
  }
  return !reader.malformed();
}

bool decode_band(ByteView nest, std::vector<BandChannels>& bands) {
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    if (attribute->type == NL80211_BAND_ATTR_FREQS && !decode_channels(attribute->payload, bands)) return false;
  }
  return !reader.malformed();
}

std::optional<InterfaceLimit> decode_limit(ByteView nest) {
  InterfaceLimit limit;
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    if (attribute->type == NL80211_IFACE_LIMIT_MAX) limit.max = attribute->u32().value_or(0);
    if (attribute->type != NL80211_IFACE_LIMIT_TYPES) continue;
    auto modes = decode_modes(attribute->payload);
    if (!modes) return std::nullopt;
    limit.modes = std::move(*modes);
  }
  if (reader.malformed()) return std::nullopt;
  return limit;
}

bool decode_limits(ByteView nest, std::vector<InterfaceLimit>& limits) {
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    auto limit = limits.size() < kMaxLimits ? decode_limit(attribute->payload) : std::nullopt;
    if (!limit) return false;
    limits.push_back(std::move(*limit));
  }
  return !reader.malformed();
}

std::optional<InterfaceCombination> decode_combination(ByteView nest) {
  InterfaceCombination combination;
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    if (attribute->type == NL80211_IFACE_COMB_MAXNUM) combination.max_interfaces = attribute->u32().value_or(0);
    if (attribute->type == NL80211_IFACE_COMB_NUM_CHANNELS) combination.max_channels = attribute->u32().value_or(0);
    if (attribute->type == NL80211_IFACE_COMB_LIMITS && !decode_limits(attribute->payload, combination.limits)) return std::nullopt;
  }
  if (reader.malformed()) return std::nullopt;
  return combination;
}

}  // namespace

bool decode_bands(ByteView nest, std::vector<BandChannels>& bands) {
  Limit limit(kMaxBands);
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    if (!limit.allows() || !decode_band(attribute->payload, bands)) return false;
  }
  return !reader.malformed();
}

bool decode_combinations(ByteView nest, std::vector<InterfaceCombination>& combinations) {
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    auto combination = combinations.size() < kMaxCombinations ? decode_combination(attribute->payload) : std::nullopt;
    if (!combination) return false;
    combinations.push_back(std::move(*combination));
  }
  return !reader.malformed();
}

}  // namespace vn::genl::nl80211
