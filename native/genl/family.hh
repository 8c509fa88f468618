// Families of generic netlink: their numbers, multicast groups and commands, asked of the controller "nlctrl" by name
// (linux/genetlink.h, net/netlink/genetlink.c). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hh"
#include "netlink/message.hh"

namespace vn::genl {

struct MulticastGroup {
  std::string name;
  /// The group to join (NETLINK_ADD_MEMBERSHIP).
  std::uint32_t id = 0;
};

struct Operation {
  std::uint32_t command = 0;
  /// GENL_ADMIN_PERM, GENL_CMD_CAP_DO, GENL_CMD_CAP_DUMP, …
  std::uint32_t flags = 0;
};

struct FamilyInfo {
  std::string name;
  /// The message type of the family; changes when its module is loaded again.
  std::uint16_t id = 0;
  std::uint32_t version = 0;
  /// Bytes between the generic header and the attributes: 0 for all that we use.
  std::uint32_t header_bytes = 0;
  std::uint32_t max_attribute = 0;
  std::vector<MulticastGroup> groups;
  std::vector<Operation> operations;

  std::optional<std::uint32_t> group_id(std::string_view group_name) const;
};

enum class FamilyEventType : std::uint8_t { kAdded, kGone, kGroupsAdded, kGroupsGone };

/// What the controller's group "notify" tells: a module with families was loaded or is going.
struct FamilyEvent {
  FamilyEventType type = FamilyEventType::kAdded;
  /// With the groups that came or went; operations only where the family is new.
  FamilyInfo family;
};

/// The controller's own id and its group "notify", both fixed (GENL_ID_CTRL).
constexpr std::uint16_t kControllerId = 16;
constexpr std::uint32_t kControllerGroup = 16;

/// Asks for the family of that name; the kernel loads a module that serves it where it can. EINVAL for an impossible name.
Result<ByteBuffer> encode_get_family(std::string_view name);
/// The answer; nothing where the message is another one.
Result<std::optional<FamilyInfo>> decode_family(const netlink::Message& message);
/// A notification of the controller; nothing where the message is another one.
Result<std::optional<FamilyEvent>> decode_family_event(const netlink::Message& message);

}  // namespace vn::genl
