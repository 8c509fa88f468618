// The field tables of rtnl/: nouns and their commands.
#pragma once

#include "engine/fields/field.hh"
#include "engine/fields/link_kind.hh"
#include "rtnl/address.hh"
#include "rtnl/link.hh"
#include "rtnl/nd_option.hh"
#include "rtnl/neighbour.hh"
#include "rtnl/nexthop_object.hh"
#include "rtnl/route.hh"
#include "rtnl/rule.hh"

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
template <> struct Words<rtnl::RoutePreference> {
  static constexpr auto kWords = std::to_array<const char*>({"medium", "high", "low"});
};
template <> struct Words<rtnl::NeighbourState> {
  static constexpr auto kWords = std::to_array<const char*>(
      {"none", "incomplete", "reachable", "stale", "delay", "probe", "failed", "noarp", "permanent"});
};

// Nouns

template <> struct Fields<rtnl::Link> {
  using T = rtnl::Link;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("ifname", &T::ifname), field("kind", &T::kind),
      field("macAddress", &T::mac_address), field("mtu", &T::mtu), field("up", &T::up), field("lowerUp", &T::lower_up),
      field("operstate", &T::operstate), field("master", &T::master), field("parent", &T::parent),
      field("vlan", &T::vlan), field("bridge", &T::bridge), field("bond", &T::bond), field("macvlan", &T::macvlan),
      field("vrf", &T::vrf), field("tun", &T::tun), field("bridgePort", &T::bridge_port), field("bondPort", &T::bond_port));
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
      field("gateway", &T::gateway), field("ifindex", &T::ifindex), field("weight", &T::weight),
      field("onlink", &T::onlink));
};
template <> struct Fields<rtnl::Route> {
  using T = rtnl::Route;
  static constexpr auto kTable = std::make_tuple(
      field("family", &T::family), field("routeType", &T::route_type), field("destination", &T::destination),
      field("gateway", &T::gateway), field("ifindex", &T::ifindex), field("metric", &T::metric),
      field("table", &T::table), field("protocol", &T::protocol), field("scope", &T::scope), field("source", &T::source),
      field("nexthops", &T::nexthops), field("nexthopId", &T::nexthop_id), field("from", &T::from), field("tos", &T::tos),
      field("onlink", &T::onlink), field("preference", &T::preference), field("mtu", &T::mtu),
      field("advmss", &T::advmss), field("initcwnd", &T::initcwnd));
};
template <> struct Fields<rtnl::PortRange> {
  using T = rtnl::PortRange;
  static constexpr auto kTable = std::make_tuple(
      field("start", &T::start), field("end", &T::end));
};
template <> struct Fields<rtnl::UidRange> {
  using T = rtnl::UidRange;
  static constexpr auto kTable = std::make_tuple(
      field("start", &T::start), field("end", &T::end));
};
template <> struct Fields<rtnl::Rule> {
  using T = rtnl::Rule;
  static constexpr auto kTable = std::make_tuple(
      field("family", &T::family), field("priority", &T::priority), field("from", &T::from), field("to", &T::to),
      field("iif", &T::iif), field("oif", &T::oif), field("mark", &T::mark), field("mask", &T::mask),
      field("action", &T::action), field("table", &T::table), field("protocol", &T::protocol),
      field("invert", &T::invert), field("tos", &T::tos), field("dscp", &T::dscp), field("ipProtocol", &T::ip_protocol),
      field("sourcePorts", &T::source_ports), field("destinationPorts", &T::destination_ports),
      field("uidRange", &T::uid_range), field("l3mdev", &T::l3mdev),
      field("suppressPrefixLength", &T::suppress_prefix_length), field("suppressIfgroup", &T::suppress_ifgroup),
      field("target", &T::target));
};

