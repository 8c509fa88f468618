// Wireless interfaces: NL80211_CMD_GET_INTERFACE and what tells of new and deleted ones (linux/nl80211.h). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/mac_address.hh"
#include "base/result.hh"
#include "genl/message.hh"
#include "genl/nl80211/words.hh"

namespace vn::genl::nl80211 {

struct Interface {
  /// Absent, as is the name, where the kernel has no link for it (a P2P device).
  std::optional<std::uint32_t> ifindex;
  std::optional<std::string> ifname;
  std::uint32_t wiphy = 0;
  /// The kernel's number of the interface itself.
  std::uint64_t wdev = 0;
  InterfaceMode mode = InterfaceMode::kUnspecified;
  MacAddress mac_address;
  /// The network it serves or has joined.
  std::optional<ByteBuffer> ssid;
  std::optional<std::uint32_t> frequency_mhz;
  std::optional<std::uint32_t> center_frequency1_mhz;
  std::optional<std::uint32_t> center_frequency2_mhz;
  std::optional<ChannelWidth> channel_width;
  std::optional<double> tx_power_dbm;
};

/// All of the namespace, or of one radio.
ByteBuffer encode_interface_dump(Target target, std::optional<std::uint32_t> wiphy = std::nullopt);
/// One.
ByteBuffer encode_get_interface(Target target, std::uint32_t ifindex);
/// The answer, and the event of a new interface; nothing where it is another message.
Result<std::optional<Interface>> decode_interface(const netlink::Message& message);
/// The attributes of any message that describes an interface.
Result<Interface> decode_interface_attributes(ByteView attributes);

}  // namespace vn::genl::nl80211
