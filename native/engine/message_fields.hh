// The field tables of every message: JavaScript's name beside the member. binding/to_js, binding/from_js and the
// exported schema walk them, so a field is named in one place.
#pragma once

#include <array>
#include <cstdlib>
#include <tuple>

#include "engine/fields/field.hh"
#include "engine/messages.hh"

namespace vn::engine {

template <> struct Words<rtnl::Operstate> {
  static constexpr auto kWords = std::to_array<const char*>(
      {"unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"});
};
template <> struct Words<rtnl::RouteType> {
  static constexpr auto kWords = std::to_array<const char*>({"unspec", "unicast", "local", "broadcast", "anycast", "multicast",
      "blackhole", "unreachable", "prohibit", "throw", "nat", "xresolve"});
};
template <> struct Words<rtnl::RuleAction> {
  static constexpr auto kWords = std::to_array<const char*>(
      {"unspec", "table", "goto", "nop", "blackhole", "unreachable", "prohibit"});
};
template <> struct Words<probe::Outcome> {
  static constexpr auto kWords = std::to_array<const char*>({"connected", "refused", "timeout", "unreachable"});
};
template <> struct Words<DumpSubject> {
  static constexpr auto kWords = std::to_array<const char*>({"links", "addresses", "routes", "rules"});
};
template <> struct Words<ResyncWhat> {
  static constexpr auto kWords = std::to_array<const char*>({"all", "routes"});
};
template <> struct Words<CommandType> {
  static constexpr auto kWords = std::to_array<const char*>({"setLink", "addLink", "deleteLink", "addAddress", "replaceAddress",
      "deleteAddress", "addRoute", "replaceRoute", "deleteRoute", "addRule", "deleteRule", "setSysctl", "dump", "resync",
      "probe", "cancel", "getSysctl", "linkPath", "lockInstance", "unlockInstance"});
};
template <> struct Words<EventType> {
  static constexpr auto kWords = std::to_array<const char*>({"link", "linkGone", "address", "addressGone", "route", "routeGone",
      "rule", "ruleGone", "reply", "probe", "overrun", "snapshotBegin", "snapshotEnd", "fatal"});
};

// Nouns

template <> struct Fields<rtnl::Link> {
  using T = rtnl::Link;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("ifname", &T::ifname), field("kind", &T::kind),
      field("macAddress", &T::mac_address), field("mtu", &T::mtu), field("up", &T::up), field("lowerUp", &T::lower_up),
      field("operstate", &T::operstate), field("master", &T::master), field("parent", &T::parent));
};
template <> struct Fields<rtnl::Address> {
  using T = rtnl::Address;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("family", &T::family), field("address", &T::address),
      field("prefixLength", &T::prefix_length), field("peer", &T::peer), field("broadcast", &T::broadcast),
      field("scope", &T::scope), field("label", &T::label), field("permanent", &T::permanent),
      field("noPrefixRoute", &T::no_prefix_route), field("protocol", &T::protocol));
};
template <> struct Fields<rtnl::Nexthop> {
  using T = rtnl::Nexthop;
  static constexpr auto kTable = std::make_tuple(
      field("gateway", &T::gateway), field("ifindex", &T::ifindex), field("weight", &T::weight));
};
template <> struct Fields<rtnl::Route> {
  using T = rtnl::Route;
  static constexpr auto kTable = std::make_tuple(
      field("family", &T::family), field("routeType", &T::route_type), field("destination", &T::destination),
      field("gateway", &T::gateway), field("ifindex", &T::ifindex), field("metric", &T::metric), field("table", &T::table),
      field("protocol", &T::protocol), field("scope", &T::scope), field("source", &T::source),
      field("nexthops", &T::nexthops), field("nexthopId", &T::nexthop_id));
};
template <> struct Fields<rtnl::Rule> {
  using T = rtnl::Rule;
  static constexpr auto kTable = std::make_tuple(
      field("family", &T::family), field("priority", &T::priority), field("from", &T::from), field("to", &T::to),
      field("iif", &T::iif), field("oif", &T::oif), field("mark", &T::mark), field("mask", &T::mask),
      field("action", &T::action), field("table", &T::table), field("protocol", &T::protocol));
};

