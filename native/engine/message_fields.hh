// The field tables of every message; those of the nouns are in fields/.
#pragma once

#include <cstdlib>

#include "engine/fields/field.hh"
#include "engine/fields/datagram.hh"
#include "engine/fields/diag.hh"
#include "engine/fields/genl.hh"
#include "engine/fields/rtnl.hh"
#include "engine/fields/uevent.hh"
#include "engine/messages.hh"

namespace vn::engine {

template <> struct Words<probe::Outcome> {
  static constexpr auto kWords = std::to_array<const char*>({"connected", "refused", "timeout", "unreachable"});
};
template <> struct Words<DumpSubject> {
  static constexpr auto kWords = std::to_array<const char*>({"links", "addresses", "routes", "rules", "neighbours", "nexthops"});
};
template <> struct Words<ResyncWhat> {
  static constexpr auto kWords = std::to_array<const char*>({"all", "routes"});
};
template <> struct Words<GenericSubject> {
  static constexpr auto kWords = std::to_array<const char*>(
      {"radios", "wirelessInterfaces", "scanResults", "stations", "regulatoryDomains", "wireguardDevice"});
};
template <> struct Words<CommandType> {
  static constexpr auto kWords = std::to_array<const char*>({"setLink", "addLink", "deleteLink", "addAddress", "replaceAddress",
      "deleteAddress", "addRoute", "replaceRoute", "deleteRoute", "addRule", "deleteRule", "addNeighbour", "replaceNeighbour",
      "deleteNeighbour", "addNexthop", "replaceNexthop", "deleteNexthop", "setSysctl", "dump", "resync",
      "probe", "cancel", "getSysctl", "linkPath", "lockInstance", "unlockInstance", "setOrders",
      "openDatagram", "sendDatagram", "closeDatagram", "listSockets", "listGeneric", "followWireless",
      "requestRegulatory", "addWirelessInterface", "deleteWirelessInterface", "setMeshParameters", "setPowerSave",
      "setWireguardDevice", "triggerScan", "abortScan", "openDevice"});
};
template <> struct Words<EventType> {
  static constexpr auto kWords = std::to_array<const char*>({"link", "linkGone", "address", "addressGone", "route", "routeGone",
      "rule", "ruleGone", "neighbour", "neighbourGone", "nexthop", "nexthopGone", "ndOption",
      "reply", "probe", "overrun", "snapshotBegin", "snapshotEnd", "fatal", "done", "dumpBegin", "order",
      "uevent", "ueventsLost", "datagram", "datagramEnd", "tcpSocket",
      "scan", "connection", "interface", "interfaceGone", "station", "stationGone", "regulatory", "signal",
      "wirelessOverrun", "wiphy", "wirelessInterface", "bss", "wirelessStation", "regulatoryDomain", "wireguardDevice"});
};

// Commands

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

template <> struct Fields<ListGeneric> {
  static constexpr auto kTable = std::make_tuple(field("what", &ListGeneric::what), field("ifindex", &ListGeneric::ifindex));
};
template <> struct Fields<FollowWireless> {
  static constexpr auto kTable = std::make_tuple();
};
template <> struct Fields<AbortScan> {
  static constexpr auto kTable = std::make_tuple(field("ifindex", &AbortScan::ifindex));
};

template <> struct Fields<StandingOrder> {
  using T = StandingOrder;
  static constexpr auto kTable = std::make_tuple(
      field("name", &T::name), field("ifindex", &T::ifindex), field("lowerUp", &T::lower_up), field("commands", &T::commands));
};
template <> struct Fields<SetOrders> {
  using T = SetOrders;
  static constexpr auto kTable = std::make_tuple(field("generation", &T::generation), field("orders", &T::orders));
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
      field("id", &T::id), field("error", &T::error), field("text", &T::text));
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

template <> struct Fields<WirelessOverrun> {
  static constexpr auto kTable = std::make_tuple();
};
template <> struct Fields<UeventsLost> {
  static constexpr auto kTable = std::make_tuple();
};
template <> struct Fields<CommandsDone> {
  using T = CommandsDone;
  static constexpr auto kTable = std::make_tuple(field("firstId", &T::first_id), field("count", &T::count));
};
template <> struct Fields<DumpBegin> {
  static constexpr auto kTable = std::make_tuple(field("id", &DumpBegin::id));
};
template <> struct Fields<OrderRefusal> {
  static constexpr auto kTable = std::make_tuple(field("index", &OrderRefusal::index), field("error", &OrderRefusal::error));
};
template <> struct Fields<OrderDone> {
  using T = OrderDone;
  static constexpr auto kTable = std::make_tuple(
      field("generation", &T::generation), field("name", &T::name), field("ifindex", &T::ifindex),
      field("triggeredMs", &T::triggered_ms), field("doneMs", &T::done_ms), field("refusals", &T::refusals));
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
    case CommandType::kAddNeighbour:
    case CommandType::kReplaceNeighbour:
    case CommandType::kDeleteNeighbour: return visit.template operator()<rtnl::NeighbourCommand>();
    case CommandType::kAddNexthop:
    case CommandType::kReplaceNexthop:
    case CommandType::kDeleteNexthop: return visit.template operator()<rtnl::NexthopObjectCommand>();
    case CommandType::kSetSysctl: return visit.template operator()<SetSysctl>();
    case CommandType::kDump: return visit.template operator()<Dump>();
    case CommandType::kResync: return visit.template operator()<ResyncRequest>();
    case CommandType::kProbe: return visit.template operator()<ProbeRequest>();
    case CommandType::kCancel: return visit.template operator()<Cancel>();
    case CommandType::kGetSysctl: return visit.template operator()<GetSysctl>();
    case CommandType::kLinkPath: return visit.template operator()<LinkPath>();
    case CommandType::kLockInstance:
    case CommandType::kUnlockInstance: return visit.template operator()<LockInstance>();
    case CommandType::kSetOrders: return visit.template operator()<SetOrders>();
    case CommandType::kOpenDatagram: return visit.template operator()<OpenDatagram>();
    case CommandType::kSendDatagram: return visit.template operator()<SendDatagram>();
    case CommandType::kCloseDatagram: return visit.template operator()<CloseDatagram>();
    case CommandType::kListSockets: return visit.template operator()<SocketsRequest>();
    case CommandType::kListGeneric: return visit.template operator()<ListGeneric>();
    case CommandType::kFollowWireless: return visit.template operator()<FollowWireless>();
    case CommandType::kRequestRegulatory: return visit.template operator()<genl::nl80211::RequestRegulatory>();
    case CommandType::kAddWirelessInterface: return visit.template operator()<genl::nl80211::AddInterface>();
    case CommandType::kDeleteWirelessInterface: return visit.template operator()<genl::nl80211::DeleteInterface>();
    case CommandType::kSetMeshParameters: return visit.template operator()<genl::nl80211::SetMeshParameters>();
    case CommandType::kSetPowerSave: return visit.template operator()<genl::nl80211::SetPowerSave>();
    case CommandType::kSetWireguardDevice: return visit.template operator()<genl::wireguard::SetDevice>();
    case CommandType::kTriggerScan: return visit.template operator()<genl::nl80211::TriggerScan>();
    case CommandType::kAbortScan: return visit.template operator()<AbortScan>();
    case CommandType::kOpenDevice: return visit.template operator()<OpenDevice>();
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
    case EventType::kNeighbour:
    case EventType::kNeighbourGone: return visit.template operator()<rtnl::Neighbour>();
    case EventType::kNexthop:
    case EventType::kNexthopGone: return visit.template operator()<rtnl::NexthopObject>();
    case EventType::kNdOption: return visit.template operator()<rtnl::NdOption>();
    case EventType::kReply: return visit.template operator()<Reply>();
    case EventType::kProbe: return visit.template operator()<ProbeEnd>();
    case EventType::kOverrun: return visit.template operator()<Overrun>();
    case EventType::kSnapshotBegin:
    case EventType::kSnapshotEnd: return visit.template operator()<SnapshotMark>();
    case EventType::kFatal: return visit.template operator()<Fatal>();
    case EventType::kDone: return visit.template operator()<CommandsDone>();
    case EventType::kDumpBegin: return visit.template operator()<DumpBegin>();
    case EventType::kOrder: return visit.template operator()<OrderDone>();
    case EventType::kUevent: return visit.template operator()<uevent::Uevent>();
    case EventType::kUeventsLost: return visit.template operator()<UeventsLost>();
    case EventType::kDatagram: return visit.template operator()<DatagramArrival>();
    case EventType::kDatagramEnd: return visit.template operator()<DatagramEnd>();
    case EventType::kTcpSocket: return visit.template operator()<diag::TcpSocket>();
    case EventType::kScan: return visit.template operator()<genl::nl80211::ScanEvent>();
    case EventType::kConnection: return visit.template operator()<genl::nl80211::ConnectionEvent>();
    case EventType::kInterface: return visit.template operator()<genl::nl80211::InterfaceAdded>();
    case EventType::kInterfaceGone: return visit.template operator()<genl::nl80211::InterfaceGone>();
    case EventType::kStation: return visit.template operator()<genl::nl80211::StationAdded>();
    case EventType::kStationGone: return visit.template operator()<genl::nl80211::StationGone>();
    case EventType::kRegulatory: return visit.template operator()<genl::nl80211::RegulatoryEvent>();
    case EventType::kSignal: return visit.template operator()<genl::nl80211::SignalEvent>();
    case EventType::kWirelessOverrun: return visit.template operator()<WirelessOverrun>();
    case EventType::kWiphy: return visit.template operator()<genl::nl80211::Wiphy>();
    case EventType::kWirelessInterface: return visit.template operator()<genl::nl80211::Interface>();
    case EventType::kBss: return visit.template operator()<genl::nl80211::Bss>();
    case EventType::kWirelessStation: return visit.template operator()<genl::nl80211::Station>();
    case EventType::kRegulatoryDomain: return visit.template operator()<genl::nl80211::RegulatoryDomain>();
    case EventType::kWireguardDevice: return visit.template operator()<genl::wireguard::Device>();
  }
  std::abort();
}

}  // namespace vn::engine
