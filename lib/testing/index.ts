/** `vintage-net/testing`: fakes that keep the rules of what they stand for. */

export type { DatagramPeer, DatagramSender, DeviceOpener, DevicePeer } from './fake-datagrams.js'
export type { ProbeHandler, SocketLister } from './fake-engine.js'
export { FakeKernel, type FakeKernelOptions } from './fake-kernel.js'
export type { FakeLab, LabLink } from './fake-lab.js'
export { FakeNetwork, type RefusePredicate } from './fake-network.js'
export type { FakeRadioLab, LabNetwork, LabRadio } from './fake-radio-lab.js'
export type { FakeRadio, FakeWirelessInterface } from './fake-radios.js'
export { type FakeModem, FakeSerialPorts } from './fake-serial-ports.js'
export type { HeardPeer } from './fake-wireguard.js'
export {
  type DaemonScript,
  daemonEvent,
  ScriptedChild,
  ScriptedDaemons,
  udhcpcEvent,
  udhcpdEvent,
} from './scripted-daemon.js'
export { type ModemAnswer, ScriptedModem } from './scripted-modem.js'
export {
  type RecordedDatagram,
  type ScriptedAnswer,
  ScriptedSupplicant,
  type ScriptedSupplicantOptions,
} from './scripted-supplicant.js'
export { SimulatedClock, type SimulatedClockOptions } from './simulated-clock.js'
export { type DiskOperation, type DiskView, SimulatedDisk, type SimulatedDiskOptions } from './simulated-disk.js'