// Commands

template <> struct Fields<rtnl::SetLink> {
  using T = rtnl::SetLink;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("up", &T::up), field("name", &T::name), field("macAddress", &T::mac_address),
      field("mtu", &T::mtu), field("master", &T::master));
};
template <> struct Fields<rtnl::VethPeer> {
  using T = rtnl::VethPeer;
  static constexpr auto kTable = std::make_tuple(field("ifname", &T::ifname), field("ifindex", &T::ifindex));
};
template <> struct Fields<rtnl::AddLink> {
  using T = rtnl::AddLink;
  static constexpr auto kTable = std::make_tuple(
      field("ifname", &T::ifname), field("kind", &T::kind), field("ifindex", &T::ifindex),
      field("macAddress", &T::mac_address), field("mtu", &T::mtu), field("peer", &T::peer));
};
template <> struct Fields<rtnl::DeleteLink> {
  static constexpr auto kTable = std::make_tuple(field("ifindex", &rtnl::DeleteLink::ifindex));
};
template <> struct Fields<rtnl::AddressCommand> {
  using T = rtnl::AddressCommand;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("address", &T::address), field("prefixLength", &T::prefix_length),
      field("peer", &T::peer), field("broadcast", &T::broadcast), field("scope", &T::scope), field("label", &T::label),
      field("noPrefixRoute", &T::no_prefix_route), field("protocol", &T::protocol));
};
template <> struct Fields<rtnl::NexthopCommand> {
  using T = rtnl::NexthopCommand;
  static constexpr auto kTable = std::make_tuple(
      field("gateway", &T::gateway), field("ifindex", &T::ifindex), field("weight", &T::weight));
};
template <> struct Fields<rtnl::RouteCommand> {
  using T = rtnl::RouteCommand;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("family", &T::family), field("routeType", &T::route_type),
      field("destination", &T::destination), field("gateway", &T::gateway), field("metric", &T::metric),
      field("table", &T::table), field("protocol", &T::protocol), field("scope", &T::scope), field("source", &T::source),
      field("onlink", &T::onlink), field("nexthops", &T::nexthops));
};
template <> struct Fields<rtnl::RuleCommand> {
  using T = rtnl::RuleCommand;
  static constexpr auto kTable = std::make_tuple(
      field("family", &T::family), field("priority", &T::priority), field("from", &T::from), field("to", &T::to),
      field("iif", &T::iif), field("oif", &T::oif), field("mark", &T::mark), field("mask", &T::mask),
      field("action", &T::action), field("table", &T::table), field("protocol", &T::protocol));
};
template <> struct Fields<SetSysctl> {
  static constexpr auto kTable = std::make_tuple(field("path", &SetSysctl::path), field("value", &SetSysctl::value));
};
template <> struct Fields<Dump> {
  static constexpr auto kTable = std::make_tuple(field("what", &Dump::what), field("table", &Dump::table));
};
template <> struct Fields<ResyncRequest> {
  static constexpr auto kTable = std::make_tuple(field("what", &ResyncRequest::what));
};
template <> struct Fields<ProbeRequest> {
  using T = ProbeRequest;
  static constexpr auto kTable = std::make_tuple(
      field("address", &T::address), field("port", &T::port), field("ifname", &T::ifname), field("deadlineMs", &T::deadline_ms));
};
template <> struct Fields<Cancel> {
  static constexpr auto kTable = std::make_tuple(field("target", &Cancel::target));
};
template <> struct Fields<GetSysctl> {
  static constexpr auto kTable = std::make_tuple(field("path", &GetSysctl::path));
};
template <> struct Fields<LinkPath> {
  static constexpr auto kTable = std::make_tuple(field("ifindex", &LinkPath::ifindex), field("ifname", &LinkPath::ifname));
};
template <> struct Fields<LockInstance> {
  static constexpr auto kTable = std::make_tuple(field("name", &LockInstance::name));
};

// Events

