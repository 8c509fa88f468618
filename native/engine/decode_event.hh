// One rtnetlink message to one event. Pure; the fuzzers and the scripted-bytes tests enter here.
#pragma once

#include <linux/rtnetlink.h>

#include <optional>
#include <utility>

#include "engine/messages.hh"
#include "netlink/message.hh"

namespace vn::engine {

/// Hands what decode made of the message to the sink; false where it was malformed.
template <class Noun, class Sink>
bool hand_over(Result<std::optional<Noun>> noun, EventType type, Sink& sink) {
  if (!noun.ok()) return false;
  if (noun.value()) sink.take(type, std::move(*noun.value()));
  return true;
}

template <class Sink>
bool hand_over_link_gone(const netlink::Message& message, Sink& sink) {
  auto link = rtnl::decode_link(message);
  if (!link.ok()) return false;
  if (link.value()) sink.take(EventType::kLinkGone, LinkGone{link.value()->ifindex, std::move(link.value()->ifname)});
  return true;
}

/// The same of what is decoded in its place.
template <class Noun, class Sink>
bool hand_over_in_place(const netlink::Message& message, EventType type,
                        Result<bool> (*decode)(const netlink::Message&, Noun&), Sink& sink) {
  Noun noun;
  const auto known = decode(message, noun);
  if (known.ok() && known.value()) sink.take(type, std::move(noun));
  return known.ok();
}

template <class Sink>
bool hand_over_live_route(const netlink::Message& message, Sink& sink) {
  LiveRoute live;
  const auto known = rtnl::decode_route_into(message, live);
  if (!known.ok() || !known.value()) return known.ok();
  // In a dump the same bit would mean something else: only notifications of a replacement carry it without NLM_F_MULTI.
  if ((message.flags & NLM_F_REPLACE) != 0 && (message.flags & NLM_F_MULTI) == 0) live.replaces = true;
  sink.take(EventType::kRoute, std::move(live));
  return true;
}

/// Calls sink.take(type, body) once where the message is one of our nouns; false where it is cut short or inconsistent. In
/// storms the way of an event is short: it is never held in a variant.
template <class Sink>
bool decode_into(const netlink::Message& message, Sink& sink) {
  switch (message.type) {
    case RTM_NEWLINK: return hand_over(rtnl::decode_link(message), EventType::kLink, sink);
    case RTM_DELLINK: return hand_over_link_gone(message, sink);
    case RTM_NEWADDR: return hand_over_in_place<rtnl::Address>(message, EventType::kAddress, rtnl::decode_address_into, sink);
    case RTM_DELADDR: return hand_over_in_place<rtnl::Address>(message, EventType::kAddressGone, rtnl::decode_address_into, sink);
    case RTM_NEWROUTE: return hand_over_live_route(message, sink);
    case RTM_DELROUTE: return hand_over_in_place<rtnl::Route>(message, EventType::kRouteGone, rtnl::decode_route_into, sink);
    case RTM_NEWRULE: return hand_over(rtnl::decode_rule(message), EventType::kRule, sink);
    case RTM_DELRULE: return hand_over(rtnl::decode_rule(message), EventType::kRuleGone, sink);
    case RTM_NEWNEIGH: return hand_over(rtnl::decode_neighbour(message), EventType::kNeighbour, sink);
    case RTM_DELNEIGH: return hand_over(rtnl::decode_neighbour(message), EventType::kNeighbourGone, sink);
    case RTM_NEWNEXTHOP: return hand_over(rtnl::decode_nexthop_object(message), EventType::kNexthop, sink);
    case RTM_DELNEXTHOP: return hand_over(rtnl::decode_nexthop_object(message), EventType::kNexthopGone, sink);
    case RTM_NEWNDUSEROPT: return hand_over(rtnl::decode_nd_option(message), EventType::kNdOption, sink);
    default: return true;
  }
}

/// The same as a value. None: a message that is none of our nouns. Failure EBADMSG: cut short or inconsistent.
Result<std::optional<Event>> decode_event(const netlink::Message& message, double at_ms);

}  // namespace vn::engine
