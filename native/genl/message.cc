#include "genl/message.hh"

#include <linux/genetlink.h>
#include <linux/netlink.h>

namespace vn::genl {

namespace {

netlink::MessageWriter begin(Target target, std::uint8_t command, std::uint16_t flags) {
  genlmsghdr header{};
  header.cmd = command;
  header.version = target.version;
  return netlink::MessageWriter(target.family_id, static_cast<std::uint16_t>(NLM_F_REQUEST | flags), header);
}

}  // namespace

std::optional<GenericMessage> decode_generic(const netlink::Message& message) {
  const auto header = load<genlmsghdr>(message.payload);
  if (!header) return std::nullopt;
  return GenericMessage{header->cmd, header->version, tail(message.payload, sizeof(genlmsghdr))};
}

netlink::MessageWriter begin_request(Target target, std::uint8_t command) { return begin(target, command, NLM_F_ACK); }

netlink::MessageWriter begin_dump(Target target, std::uint8_t command) { return begin(target, command, NLM_F_DUMP); }

netlink::MessageWriter begin_query(Target target, std::uint8_t command) { return begin(target, command, 0); }

}  // namespace vn::genl
