#include "netlink/acknowledgement.hh"

#include <limits>

namespace vn::netlink {

namespace {

std::string find_text(ByteView attributes) {
  AttributeReader reader(attributes);
  while (const auto attribute = reader.next()) {
    if (attribute->type == NLMSGERR_ATTR_MSG) return attribute->text();
  }
  return {};
}

/// Where the attributes begin: behind the echoed header, and behind the echoed request unless NETLINK_CAP_ACK left it out.
std::size_t attributes_offset(const Message& message) {
  if (message.type == NLMSG_DONE) return sizeof(std::int32_t);
  const auto echoed = load<nlmsghdr>(message.payload, sizeof(std::int32_t));
  const bool capped = (message.flags & NLM_F_CAPPED) != 0;
  const std::size_t echoed_bytes =
      capped || !echoed ? sizeof(nlmsghdr) : (std::size_t{echoed->nlmsg_len} + 3U) & ~std::size_t{3};
  return sizeof(std::int32_t) + echoed_bytes;
}

}  // namespace

std::optional<Acknowledgement> decode_acknowledgement(const Message& message) {
  const auto error = load<std::int32_t>(message.payload);
  if (!error || *error == std::numeric_limits<std::int32_t>::min()) return std::nullopt;
  Acknowledgement answer{*error < 0 ? -*error : 0, {}};
  if ((message.flags & NLM_F_ACK_TLVS) != 0) answer.text = find_text(tail(message.payload, attributes_offset(message)));
  return answer;
}

}  // namespace vn::netlink
