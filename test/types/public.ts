/** Compile-time tests of the public surface: this file is checked, never run. What must not compile is marked so. */

import type {
  CallStep,
  Change,
  DhcpOptions,
  Finding,
  Json,
  MobileInput,
  Modem,
  NormalizeContext,
  PartService,
  Persistence,
  PersistenceSecret,
  Plan,
  Power,
  PowerManager,
  RouteMetric,
  RouteMetricInput,
  Snapshot,
  StepContext,
  Technology,
  UdhcpcHandler,
  UdhcpdHandler,
  VintageNetOptions,
} from '../../lib/index.js'
import {
  commandPower,
  gpioPower,
  isNetworkError,
  makePlan,
  NetworkError,
  qmi,
  usbPower,
  VintageNet,
  wifi,
} from '../../lib/index.js'
import type {
  DatagramEndpoint,
  DatagramListener,
  DatagramNames,
  SocketFilter,
  TcpSocket,
} from '../../lib/kernel/index.js'
import { openKernel } from '../../lib/kernel/index.js'
import { FakeKernel, SimulatedClock } from '../../lib/testing/index.js'

interface Bus {
  readonly type: 'can'
  readonly bitrate: number
}

const can: Technology<Bus> = {
  type: 'can',
  normalize: (config) => ({ type: 'can', bitrate: Number((config as Partial<Bus>).bitrate) }),
  plan: (ifname, config): Plan => {
    throw new NetworkError('ERR_UNSUPPORTED', `${ifname} ${config.bitrate}`)
  },
}

export async function typical(): Promise<void> {
  // An absent environment variable is undefined, and that type-checks.
  const options: VintageNetOptions = {
    config: {
      eth0: { type: 'ethernet', ipv4: { method: 'dhcp' } },
      eth1: { type: 'ethernet', ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24 } },
      eth2: { type: 'ethernet', ipv4: { method: 'static', address: '192.0.2.2', netmask: '255.255.255.0' } },
    },
    persistenceSecret: process.env['SECRET'],
    // A technology of one configuration type fits the list of all.
    technologies: [can],
    clock: new SimulatedClock(),
    kernel: new FakeKernel(),
  }
  await using net = await VintageNet.start(options)
  const connection: unknown = await net.until(['connection'], 'internet', { deadlineMs: 1_000 })
  await net.until(['available_interfaces'], (value) => Array.isArray(value) && value.length > 0)
  net.subscribe(['interface', '*'], (change: Change) => change.metadata.newTimestamp - change.metadata.oldTimestamp)
  for await (const { path, newValue } of net.changes([])) console.log(path, newValue, connection)
  const plan: Plan = net.plan('eth0', { type: 'ethernet' })
  console.log(plan.up.length)
}

export async function kernelAlone(): Promise<void> {
  await using kernel = await openKernel({ netns: 1 })
  const [result] = await kernel.send([{ type: 'setLink', ifname: 'eth0', up: true }])
  if (result instanceof NetworkError) console.log(result.code, result.errno)
  // @ts-expect-error a command of no known type
  await kernel.send([{ type: 'explode', ifname: 'eth0' }])
  // @ts-expect-error a port is a number
  await kernel.probe({ address: '192.0.2.1', port: '53', deadlineMs: 1 })
}

export const memory: Persistence = {
  list: () => [],
  load: () => undefined,
  save: () => undefined,
  clear: () => undefined,
}

/** Every contract that users implement, as they would write it: synchronous or not, with what they need named. */
const asyncStore: Persistence = {
  list: async () => ['eth0'],
  load: async (ifname) => ({ type: 'ethernet', ifname }),
  save: async (_ifname, _config) => undefined,
  clear: async (_ifname) => undefined,
}

const secret: PersistenceSecret = async () => '000102030405060708090a0b0c0d0e0f'

