/** `vintage-net/kernel`: the engine by itself, netlink for Node and nothing else. */

export type { Subscription } from '../base/disposable.js'
export type { Logger } from '../base/logger.js'
export { type ErrorCode, isNetworkError, NetworkError, type NetworkErrorDetails } from '../errors.js'
export type { DatagramNames } from './datagrams.js'
export type { EngineBinding, EngineHandle, EngineOptions } from './engine-binding.js'
export type {
  CommandResult,
  DatagramEndpoint,
  DatagramListener,
  Kernel,
  KernelChange,
  KernelSnapshot,
  MirrorReader,
  OrderDone,
  SendOptions,
  SocketFilter,
  StandingOrder,
} from './kernel.js'
export type {
  AddLink,
  Address,
  AddressCommand,
  Bond,
  BondMode,
  BondPort,
  BondSettings,
  Bridge,
  BridgePort,
  DeleteLink,
  Family,
  FollowSubject,
  KernelCommand,
  Link,
  LinkReference,
  Macvlan,
  NdOption,
  Neighbour,
  NeighbourCommand,
  NeighbourState,
  Nexthop,
  NexthopCommand,
  NexthopMember,
  NexthopObject,
  NexthopSettings,
  Operstate,
  PortRange,
  ProbeRequest,
  ProbeResult,
  Route,
  RouteCommand,
  RoutePreference,
  RouteType,
  Rule,
  RuleAction,
  RuleCommand,
  SetLink,
  SetSysctl,
  Tun,
  UidRange,
  Vlan,
  Vrf,
} from './messages.js'
export { FOLLOW_SUBJECTS, MAIN_TABLE, OUR_PROTOCOL } from './messages.js'
export { type OpenKernelOptions, openKernel } from './native-kernel.js'
export type { DesiredRoute, DesiredTable, TableReplaced } from './replace-table.js'
export type { SocketsRequest, TcpSocket, TcpState, TcpTraffic } from './sockets.js'
export type { Uevent, UeventProperty } from './uevents.js'
export type {
  SetWireguardDevice,
  WireguardAllowedIp,
  WireguardDevice,
  WireguardEndpoint,
  WireguardEndpointCommand,
  WireguardPeer,
  WireguardPeerCommand,
} from './wireguard.js'
export type {
  Band,
  BandChannels,
  Bss,
  BssSecurity,
  Channel,
  ChannelWidth,
  InterfaceCombination,
  InterfaceLimit,
  InterfaceMode,
  RegulatoryDomain,
  RegulatoryRule,
  Station,
  Wiphy,
  WirelessInterface,
} from './wireless.js'
export type {
  AddWirelessInterface,
  DeleteWirelessInterface,
  RequestRegulatory,
  SetMeshParameters,
  SetPowerSave,
  WirelessCommand,
} from './wireless-commands.js'
export type {
  ConnectionEvent,
  RegulatoryEvent,
  ScanEvent,
  SignalEvent,
  WirelessEvent,
  WirelessNotification,
} from './wireless-events.js'
export type { ScanOptions, WirelessKernel } from './wireless-kernel.js'
