#include "engine/encode_command.hh"

#include <cstdlib>

namespace vn::engine {

using rtnl::Verb;

bool is_kernel_write(CommandType type) {
  switch (type) {
    case CommandType::kSetLink:
    case CommandType::kAddLink:
    case CommandType::kDeleteLink:
    case CommandType::kAddAddress:
    case CommandType::kReplaceAddress:
    case CommandType::kDeleteAddress:
    case CommandType::kAddRoute:
    case CommandType::kReplaceRoute:
    case CommandType::kDeleteRoute:
    case CommandType::kAddRule:
    case CommandType::kDeleteRule:
    case CommandType::kAddNeighbour:
    case CommandType::kReplaceNeighbour:
    case CommandType::kDeleteNeighbour:
    case CommandType::kAddNexthop:
    case CommandType::kReplaceNexthop:
    case CommandType::kDeleteNexthop: return true;
    case CommandType::kSetSysctl:
    case CommandType::kDump:
    case CommandType::kResync:
    case CommandType::kProbe:
    case CommandType::kCancel:
    case CommandType::kGetSysctl:
    case CommandType::kLinkPath:
    case CommandType::kLockInstance:
    case CommandType::kUnlockInstance:
    case CommandType::kSetOrders:
    case CommandType::kOpenDatagram:
    case CommandType::kSendDatagram:
    case CommandType::kCloseDatagram:
    case CommandType::kOpenDevice:
    case CommandType::kListGeneric:
    case CommandType::kFollowWireless:
    case CommandType::kRequestRegulatory:
    case CommandType::kAddWirelessInterface:
    case CommandType::kDeleteWirelessInterface:
    case CommandType::kSetMeshParameters:
    case CommandType::kSetPowerSave:
    case CommandType::kSetWireguardDevice:
    case CommandType::kTriggerScan:
    case CommandType::kAbortScan:
    case CommandType::kListSockets: return false;
  }
  std::abort();
}

Result<ByteBuffer> encode_command(const Command& command) {
  switch (command.type) {
    case CommandType::kSetLink: return rtnl::encode(*std::get_if<rtnl::SetLink>(&command.body));
    case CommandType::kAddLink: return rtnl::encode(*std::get_if<rtnl::AddLink>(&command.body));
    case CommandType::kDeleteLink: return rtnl::encode(*std::get_if<rtnl::DeleteLink>(&command.body));
    case CommandType::kAddAddress: return rtnl::encode(*std::get_if<rtnl::AddressCommand>(&command.body), Verb::kAdd);
    case CommandType::kReplaceAddress: return rtnl::encode(*std::get_if<rtnl::AddressCommand>(&command.body), Verb::kReplace);
    case CommandType::kDeleteAddress: return rtnl::encode(*std::get_if<rtnl::AddressCommand>(&command.body), Verb::kDelete);
    case CommandType::kAddRoute: return rtnl::encode(*std::get_if<rtnl::RouteCommand>(&command.body), Verb::kAdd);
    case CommandType::kReplaceRoute: return rtnl::encode(*std::get_if<rtnl::RouteCommand>(&command.body), Verb::kReplace);
    case CommandType::kDeleteRoute: return rtnl::encode(*std::get_if<rtnl::RouteCommand>(&command.body), Verb::kDelete);
    case CommandType::kAddRule: return rtnl::encode(*std::get_if<rtnl::RuleCommand>(&command.body), Verb::kAdd);
    case CommandType::kDeleteRule: return rtnl::encode(*std::get_if<rtnl::RuleCommand>(&command.body), Verb::kDelete);
    case CommandType::kAddNeighbour: return rtnl::encode(*std::get_if<rtnl::NeighbourCommand>(&command.body), Verb::kAdd);
    case CommandType::kReplaceNeighbour: return rtnl::encode(*std::get_if<rtnl::NeighbourCommand>(&command.body), Verb::kReplace);
    case CommandType::kDeleteNeighbour: return rtnl::encode(*std::get_if<rtnl::NeighbourCommand>(&command.body), Verb::kDelete);
    case CommandType::kAddNexthop: return rtnl::encode(*std::get_if<rtnl::NexthopObjectCommand>(&command.body), Verb::kAdd);
    case CommandType::kReplaceNexthop: return rtnl::encode(*std::get_if<rtnl::NexthopObjectCommand>(&command.body), Verb::kReplace);
    case CommandType::kDeleteNexthop: return rtnl::encode(*std::get_if<rtnl::NexthopObjectCommand>(&command.body), Verb::kDelete);
    case CommandType::kSetSysctl:
    case CommandType::kDump:
    case CommandType::kResync:
    case CommandType::kProbe:
    case CommandType::kCancel:
    case CommandType::kGetSysctl:
    case CommandType::kLinkPath:
    case CommandType::kLockInstance:
    case CommandType::kUnlockInstance:
    case CommandType::kSetOrders:
    case CommandType::kOpenDatagram:
    case CommandType::kSendDatagram:
    case CommandType::kCloseDatagram:
    case CommandType::kOpenDevice:
    case CommandType::kListGeneric:
    case CommandType::kFollowWireless:
    case CommandType::kRequestRegulatory:
    case CommandType::kAddWirelessInterface:
    case CommandType::kDeleteWirelessInterface:
    case CommandType::kSetMeshParameters:
    case CommandType::kSetPowerSave:
    case CommandType::kSetWireguardDevice:
    case CommandType::kTriggerScan:
    case CommandType::kAbortScan:
    case CommandType::kListSockets: return Failure{EINVAL, "encode command", "not a command for the kernel"};
  }
  std::abort();
}

}  // namespace vn::engine
