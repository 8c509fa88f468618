#include "engine/decode_event.hh"

#include <linux/rtnetlink.h>

namespace vn::engine {

namespace {

using Decoded = Result<std::optional<Event>>;

/// Wraps what decode made of the message; `Body` is the event's body.
template <class Body, class Noun>
Decoded wrap(Result<std::optional<Noun>> noun, EventType type, double at_ms) {
  if (!noun.ok()) return noun.failure();
  if (!noun.value()) return std::optional<Event>{};
  Body body;
  static_cast<Noun&>(body) = std::move(*noun.value());  // LiveRoute is a Route and more
  return std::optional<Event>{Event{type, at_ms, std::move(body)}};
}

Decoded decode_link_gone(const netlink::Message& message, double at_ms) {
  auto link = rtnl::decode_link(message);
  if (!link.ok()) return link.failure();
  if (!link.value()) return std::optional<Event>{};
  LinkGone gone{link.value()->ifindex, std::move(link.value()->ifname)};
  return std::optional<Event>{Event{EventType::kLinkGone, at_ms, std::move(gone)}};
}

Decoded decode_live_route(const netlink::Message& message, double at_ms) {
  auto event = wrap<LiveRoute>(rtnl::decode_route(message), EventType::kRoute, at_ms);
  // In a dump the same bit would mean something else: only notifications of a replacement carry it without NLM_F_MULTI.
  const bool replaces = (message.flags & NLM_F_REPLACE) != 0 && (message.flags & NLM_F_MULTI) == 0;
  if (replaces && event.ok() && event.value()) std::get_if<LiveRoute>(&event.value()->body)->replaces = true;
  return event;
}

}  // namespace

Decoded decode_event(const netlink::Message& message, double at_ms) {
  switch (message.type) {
    case RTM_NEWLINK: return wrap<rtnl::Link>(rtnl::decode_link(message), EventType::kLink, at_ms);
    case RTM_DELLINK: return decode_link_gone(message, at_ms);
    case RTM_NEWADDR: return wrap<rtnl::Address>(rtnl::decode_address(message), EventType::kAddress, at_ms);
    case RTM_DELADDR: return wrap<rtnl::Address>(rtnl::decode_address(message), EventType::kAddressGone, at_ms);
    case RTM_NEWROUTE: return decode_live_route(message, at_ms);
    case RTM_DELROUTE: return wrap<rtnl::Route>(rtnl::decode_route(message), EventType::kRouteGone, at_ms);
    case RTM_NEWRULE: return wrap<rtnl::Rule>(rtnl::decode_rule(message), EventType::kRule, at_ms);
    case RTM_DELRULE: return wrap<rtnl::Rule>(rtnl::decode_rule(message), EventType::kRuleGone, at_ms);
    case RTM_NEWNEIGH: return wrap<rtnl::Neighbour>(rtnl::decode_neighbour(message), EventType::kNeighbour, at_ms);
    case RTM_DELNEIGH: return wrap<rtnl::Neighbour>(rtnl::decode_neighbour(message), EventType::kNeighbourGone, at_ms);
    case RTM_NEWNEXTHOP: return wrap<rtnl::NexthopObject>(rtnl::decode_nexthop_object(message), EventType::kNexthop, at_ms);
    case RTM_DELNEXTHOP:
      return wrap<rtnl::NexthopObject>(rtnl::decode_nexthop_object(message), EventType::kNexthopGone, at_ms);
    case RTM_NEWNDUSEROPT: return wrap<rtnl::NdOption>(rtnl::decode_nd_option(message), EventType::kNdOption, at_ms);
    default: return std::optional<Event>{};
  }
}

}  // namespace vn::engine
