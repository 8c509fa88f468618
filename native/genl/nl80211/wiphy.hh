// Radios: NL80211_CMD_GET_WIPHY (linux/nl80211.h, net/wireless/nl80211.c). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hh"
#include "genl/message.hh"
#include "genl/nl80211/words.hh"

namespace vn::genl::nl80211 {

struct Channel {
  std::uint32_t frequency_mhz = 0;
  bool disabled = false;
  /// Nothing may be sent unless an access point was heard: no active scan, no access point, no mesh.
  bool no_ir = false;
  /// Radar must be looked for first.
  bool radar = false;
  bool indoor_only = false;
  double max_power_dbm = 0;
};

struct BandChannels {
  Band band = Band::kUnknown;
  std::vector<Channel> channels;
};

struct InterfaceLimit {
  /// So many interfaces of these modes together.
  std::uint32_t max = 0;
  std::vector<std::string> modes;
};

/// Interfaces that may exist side by side.
struct InterfaceCombination {
  std::vector<InterfaceLimit> limits;
  std::uint32_t max_interfaces = 0;
  std::uint32_t max_channels = 0;
};

struct Wiphy {
  std::uint32_t wiphy = 0;
  std::string name;
  std::vector<BandChannels> bands;
  /// Words of InterfaceMode.
  std::vector<std::string> supported_modes;
  std::vector<std::string> cipher_suites;
  /// What the driver does of key management by itself; empty where it leaves that to the supplicant.
  std::vector<std::string> akm_suites;
  std::vector<InterfaceCombination> combinations;
  std::uint8_t max_scan_ssids = 0;
  /// 'sae', 'ap-scan', 'scan-flush', …: see kFeatures in wiphy.cc.
  std::vector<std::string> features;
};

/// Gathers one dump, in which the kernel splits each radio over many messages.
class WiphyReader {
 public:
  /// EBADMSG where the message is malformed or a limit is passed; the reader is of no use then.
  Status add(const netlink::Message& message);
  std::vector<Wiphy> take() { return std::move(wiphys_); }

 private:
  Wiphy* find_or_add(std::uint32_t index);

  std::vector<Wiphy> wiphys_;
};

/// All radios, or one; without the flag for splitting, the kernel leaves out what does not fit into a page.
ByteBuffer encode_wiphy_dump(Target target, std::optional<std::uint32_t> wiphy = std::nullopt);

}  // namespace vn::genl::nl80211