const modem: PowerManager = {
  init: async () => undefined,
  powerOn: () => ({ holdMs: 600_000 }),
  startPoweringOff: async () => ({ limitMs: 5_000 }),
  powerOff: () => ({ minimumOffMs: 1_000 }),
  isOn: async () => true,
  message: (text) => console.log(text),
}

const metric: RouteMetric = ({ connection, weight, family }: RouteMetricInput) =>
  connection === 'disconnected' || family === 6 ? 'disabled' : weight + 10

const leases: UdhcpdHandler = { leaseUpdate: ({ ifname, leaseFile }) => console.log(ifname, leaseFile) }

const timeServers: Partial<UdhcpcHandler> = {
  bound: async ({ ifname, options }) => tell(ifname, options),
}
const tell = (ifname: string, { ntpsrv, lease }: DhcpOptions): void => console.log(ifname, ntpsrv?.join(), lease)

const dial: CallStep = { type: 'call', name: 'dial', args: { apn: 'example' }, run: runDial }
async function runDial(args: Json, context: StepContext): Promise<void> {
  context.put(['apn'], args)
  const { outcome } = await context.probe({ address: '192.0.2.1', port: 80, deadlineMs: 1_000 })
  const endpoint: DatagramEndpoint = await context.datagram({ local: '/run/a', peer: '/run/b' }, deaf)
  await endpoint.send(new Uint8Array())
  await using _modem = await context.device('/dev/cdc-wdm0', deaf)
  await context.writeAttribute('/sys/class/net/wwan0/qmi/raw_ip', 'Y')
  context.logger.info({ outcome }, 'dialled')
}
const deaf: DatagramListener = { message: () => undefined, end: () => undefined }
export const names: DatagramNames = { local: '/run/a', peer: '/run/b' }

const poller: PartService = {
  type: 'part',
  name: 'poller',
  args: null,
  async start(_args, { clock, signal, put }) {
    const timer = clock.setTimer(1_000, () => put(['polled'], !signal.aborted))
    return { [Symbol.asyncDispose]: async () => timer.cancel() }
  },
}

const modemTechnology: Technology = {
  type: 'dialled',
  normalize: (config, context?: NormalizeContext) => (context?.onUnknownKey === undefined ? config : {}),
  plan: (ifname, source) => makePlan({ ifname, type: 'dialled', source, up: [dial], services: [poller] }),
  verify: async ({ interfaces, findProgram }): Promise<Finding[]> =>
    interfaces.length === 0 || (await findProgram('chat')) !== undefined
      ? []
      : [{ code: 'CHAT_MISSING', severity: 'error', message: 'chat is missing', remedy: 'install ppp' }],
}

export async function whatUsersImplement(): Promise<void> {
  const net = await VintageNet.start({
    persistence: asyncStore,
    persistenceSecret: secret,
    routeMetric: metric,
    technologies: [modemTechnology, can],
    udhcpcHandler: timeServers,
    udhcpdHandler: leases,
    powerManagers: {
      wwan0: { manager: modem, watchdogTimeoutMs: 1_800_000 },
      wwan1: modem,
      eth1: commandPower({ on: { program: '/bin/true' }, off: { program: '/bin/true' } }),
      usb0: usbPower({ devicePath: '/sys/bus/usb/devices/1-1' }),
      wlan0: gpioPower({ chip: 'gpiochip0', line: 17 }),
    },
    ifnames: [{ hwPath: '/devices/platform/a', ifname: 'lan0' }],
    resolvConf: null,
    netns: undefined,
  })
  const power: Power = net.power('wwan0')
  power.petWatchdog()
  const snapshot: Snapshot = net.snapshot()
  console.log(snapshot.interfaces, power.info().timeLeftMs, net.info(), net.maxInterfaceCount)
  for (const { code, severity } of await net.verifySystem()) console.log(code, severity)
  await net.configure('wwan0', { type: 'dialled' }, { persist: false }).catch((error: unknown) => {
    if (isNetworkError(error, 'ERR_INVALID_CONFIG'))
      console.log(error.field, error.ifname, error.errno, error.operation)
  })
  net.subscribe(['connection'], async () => undefined).unsubscribe()
  await net.deconfigure('wwan0')
  await net.resetToDefaults('wwan0')
  await net.stop()
}

