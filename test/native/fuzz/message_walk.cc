// Any bytes as one datagram: every message, and every attribute to the depth that a decoder may go.
#include "fuzz_target.hh"
#include "netlink/message.hh"

namespace {

/// Deeper than any nest of rtnetlink or nl80211.
constexpr int kMaxDepth = 8;

void walk(vn::ByteView attributes, int depth) {
  vn::netlink::AttributeReader reader(attributes);
  while (const auto attribute = reader.next()) {
    (void)attribute->text();
    (void)attribute->u32();
    if (depth < kMaxDepth) walk(attribute->payload, depth + 1);
  }
}

}  // namespace

VN_FUZZ_TARGET(message_walk) {
  vn::netlink::MessageReader reader(input);
  while (const auto message = reader.next()) walk(message->payload, 0);
}
