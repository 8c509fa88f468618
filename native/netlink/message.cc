#include "netlink/message.hh"

namespace vn::netlink {

namespace {

/// The view without its first `length` bytes, rounded up to 4; the last element may lack its padding.
ByteView skip_aligned(ByteView bytes, std::size_t length) { return tail(bytes, (length + 3U) & ~std::size_t{3}); }

}  // namespace

std::optional<Message> MessageReader::next() {
  if (rest_.empty() || malformed_) return std::nullopt;
  const auto header = load<nlmsghdr>(rest_);
  if (!header || header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > rest_.size()) {
    malformed_ = true;
    return std::nullopt;
  }
  const std::size_t length = header->nlmsg_len;
  Message message{header->nlmsg_type, header->nlmsg_flags, header->nlmsg_seq, header->nlmsg_pid,
                  rest_.subspan(sizeof(nlmsghdr), length - sizeof(nlmsghdr))};
  rest_ = skip_aligned(rest_, length);
  return message;
}

std::optional<Attribute> AttributeReader::next() {
  if (rest_.empty() || malformed_) return std::nullopt;
  const auto header = load<nlattr>(rest_);
  if (!header || header->nla_len < sizeof(nlattr) || header->nla_len > rest_.size()) {
    malformed_ = true;
    return std::nullopt;
  }
  const std::size_t length = header->nla_len;
  Attribute attribute{static_cast<std::uint16_t>(header->nla_type & NLA_TYPE_MASK),
                      rest_.subspan(sizeof(nlattr), length - sizeof(nlattr))};
  rest_ = skip_aligned(rest_, length);
  return attribute;
}

}  // namespace vn::netlink
