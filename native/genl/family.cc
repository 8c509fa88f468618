#include "genl/family.hh"

#include <linux/genetlink.h>

#include "genl/message.hh"

namespace vn::genl {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;

/// nl80211, the largest, has 10 groups and 130 commands; beyond these, the kernel is not what answered.
constexpr std::size_t kMaxGroups = 256;
constexpr std::size_t kMaxOperations = 1'024;

Failure malformed_family() { return {EBADMSG, "decode family", {}}; }

bool decode_group(ByteView bytes, MulticastGroup& group) {
  AttributeReader reader(bytes);
  while (const auto attribute = reader.next()) {
    if (attribute->type == CTRL_ATTR_MCAST_GRP_NAME) group.name = attribute->text();
    if (attribute->type == CTRL_ATTR_MCAST_GRP_ID) group.id = attribute->u32().value_or(0);
  }
  return !reader.malformed() && group.id != 0;
}

bool decode_operation(ByteView bytes, Operation& operation) {
  AttributeReader reader(bytes);
  while (const auto attribute = reader.next()) {
    if (attribute->type == CTRL_ATTR_OP_ID) operation.command = attribute->u32().value_or(0);
    if (attribute->type == CTRL_ATTR_OP_FLAGS) operation.flags = attribute->u32().value_or(0);
  }
  return !reader.malformed();
}

/// A list of nests, each numbered by its attribute's type, which says nothing.
template <class Item, class Decode>
bool decode_list(ByteView bytes, std::vector<Item>& items, Decode decode) {
  AttributeReader reader(bytes);
  while (const auto attribute = reader.next()) {
    Item item;
    if (!decode(attribute->payload, item)) return false;
    items.push_back(std::move(item));
  }
  return !reader.malformed();
}

bool decode_groups(ByteView bytes, FamilyInfo& family) {
  Limit limit(kMaxGroups);
  return decode_list(bytes, family.groups,
                     [&](ByteView nest, MulticastGroup& group) { return limit.allows() && decode_group(nest, group); });
}

bool decode_operations(ByteView bytes, FamilyInfo& family) {
  Limit limit(kMaxOperations);
  return decode_list(bytes, family.operations, [&](ByteView nest, Operation& operation) {
    return limit.allows() && decode_operation(nest, operation);
  });
}

bool decode_attribute(const Attribute& attribute, FamilyInfo& family) {
  switch (attribute.type) {
    case CTRL_ATTR_FAMILY_ID: family.id = attribute.u16().value_or(0); return true;
    case CTRL_ATTR_FAMILY_NAME: family.name = attribute.text(); return true;
    case CTRL_ATTR_VERSION: family.version = attribute.u32().value_or(0); return true;
    case CTRL_ATTR_HDRSIZE: family.header_bytes = attribute.u32().value_or(0); return true;
    case CTRL_ATTR_MAXATTR: family.max_attribute = attribute.u32().value_or(0); return true;
    case CTRL_ATTR_MCAST_GROUPS: return decode_groups(attribute.payload, family);
    case CTRL_ATTR_OPS: return decode_operations(attribute.payload, family);
    default: return true;
  }
}

Result<FamilyInfo> decode_info(ByteView attributes) {
  FamilyInfo family;
  AttributeReader reader(attributes);
  while (const auto attribute = reader.next()) {
    if (!decode_attribute(*attribute, family)) return malformed_family();
  }
  if (reader.malformed() || family.id < kControllerId || family.name.empty()) return malformed_family();
  return family;
}

std::optional<FamilyEventType> event_type(std::uint8_t command) {
  switch (command) {
    case CTRL_CMD_NEWFAMILY: return FamilyEventType::kAdded;
    case CTRL_CMD_DELFAMILY: return FamilyEventType::kGone;
    case CTRL_CMD_NEWMCAST_GRP: return FamilyEventType::kGroupsAdded;
    case CTRL_CMD_DELMCAST_GRP: return FamilyEventType::kGroupsGone;
    default: return std::nullopt;
  }
}

}  // namespace

std::optional<std::uint32_t> FamilyInfo::group_id(std::string_view group_name) const {
  for (const MulticastGroup& group : groups) {
    if (group.name == group_name) return group.id;
  }
  return std::nullopt;
}

Result<ByteBuffer> encode_get_family(std::string_view name) {
  if (name.empty() || name.size() >= GENL_NAMSIZ || name.find('\0') != std::string_view::npos) {
    return Failure{EINVAL, "encode family", "a family's name must have 1 to 15 bytes"};
  }
  netlink::MessageWriter writer = begin_query({kControllerId, 1}, CTRL_CMD_GETFAMILY);
  writer.put_text(CTRL_ATTR_FAMILY_NAME, name);
  return writer.finish();
}

Result<std::optional<FamilyInfo>> decode_family(const netlink::Message& message) {
  if (message.type != kControllerId) return std::optional<FamilyInfo>{};
  const auto generic = decode_generic(message);
  if (!generic) return malformed_family();
  if (generic->command != CTRL_CMD_NEWFAMILY) return std::optional<FamilyInfo>{};
  auto family = decode_info(generic->attributes);
  if (!family.ok()) return family.failure();
  return std::optional<FamilyInfo>{std::move(family.value())};
}

Result<std::optional<FamilyEvent>> decode_family_event(const netlink::Message& message) {
  if (message.type != kControllerId) return std::optional<FamilyEvent>{};
  const auto generic = decode_generic(message);
  if (!generic) return malformed_family();
  const auto type = event_type(generic->command);
  if (!type) return std::optional<FamilyEvent>{};
  auto family = decode_info(generic->attributes);
  if (!family.ok()) return family.failure();
  return std::optional<FamilyEvent>{FamilyEvent{*type, std::move(family.value())}};
}

}  // namespace vn::genl
