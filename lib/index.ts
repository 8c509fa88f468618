/** The public surface of `vintage-net`. */

export type { Clock, Timer } from './base/clock.js'
export type { Subscription } from './base/disposable.js'
export type { DirectoryEntry, HostFileSystem, OpenFile } from './base/file-system.js'
export type { Logger } from './base/logger.js'
export { isSecretKey, MASK, redact } from './config/redact.js'
export type { NormalizeContext } from './config/validate.js'
export type { PingOptions, PingResult } from './connectivity/ping.js'
export type { DhcpOptions } from './dhcp/lease.js'
export type { ServedLease } from './dhcp/server-leases.js'
export type { UdhcpcEvent, UdhcpcHandler } from './dhcp/udhcpc-handler.js'
export type { UdhcpdEvent, UdhcpdHandler } from './dhcp/udhcpd-handler.js'
export { ERROR_CODES, type ErrorCode, isNetworkError, NetworkError, type NetworkErrorDetails } from './errors.js'
export { formatDuration } from './interface/info.js'
export type { AddressProperty } from './interface/link-properties.js'
export type { RecoveryProperty } from './interface/recovery.js'
export type { RecoveryStep } from './interface/recovery-logic.js'
export type { InterfaceSnapshot, Snapshot } from './interface/snapshot.js'
export type { Checkpoint } from './interface/transactions.js'
export type { Kernel } from './kernel/kernel.js'
export type { KernelCommand } from './kernel/messages.js'
export type { VintageNetOptions } from './options.js'
export type { PersistenceSecret, SecretAnswer, SecretBytes } from './persistence/secret.js'
export type { Awaitable, Persistence } from './persistence/store.js'
export { type CommandPowerOptions, commandPower, type PowerCommand } from './power/command-power.js'
export { type GpioPowerOptions, type GpioPowerSeams, gpioPower } from './power/gpio-power.js'
export type { LineHolders } from './power/line-holders.js'
export type { Power, PowerInfo, PowerManager, PowerState, WatchedPowerManager } from './power/power-manager.js'
export type { PowerPrograms } from './power/power-programs.js'
export type { PowerTimes } from './power/power-times.js'
export { type UsbPowerOptions, usbPower } from './power/usb-power.js'
export type { Change } from './properties/change.js'
export type { Path } from './properties/path.js'
export type { PropertyEntry } from './properties/property-table.js'
export type { UntilOptions } from './properties/until.js'
export type { InterfaceType } from './routing/interface-type.js'
export type { RouteMetric, RouteMetricInput } from './routing/metric.js'
export type {
  SerialPort,
  SerialPortInfo,
  SerialPortListener,
  SerialPortRequest,
  SerialPorts,
} from './serial/serial-ports.js'
export type { FindProgram } from './supervision/find-program.js'
export type { ProcessExit, Signal, Spawn, SpawnedProcess, SpawnRequest } from './supervision/spawn.js'
export type { BondInput } from './technology/bond/normalize.js'
export type { BridgeInput } from './technology/bridge/normalize.js'
export type { DirectInput } from './technology/direct/normalize.js'
export type { DummyInput } from './technology/dummy/normalize.js'
export type { EthernetInput } from './technology/ethernet/normalize.js'
export type { MacvlanInput } from './technology/macvlan/normalize.js'
export type { MobileMonitor, Modem } from './technology/mobile/modem.js'
export type { MobileConfig, MobileInput, ServiceProvider } from './technology/mobile/schema.js'
export type { NullInput } from './technology/null/index.js'
export {
  type CallStep,
  type ConfiguredRoute,
  type Connection,
  type DaemonReader,
  type DaemonReading,
  type DaemonService,
  type InterfaceAddress,
  type InterfaceContext,
  type InterfaceControl,
  type InterfaceNameServers,
  type InterfaceRoutes,
  type Json,
  type KernelStep,
  makePlan,
  type PartAddress,
  type PartContext,
  type PartService,
  type Plan,
  type PlanFile,
  type ResolvedName,
  type RunStep,
  type Service,
  type Step,
  type StepContext,
} from './technology/plan.js'
export type { QmiConfig } from './technology/qmi/normalize.js'
export * as qmi from './technology/qmi/quick.js'
export type { QmiInput } from './technology/qmi/schema.js'
export type { InterfaceConfig, OtherInput } from './technology/schemas.js'
export type { Finding, IoctlContext, PlanContext, Technology, VerifyContext } from './technology/technology.js'
export type { VethInput } from './technology/veth/normalize.js'
export type { VlanInput } from './technology/vlan/normalize.js'
export * as wifi from './technology/wifi/quick.js'
export type { WifiInput } from './technology/wifi/schema.js'
export type { Ssid } from './technology/wifi/ssid.js'
export type { AccessPoint } from './technology/wifi/supplicant/access-point.js'
export type { WifiBand } from './technology/wifi/supplicant/channel.js'
export * as wireguard from './technology/wireguard/quick.js'
export { VERSION } from './version.js'
export { type ApplyOptions, type ConfigureOptions, VintageNet } from './vintage-net.js'
