// THE vocabulary between the loop thread and TypeScript: commands in, events out, around the nouns of rtnl/.
// lib/kernel/messages.ts says the same in TypeScript; test/native compares the two through engine/message_fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "diag/tcp_socket.hh"
#include "engine/endpoint_messages.hh"
#include "engine/generic_messages.hh"
#include "genl/nl80211/bss.hh"
#include "genl/nl80211/command.hh"
#include "genl/nl80211/event.hh"
#include "genl/nl80211/interface.hh"
#include "genl/nl80211/reg.hh"
#include "genl/nl80211/scan.hh"
#include "genl/nl80211/station.hh"
#include "genl/nl80211/wiphy.hh"
#include "genl/wireguard/device.hh"
#include "probe/tcp_probe.hh"
#include "rtnl/address.hh"
#include "rtnl/link.hh"
#include "rtnl/nd_option.hh"
#include "rtnl/neighbour.hh"
#include "rtnl/nexthop_object.hh"
#include "rtnl/route.hh"
#include "rtnl/rule.hh"
#include "uevent/uevent.hh"

namespace vn::engine {

enum class DumpSubject : std::uint8_t { kLinks, kAddresses, kRoutes, kRules, kNeighbours, kNexthops };
enum class ResyncWhat : std::uint8_t { kAll, kRoutes };

// Commands

struct SetSysctl {
  std::vector<std::string> path;
  std::string value;
};

struct Dump {
  DumpSubject what = DumpSubject::kLinks;
  std::optional<std::uint32_t> table;
};

struct ResyncRequest {
  ResyncWhat what = ResyncWhat::kAll;
};

struct ProbeRequest {
  std::string address;
  std::uint16_t port = 0;
  std::optional<std::string> ifname;
  double deadline_ms = 0;
};

struct Cancel {
  Id target = 0;
};

struct GetSysctl {
  std::vector<std::string> path;
};

struct LinkPath {
  std::uint32_t ifindex = 0;
  std::string ifname;
};

/// Of lockInstance and unlockInstance.
struct LockInstance {
  std::string name;
};

/// Commands as records, one behind the other: what a standing order holds until it is carried out.
struct CommandBytes {
  ByteBuffer bytes;
};

/// Carried out once, by the loop thread, when a notification says that the link's carrier is as the order wants it.
struct StandingOrder {
  std::string name;
  std::uint32_t ifindex = 0;
  bool lower_up = false;
  CommandBytes commands;
};

/// Takes the place of all orders that stand.
struct SetOrders {
  std::uint32_t generation = 0;
  std::vector<StandingOrder> orders;
};

enum class CommandType : std::uint8_t {
  kSetLink, kAddLink, kDeleteLink,
  kAddAddress, kReplaceAddress, kDeleteAddress,
  kAddRoute, kReplaceRoute, kDeleteRoute,
  kAddRule, kDeleteRule,
  kAddNeighbour, kReplaceNeighbour, kDeleteNeighbour,
  kAddNexthop, kReplaceNexthop, kDeleteNexthop,
  kSetSysctl, kDump, kResync, kProbe, kCancel, kGetSysctl, kLinkPath, kLockInstance,
  kUnlockInstance, kSetOrders, kOpenDatagram, kSendDatagram, kCloseDatagram, kListSockets,
  kListGeneric, kFollowWireless,
  // What a family of generic netlink carries out: is_generic_write.
  kRequestRegulatory, kAddWirelessInterface, kDeleteWirelessInterface, kSetMeshParameters, kSetPowerSave,
  kSetWireguardDevice, kTriggerScan, kAbortScan,
  kOpenDevice,
};

struct Command {
  Id id = 0;
  CommandType type = CommandType::kSetLink;
  std::variant<rtnl::SetLink, rtnl::AddLink, rtnl::DeleteLink, rtnl::AddressCommand, rtnl::RouteCommand,
               rtnl::RuleCommand, rtnl::NeighbourCommand, rtnl::NexthopObjectCommand, SetSysctl, Dump, ResyncRequest,
               ProbeRequest, Cancel, GetSysctl, LinkPath, LockInstance, SetOrders, OpenDatagram, SendDatagram, CloseDatagram,
               SocketsRequest, ListGeneric, FollowWireless, genl::nl80211::RequestRegulatory, genl::nl80211::AddInterface,
               genl::nl80211::DeleteInterface, genl::nl80211::SetMeshParameters, genl::nl80211::SetPowerSave,
               genl::wireguard::SetDevice, genl::nl80211::TriggerScan, AbortScan, OpenDevice>
      body;
};

// Events

struct LinkGone {
  std::uint32_t ifindex = 0;
  std::string ifname;
};

/// A route with what only a notification can tell.
struct LiveRoute : rtnl::Route {
  /// True where the kernel put it in the place of another (NLM_F_REPLACE); absent otherwise.
  std::optional<bool> replaces;
};

struct EngineError {
  std::int32_t error_number = 0;
  std::string code;
  std::string operation;
  std::string message;
};

/// The answer to one command. That of a dump stands behind the dump's records.
struct Reply {
  Id id = 0;
  std::optional<EngineError> error;
  std::optional<std::string> text;
};

/// The kernel did what `count` commands with consecutive ids wanted.
struct CommandsDone {
  Id first_id = 0;
  std::uint32_t count = 0;
};

/// Records of a command's dump follow, marked; those that came before belong to a try that was interrupted.
struct DumpBegin {
  Id id = 0;
};

/// One command of an order that the kernel refused.
struct OrderRefusal {
  std::uint32_t index = 0;
  EngineError error;
};

struct OrderDone {
  std::uint32_t generation = 0;
  std::string name;
  std::uint32_t ifindex = 0;
  /// When the notification was read.
  double triggered_ms = 0;
  /// When the kernel had acknowledged the last command.
  double done_ms = 0;
  std::vector<OrderRefusal> refusals;
};

struct ProbeEnd {
  Id id = 0;
  probe::Outcome outcome = probe::Outcome::kUnreachable;
  std::optional<std::int32_t> error_number;
  double ms = 0;
};

struct Overrun {};

struct SnapshotMark {
  ResyncWhat what = ResyncWhat::kAll;
};

struct Fatal {
  EngineError error;
};

enum class EventType : std::uint8_t {
  kLink, kLinkGone, kAddress, kAddressGone, kRoute, kRouteGone, kRule, kRuleGone,
  kNeighbour, kNeighbourGone, kNexthop, kNexthopGone, kNdOption,
  kReply, kProbe, kOverrun, kSnapshotBegin, kSnapshotEnd, kFatal,
  kDone, kDumpBegin, kOrder, kUevent, kUeventsLost, kDatagram, kDatagramEnd, kTcpSocket,
  kScan, kConnection, kInterface, kInterfaceGone, kStation, kStationGone, kRegulatory, kSignal, kWirelessOverrun,
  // Only as records of a list.
  kWiphy, kWirelessInterface, kBss, kWirelessStation, kRegulatoryDomain, kWireguardDevice,
};

struct Event {
  EventType type = EventType::kOverrun;
  /// When the loop read it.
  double at_ms = 0;
  std::variant<rtnl::Link, LinkGone, rtnl::Address, LiveRoute, rtnl::Route, rtnl::Rule, rtnl::Neighbour,
               rtnl::NexthopObject, rtnl::NdOption, Reply, ProbeEnd, Overrun,
               SnapshotMark, Fatal, CommandsDone, DumpBegin, OrderDone, uevent::Uevent, UeventsLost, DatagramArrival, DatagramEnd,
               diag::TcpSocket, genl::nl80211::ScanEvent, genl::nl80211::ConnectionEvent, genl::nl80211::InterfaceAdded,
               genl::nl80211::InterfaceGone, genl::nl80211::StationAdded, genl::nl80211::StationGone,
               genl::nl80211::RegulatoryEvent, genl::nl80211::SignalEvent, WirelessOverrun, genl::nl80211::Wiphy,
               genl::nl80211::Interface, genl::nl80211::Bss, genl::nl80211::Station, genl::nl80211::RegulatoryDomain,
               genl::wireguard::Device>
      body;
};

EngineError to_engine_error(const Failure& failure, const char* operation);
/// The reply 'done', with text where there is one.
Event make_reply(Id id, std::optional<std::string> text = std::nullopt);
Event make_refusal(Id id, EngineError error);

}  // namespace vn::engine
