// Commands about wireless interfaces: adding, deleting, mesh parameters, power save (linux/nl80211.h). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hh"
#include "genl/message.hh"
#include "genl/nl80211/words.hh"

namespace vn::genl::nl80211 {

struct AddInterface {
  std::string ifname;
  /// An interface of the radio that shall have this one too.
  std::uint32_t parent = 0;
  InterfaceMode mode = InterfaceMode::kStation;
};

struct DeleteInterface {
  std::uint32_t ifindex = 0;
};

/// What is absent stays as it is.
struct SetMeshParameters {
  std::uint32_t ifindex = 0;
  /// dot11MeshHWMProotMode, 0 to 4.
  std::optional<std::uint8_t> hwmp_root_mode;
  std::optional<bool> gate_announcements;
  std::optional<bool> forwarding;
  /// -255 to 0.
  std::optional<std::int32_t> rssi_threshold_dbm;
};

struct SetPowerSave {
  std::uint32_t ifindex = 0;
  bool enabled = false;
};

/// EINVAL for a name that no link can have. The kernel answers with the new interface before it acknowledges.
Result<ByteBuffer> encode(Target target, const AddInterface& command);
Result<ByteBuffer> encode(Target target, const DeleteInterface& command);
/// EINVAL for what is out of range.
Result<ByteBuffer> encode(Target target, const SetMeshParameters& command);
Result<ByteBuffer> encode(Target target, const SetPowerSave& command);

}  // namespace vn::genl::nl80211