export async function sockets(filter: SocketFilter): Promise<readonly TcpSocket[]> {
  await using kernel = await openKernel()
  return kernel.sockets(filter)
}

export async function radios(): Promise<void> {
  await using net = await VintageNet.start({ config: { wlan0: wifi.openAccessPoint('Press 3', '192.0.2.0') } })
  // A VintageNet is what the helpers need, and what they make is what it takes.
  await net.configure('wwan0', qmi.quickConfigure('internet'))
  await net.configure('wlan0', wifi.generic({ hex: '4d79ff' }, 'correct horse'))
  await wifi.quickConfigure(net, 'My Home', null, { ifname: 'wlan1', secured: wifi.wpa3Sae })
  for (const { ssid, signalPercent } of await wifi.quickScan(net, { timeoutMs: 500 })) {
    console.log(wifi.qrString(ssid, 'correct horse', { hidden: true, type: 'WPA' }), signalPercent + 1)
  }
  await wifi.quickWps(net, { ifname: 'wlan1' })
  const config: wifi.WifiConfiguration = {
    type: 'wifi',
    wifi: {
      networks: [{ ssid: 'Office', keyMgmt: ['wpa-psk', 'sae'], psk: process.env['PSK'], ieee80211w: 'optional' }],
      bgscan: { simple: '30:-45:300' },
      fallback: { network: { ssid: 'Press 3' }, afterMs: 30_000 },
    },
  }
  const known: boolean = wifi.networkConfigured(config)
  await net.apply({ wlan0: config, wlan1: wifi.openWifi(known ? 'Cafe' : 'Bar') }, { confirmWithinMs: 60_000 })
  // @ts-expect-error a name is text or octets
  wifi.wpaPsk(7, 'correct horse')
  // @ts-expect-error a time is a number of milliseconds
  await wifi.quickScan(net, { timeoutMs: '2 s' })
}

/** A modem of a user's, and the configuration that dials it. */
export async function modems(): Promise<void> {
  const own: Modem = {
    name: 'acme-9000',
    pppTty: 'ttyACM0',
    speed: 115_200,
    monitors: ['signal'],
    script: ({ serviceProviders, modemOptions }) => [`OK AT^APN=${serviceProviders[0]?.apn},${modemOptions?.['slot']}`],
  }
  await using net = await VintageNet.start({ modems: [own] })
  const config: MobileInput = {
    type: 'mobile',
    modem: own.name,
    serviceProviders: [{ apn: 'internet.example', user: process.env['APN_USER'], auth: 'pap' }],
    pin: process.env['PIN'],
    modemOptions: { slot: 2 },
  }
  await net.configure('ppp0', config)
}

// @ts-expect-error what is dialled is a provider, not a name
export const wrongProviders: MobileInput['serviceProviders'] = ['internet.example']

// @ts-expect-error there is no such monitor
export const wrongModem: Modem = { name: 'x', speed: 9_600, monitors: ['weather'] }

// @ts-expect-error an unknown key management
export const wrongKeyManagement: wifi.WifiConfiguration = { type: 'wifi', wifi: { networks: [{ keyMgmt: 'wpa9' }] } }

// @ts-expect-error a power manager must be able to switch off
export const halfManager: PowerManager = { powerOn: () => ({ holdMs: 1 }), startPoweringOff: () => ({ limitMs: 1 }) }

// @ts-expect-error a metric is a number or 'disabled'
export const wrongMetric: RouteMetric = () => 'none'

// @ts-expect-error an unknown option
export const wrongOption: VintageNetOptions = { tempDir: '/tmp' }

// @ts-expect-error an unknown error code
export const wrongCode = new NetworkError('ERR_NO_SUCH_CODE', 'text')