template <> struct Fields<rtnl::Neighbour> {
  using T = rtnl::Neighbour;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("family", &T::family), field("address", &T::address),
      field("macAddress", &T::mac_address), field("state", &T::state), field("router", &T::router),
      field("proxy", &T::proxy), field("extLearned", &T::ext_learned), field("protocol", &T::protocol));
};
template <> struct Fields<rtnl::NexthopMember> {
  using T = rtnl::NexthopMember;
  static constexpr auto kTable = std::make_tuple(
      field("id", &T::id), field("weight", &T::weight));
};
template <> struct Fields<rtnl::NexthopObject> {
  using T = rtnl::NexthopObject;
  static constexpr auto kTable = std::make_tuple(
      field("id", &T::id), field("family", &T::family), field("gateway", &T::gateway), field("ifindex", &T::ifindex),
      field("blackhole", &T::blackhole), field("onlink", &T::onlink), field("fdb", &T::fdb), field("group", &T::group),
      field("resilient", &T::resilient), field("protocol", &T::protocol), field("scope", &T::scope));
};
template <> struct Fields<rtnl::NdOption> {
  using T = rtnl::NdOption;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("router", &T::router), field("lifetimeS", &T::lifetime_s),
      field("servers", &T::servers), field("domains", &T::domains));
};

// Commands

template <> struct Fields<rtnl::SetLink> {
  using T = rtnl::SetLink;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("up", &T::up), field("name", &T::name), field("macAddress", &T::mac_address),
      field("mtu", &T::mtu), field("master", &T::master), field("vlan", &T::vlan), field("bridge", &T::bridge),
      field("bond", &T::bond), field("macvlan", &T::macvlan), field("bridgePort", &T::bridge_port));
};
template <> struct Fields<rtnl::VethPeer> {
  using T = rtnl::VethPeer;
  static constexpr auto kTable = std::make_tuple(field("ifname", &T::ifname), field("ifindex", &T::ifindex));
};
template <> struct Fields<rtnl::AddLink> {
  using T = rtnl::AddLink;
  static constexpr auto kTable = std::make_tuple(
      field("ifname", &T::ifname), field("kind", &T::kind), field("ifindex", &T::ifindex),
      field("macAddress", &T::mac_address), field("mtu", &T::mtu), field("peer", &T::peer),
      field("parent", &T::parent), field("master", &T::master), field("up", &T::up), field("vlan", &T::vlan),
      field("bridge", &T::bridge), field("bond", &T::bond), field("macvlan", &T::macvlan), field("vrf", &T::vrf));
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
      field("onlink", &T::onlink), field("nexthops", &T::nexthops), field("nexthopId", &T::nexthop_id),
      field("from", &T::from), field("tos", &T::tos), field("preference", &T::preference), field("mtu", &T::mtu),
      field("advmss", &T::advmss), field("initcwnd", &T::initcwnd));
};
template <> struct Fields<rtnl::RuleCommand> {
  using T = rtnl::RuleCommand;
  static constexpr auto kTable = std::make_tuple(
      field("family", &T::family), field("priority", &T::priority), field("from", &T::from), field("to", &T::to),
      field("iif", &T::iif), field("oif", &T::oif), field("mark", &T::mark), field("mask", &T::mask),
      field("action", &T::action), field("table", &T::table), field("protocol", &T::protocol),
      field("invert", &T::invert), field("tos", &T::tos), field("dscp", &T::dscp), field("ipProtocol", &T::ip_protocol),
      field("sourcePorts", &T::source_ports), field("destinationPorts", &T::destination_ports),
      field("uidRange", &T::uid_range), field("l3mdev", &T::l3mdev),
      field("suppressPrefixLength", &T::suppress_prefix_length), field("suppressIfgroup", &T::suppress_ifgroup),
      field("target", &T::target));
};
template <> struct Fields<rtnl::NeighbourCommand> {
  using T = rtnl::NeighbourCommand;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("address", &T::address), field("macAddress", &T::mac_address),
      field("state", &T::state), field("router", &T::router), field("proxy", &T::proxy),
      field("extLearned", &T::ext_learned), field("protocol", &T::protocol));
};
template <> struct Fields<rtnl::NexthopMemberCommand> {
  using T = rtnl::NexthopMemberCommand;
  static constexpr auto kTable = std::make_tuple(
      field("id", &T::id), field("weight", &T::weight));
};
template <> struct Fields<rtnl::NexthopObjectCommand> {
  using T = rtnl::NexthopObjectCommand;
  static constexpr auto kTable = std::make_tuple(
      field("id", &T::id), field("family", &T::family), field("gateway", &T::gateway), field("ifindex", &T::ifindex),
      field("blackhole", &T::blackhole), field("onlink", &T::onlink), field("group", &T::group),
      field("protocol", &T::protocol));
};

}  // namespace vn::engine