template <> struct Fields<LinkGone> {
  static constexpr auto kTable = std::make_tuple(field("ifindex", &LinkGone::ifindex), field("ifname", &LinkGone::ifname));
};
template <> struct Fields<LiveRoute> {
  static constexpr auto kTable = std::tuple_cat(
      Fields<rtnl::Route>::kTable, std::make_tuple(field("replaces", &LiveRoute::replaces)));
};
template <> struct Fields<EngineError> {
  using T = EngineError;
  static constexpr auto kTable = std::make_tuple(
      field("errno", &T::error_number), field("code", &T::code), field("operation", &T::operation),
      field("message", &T::message));
};
template <> struct Fields<Reply> {
  using T = Reply;
  static constexpr auto kTable = std::make_tuple(
      field("id", &T::id), field("error", &T::error), field("text", &T::text), field("records", &T::records));
};
template <> struct Fields<ProbeEnd> {
  using T = ProbeEnd;
  static constexpr auto kTable = std::make_tuple(
      field("id", &T::id), field("outcome", &T::outcome), field("errno", &T::error_number), field("ms", &T::ms));
};
template <> struct Fields<Overrun> {
  static constexpr auto kTable = std::make_tuple();
};
template <> struct Fields<SnapshotMark> {
  static constexpr auto kTable = std::make_tuple(field("what", &SnapshotMark::what));
};
template <> struct Fields<Fatal> {
  static constexpr auto kTable = std::make_tuple(field("error", &Fatal::error));
};

/// Calls visit.template operator()<Body>() with the body of that command.
template <class Visit>
decltype(auto) with_command_body(CommandType type, Visit&& visit) {
  switch (type) {
    case CommandType::kSetLink: return visit.template operator()<rtnl::SetLink>();
    case CommandType::kAddLink: return visit.template operator()<rtnl::AddLink>();
    case CommandType::kDeleteLink: return visit.template operator()<rtnl::DeleteLink>();
    case CommandType::kAddAddress:
    case CommandType::kReplaceAddress:
    case CommandType::kDeleteAddress: return visit.template operator()<rtnl::AddressCommand>();
    case CommandType::kAddRoute:
    case CommandType::kReplaceRoute:
    case CommandType::kDeleteRoute: return visit.template operator()<rtnl::RouteCommand>();
    case CommandType::kAddRule:
    case CommandType::kDeleteRule: return visit.template operator()<rtnl::RuleCommand>();
    case CommandType::kSetSysctl: return visit.template operator()<SetSysctl>();
    case CommandType::kDump: return visit.template operator()<Dump>();
    case CommandType::kResync: return visit.template operator()<ResyncRequest>();
    case CommandType::kProbe: return visit.template operator()<ProbeRequest>();
    case CommandType::kCancel: return visit.template operator()<Cancel>();
    case CommandType::kGetSysctl: return visit.template operator()<GetSysctl>();
    case CommandType::kLinkPath: return visit.template operator()<LinkPath>();
    case CommandType::kLockInstance:
    case CommandType::kUnlockInstance: return visit.template operator()<LockInstance>();
  }
  std::abort();
}

/// The same for events.
template <class Visit>
decltype(auto) with_event_body(EventType type, Visit&& visit) {
  switch (type) {
    case EventType::kLink: return visit.template operator()<rtnl::Link>();
    case EventType::kLinkGone: return visit.template operator()<LinkGone>();
    case EventType::kAddress:
    case EventType::kAddressGone: return visit.template operator()<rtnl::Address>();
    case EventType::kRoute: return visit.template operator()<LiveRoute>();
    case EventType::kRouteGone: return visit.template operator()<rtnl::Route>();
    case EventType::kRule:
    case EventType::kRuleGone: return visit.template operator()<rtnl::Rule>();
    case EventType::kReply: return visit.template operator()<Reply>();
    case EventType::kProbe: return visit.template operator()<ProbeEnd>();
    case EventType::kOverrun: return visit.template operator()<Overrun>();
    case EventType::kSnapshotBegin:
    case EventType::kSnapshotEnd: return visit.template operator()<SnapshotMark>();
    case EventType::kFatal: return visit.template operator()<Fatal>();
  }
  std::abort();
}

}  // namespace vn::engine
