// What several parts of nl80211 count in: interface modes, bands, channel widths (linux/nl80211.h). Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hh"

namespace vn::genl::nl80211 {

/// Numbered as enum nl80211_iftype.
enum class InterfaceMode : std::uint8_t {
  kUnspecified, kIbss, kStation, kAp, kApVlan, kWds, kMonitor, kMesh, kP2pClient, kP2pGo, kP2pDevice, kOcb, kNan,
};

constexpr auto kInterfaceModeWords = std::to_array<const char*>({"unspecified", "ibss", "station", "ap", "ap-vlan", "wds",
    "monitor", "mesh", "p2p-client", "p2p-go", "p2p-device", "ocb", "nan"});

/// kUnspecified for what a later kernel may have added.
InterfaceMode to_interface_mode(std::uint32_t number);

enum class Band : std::uint8_t { kUnknown, k2Ghz, k5Ghz, k6Ghz, k60Ghz };

constexpr auto kBandWords = std::to_array<const char*>({"unknown", "2.4ghz", "5ghz", "6ghz", "60ghz"});

/// The band that a channel's centre lies in (IEEE 802.11-2020, annex E; 4.9 GHz counts as 5 GHz, of which 5925 MHz is the last).
Band band_of(std::uint32_t frequency_mhz);

/// Numbered as enum nl80211_chan_width, with kUnknown behind.
enum class ChannelWidth : std::uint8_t {
  k20NoHt, k20, k40, k80, k80Plus80, k160, k5, k10, k1, k2, k4, k8, k16, k320, kUnknown,
};

constexpr auto kChannelWidthWords = std::to_array<const char*>(
    {"20-noht", "20", "40", "80", "80+80", "160", "5", "10", "1", "2", "4", "8", "16", "320", "unknown"});

ChannelWidth to_channel_width(std::uint32_t number);

/// mBm, hundredths of dBm, in dBm.
constexpr double to_dbm(std::int32_t mbm) { return static_cast<double>(mbm) / 100.0; }

/// The modes of a nest of flags, each numbered by its type; nothing where it is malformed.
std::optional<std::vector<std::string>> decode_modes(ByteView nest);

}  // namespace vn::genl::nl80211
