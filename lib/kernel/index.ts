/** `vintage-net/kernel`: the engine by itself, netlink for Node and nothing else. */

export type { Subscription } from '../base/disposable.js'
export type { Logger } from '../base/logger.js'
export { type ErrorCode, isNetworkError, NetworkError, type NetworkErrorDetails } from '../errors.js'
export type { EngineBinding, EngineHandle, EngineOptions } from './engine-binding.js'
export type { CommandResult, Kernel, KernelChange, KernelSnapshot, MirrorReader } from './kernel.js'
export type {
  AddLink,
  Address,
  AddressCommand,
  DeleteLink,
  Family,
  KernelCommand,
  Link,
  LinkReference,
  Nexthop,
  Operstate,
  ProbeRequest,
  ProbeResult,
  Route,
  RouteCommand,
  RouteType,
  Rule,
  RuleAction,
  RuleCommand,
  SetLink,
  SetSysctl,
} from './messages.js'
export { MAIN_TABLE, OUR_PROTOCOL } from './messages.js'
export { type OpenKernelOptions, openKernel } from './native-kernel.js'
