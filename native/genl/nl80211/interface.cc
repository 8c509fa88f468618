#include "genl/nl80211/interface.hh"

#include <linux/nl80211.h>

#include "netlink/message_writer.hh"

namespace vn::genl::nl80211 {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;

Failure malformed_interface() { return {EBADMSG, "decode wireless interface", {}}; }

void decode_identity(const Attribute& attribute, Interface& interface) {
  switch (attribute.type) {
    case NL80211_ATTR_IFINDEX: interface.ifindex = attribute.u32(); break;
    case NL80211_ATTR_IFNAME: interface.ifname = attribute.text(); break;
    case NL80211_ATTR_WIPHY: interface.wiphy = attribute.u32().value_or(0); break;
    case NL80211_ATTR_WDEV: interface.wdev = load<std::uint64_t>(attribute.payload).value_or(0); break;
    case NL80211_ATTR_IFTYPE: interface.mode = to_interface_mode(attribute.u32().value_or(0)); break;
    case NL80211_ATTR_MAC: interface.mac_address = load_mac(attribute.payload).value_or(MacAddress{}); break;
    default: break;
  }
}

void decode_state(const Attribute& attribute, Interface& interface) {
  switch (attribute.type) {
    case NL80211_ATTR_WIPHY_FREQ: interface.frequency_mhz = attribute.u32(); break;
    case NL80211_ATTR_CENTER_FREQ1: interface.center_frequency1_mhz = attribute.u32(); break;
    case NL80211_ATTR_CENTER_FREQ2: interface.center_frequency2_mhz = attribute.u32(); break;
    case NL80211_ATTR_CHANNEL_WIDTH:
      if (const auto width = attribute.u32()) interface.channel_width = to_channel_width(*width);
      break;
    case NL80211_ATTR_WIPHY_TX_POWER_LEVEL:
      if (const auto mbm = load<std::int32_t>(attribute.payload)) interface.tx_power_dbm = to_dbm(*mbm);
      break;
    case NL80211_ATTR_SSID:
      interface.ssid.emplace();
      append_bytes(*interface.ssid, attribute.payload);
      break;
    default: break;
  }
}

}  // namespace

ByteBuffer encode_interface_dump(Target target, std::optional<std::uint32_t> wiphy) {
  netlink::MessageWriter writer = begin_dump(target, NL80211_CMD_GET_INTERFACE);
  if (wiphy) writer.put_u32(NL80211_ATTR_WIPHY, *wiphy);
  return writer.take();
}

ByteBuffer encode_get_interface(Target target, std::uint32_t ifindex) {
  netlink::MessageWriter writer = begin_query(target, NL80211_CMD_GET_INTERFACE);
  writer.put_u32(NL80211_ATTR_IFINDEX, ifindex);
  return writer.take();
}

Result<Interface> decode_interface_attributes(ByteView attributes) {
  Interface interface;
  AttributeReader reader(attributes);
  while (const auto attribute = reader.next()) {
    decode_identity(*attribute, interface);
    decode_state(*attribute, interface);
  }
  // Kernels before 3.6 had no wdev; a link's index is the least.
  if (reader.malformed() || (interface.wdev == 0 && !interface.ifindex)) return malformed_interface();
  return interface;
}

Result<std::optional<Interface>> decode_interface(const netlink::Message& message) {
  const auto generic = decode_generic(message);
  if (!generic) return malformed_interface();
  if (generic->command != NL80211_CMD_NEW_INTERFACE) return std::optional<Interface>{};
  auto interface = decode_interface_attributes(generic->attributes);
  if (!interface.ok()) return interface.failure();
  return std::optional<Interface>{std::move(interface.value())};
}

}  // namespace vn::genl::nl80211
