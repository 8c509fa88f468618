#include "genl/nl80211/command.hh"

#include <linux/if.h>
#include <linux/nl80211.h>

#include "netlink/message_writer.hh"

namespace vn::genl::nl80211 {

namespace {

using netlink::MessageWriter;

/// IEEE80211_PROACTIVE_RANN, the last of enum ieee80211_root_mode_identifier.
constexpr std::uint8_t kMaxRootMode = 4;
/// The kernel's own range (nl80211_meshconf_params_policy).
constexpr std::int32_t kLeastRssiDbm = -255;

Failure refused_command(const char* why) { return {EINVAL, "encode wireless command", why}; }

}  // namespace

Result<ByteBuffer> encode(Target target, const AddInterface& command) {
  if (command.ifname.empty() || command.ifname.size() >= IFNAMSIZ || command.ifname.find('\0') != std::string::npos) {
    return refused_command("ifname must have 1 to 15 bytes");
  }
  MessageWriter writer = begin_request(target, NL80211_CMD_NEW_INTERFACE);
  writer.put_u32(NL80211_ATTR_IFINDEX, command.parent);
  writer.put_text(NL80211_ATTR_IFNAME, command.ifname);
  writer.put_u32(NL80211_ATTR_IFTYPE, static_cast<std::uint32_t>(command.mode));
  return writer.finish();
}

Result<ByteBuffer> encode(Target target, const DeleteInterface& command) {
  MessageWriter writer = begin_request(target, NL80211_CMD_DEL_INTERFACE);
  writer.put_u32(NL80211_ATTR_IFINDEX, command.ifindex);
  return writer.finish();
}

Result<ByteBuffer> encode(Target target, const SetMeshParameters& command) {
  if (command.hwmp_root_mode.value_or(0) > kMaxRootMode) return refused_command("hwmpRootMode must be 0 to 4");
  const std::int32_t rssi = command.rssi_threshold_dbm.value_or(0);
  if (rssi < kLeastRssiDbm || rssi > 0) return refused_command("rssiThresholdDbm must be -255 to 0");
  MessageWriter writer = begin_request(target, NL80211_CMD_SET_MESH_CONFIG);
  writer.put_u32(NL80211_ATTR_IFINDEX, command.ifindex);
  const std::size_t nest = writer.begin_nest(NL80211_ATTR_MESH_CONFIG);
  const auto put_flag = [&](std::uint16_t type, const std::optional<bool>& value) {
    if (value) writer.put_u8(type, *value ? 1 : 0);
  };
  if (command.hwmp_root_mode) writer.put_u8(NL80211_MESHCONF_HWMP_ROOTMODE, *command.hwmp_root_mode);
  put_flag(NL80211_MESHCONF_GATE_ANNOUNCEMENTS, command.gate_announcements);
  put_flag(NL80211_MESHCONF_FORWARDING, command.forwarding);
  if (command.rssi_threshold_dbm) writer.put(NL80211_MESHCONF_RSSI_THRESHOLD, view_of(rssi));
  writer.end_nest(nest);
  return writer.finish();
}

Result<ByteBuffer> encode(Target target, const SetPowerSave& command) {
  MessageWriter writer = begin_request(target, NL80211_CMD_SET_POWER_SAVE);
  writer.put_u32(NL80211_ATTR_IFINDEX, command.ifindex);
  writer.put_u32(NL80211_ATTR_PS_STATE, command.enabled ? NL80211_PS_ENABLED : NL80211_PS_DISABLED);
  return writer.finish();
}

}  // namespace vn::genl::nl80211
