/** The plan of a WiFi interface: a supplicant with its file, our client of it, and the IP part behind them. */

import { invalidField } from '../../config/validate.js'
import type { KernelCommand } from '../../kernel/messages.js'
import { planIp } from '../ip/plan.js'
import type { DaemonService, PartService, Plan, PlanFile, Step } from '../plan.js'
import { makePlan } from '../plan.js'
import type { PlanContext } from '../technology.js'
import { supplicantConf } from './conf.js'
import { type ClientWatchArgs, startClientWatch, startNetworkSearch } from './fallback.js'
import { deleteMeshInterface } from './mesh-interface.js'
import { type MeshParameters, startMeshParameters } from './mesh-parameters.js'
import type { Fallback, WifiConfig, WifiSection } from './normalize.js'
import { setPowerSave } from './power-save.js'
import { type RegulatoryArgs, startRegulatoryDomain } from './regulatory-domain.js'
import { ssidBytes } from './ssid.js'
import type { SupplicantArgs } from './supplicant/client.js'
import { forgetSupplicant } from './supplicant/forget-supplicant.js'
import { startSupplicant } from './supplicant/part.js'

/** Names of the plan's services, by which ioctls and parts find each other. */
export const SUPPLICANT_DAEMON = 'wpa_supplicant'
export const SUPPLICANT_PART = 'supplicant'
/** The plan that takes the place of the first one while no network can be reached. */
export const ACCESS_POINT_PLAN = 'access-point'

/** Passwords stand in it. */
const FILE_MODE = 0o600

/** Turns a normalized configuration into a plan. Pure, but for the keys that passphrases were made into before. */
export function planWifi(ifname: string, config: WifiConfig, context: PlanContext): Plan {
  const { fallback } = config.wifi
  const plan = planRole(ifname, config, { context, parts: fallback === undefined ? [] : [clientWatch(fallback)] })
  if (fallback === undefined) return plan
  const accessPoint = planRole(ifname, accessPointConfig(config, fallback), {
    context,
    parts: [networkSearch(config.wifi, fallback)],
  })
  return { ...plan, alternatives: { [ACCESS_POINT_PLAN]: { ...accessPoint, source: config } } }
}

interface RoleOptions {
  readonly context: PlanContext
  /** What runs behind the conversation with the supplicant. */
  readonly parts: readonly PartService[]
}

function planRole(ifname: string, config: WifiConfig, { context, parts }: RoleOptions): Plan {
  const { wifi } = config
  const ip = planIp(ifname, { ...config, macAddress: wifi.macAddress }, context)
  const controlDirectory = `${context.tmpDir}/wpa_supplicant`
  const confPath = `${context.tmpDir}/wpa_supplicant.conf.${ifname}`
  const apMode = isServer(wifi)
  const mesh = meshOf(ifname, wifi)
  return makePlan({
    ifname,
    type: config.type,
    source: config,
    ...ip,
    requires: [mesh === undefined ? ifname : mesh.root],
    files: [confFile(confPath, wifi, { controlDirectory, regulatoryDomain: context.regulatoryDomain }), ...ip.files],
    up: [...(mesh?.up ?? []), ...ip.up.flatMap((step) => withPowerSave(step, wifi))],
    down: [...ip.down, ...(mesh?.down ?? []), forgetSupplicant],
    cleanup: [
      ...(apMode ? [`${controlDirectory}/p2p-dev-${ifname}`] : []),
      `${controlDirectory}/${ifname}`,
      ...ip.cleanup,
    ],
    services: [
      regulatoryDomain(wifi, context),
      supplicant(ifname, confPath, config.verbose === true),
      client({ ifname, controlDirectory, apMode, bgscan: scansByItself(wifi) }),
      ...(mesh?.parts ?? []),
      // Before the servers: one that cannot be started must not keep a device from its networks.
      ...parts,
      ...ip.services,
    ],
    // The DHCP client behind a new supplicant is behind a new association.
    restart: 'rest-for-one',
  })
}

/** Of a file of the user's: a single network, of mode 1 (ad-hoc) or 2 (access point). */
function servesAlone(conf: string): boolean {
  return (conf.match(/^[ \t]*network=\{/gm) ?? []).length === 1 && /^[ \t]*mode=[12][ \t]*$/m.test(conf)
}

/** A supplicant that scans in the background sets its signal monitor by itself. */
function scansByItself({ bgscan, wpaSupplicantConf = '' }: WifiSection): boolean {
  return bgscan !== undefined || /^[ \t]*bgscan=/m.test(wpaSupplicantConf)
}

/** An access point or an ad-hoc network of our own has no scans of its own and a second control socket. */
function isServer({ networks = [], wpaSupplicantConf }: WifiSection): boolean {
  if (wpaSupplicantConf !== undefined) return servesAlone(wpaSupplicantConf)
  const [network] = networks
  return networks.length === 1 && (network?.mode === 'ap' || network?.mode === 'ibss')
}

function supplicant(ifname: string, confPath: string, verbose: boolean): DaemonService {
  return {
    type: 'daemon',
    name: SUPPLICANT_DAEMON,
    program: 'wpa_supplicant',
    args: ['-i', ifname, '-Dnl80211,wext', '-c', confPath, ...(verbose ? ['-dd'] : [])],
    secrets: 'supplicant',
  }
}

/** Before the supplicant, so that it is there without one; a supplicant asks for the same country by its file. */
function regulatoryDomain(
  { regulatoryDomain: own, wpaSupplicantConf }: WifiSection,
  context: PlanContext,
): PartService {
  const args: RegulatoryArgs =
    wpaSupplicantConf === undefined
      ? { wanted: own ?? context.regulatoryDomain, ask: true }
      : { wanted: /^[ \t]*country=([A-Z]{2}|00)[ \t]*$/m.exec(wpaSupplicantConf)?.[1] ?? null, ask: false }
  return { type: 'part', name: 'regulatory-domain', args: { ...args }, start: startRegulatoryDomain }
}

function client(args: SupplicantArgs): PartService {
  return { type: 'part', name: SUPPLICANT_PART, args: { ...args }, start: startSupplicant }
}

function clientWatch({ afterMs }: Fallback): PartService {
  const args: ClientWatchArgs = { afterMs, plan: ACCESS_POINT_PLAN }
  return { type: 'part', name: 'fallback', args: { ...args }, start: startClientWatch }
}

function networkSearch({ networks = [] }: WifiSection, { searchIntervalMs }: Fallback): PartService {
  const wanted = networks.map((network) => ssidBytes(network.ssid).toString('hex'))
  const hidden = networks.filter(({ scanSsid }) => scanSsid === 1)
  return {
    type: 'part',
    name: 'fallback',
    args: {
      searchIntervalMs,
      ssids: [...new Set(wanted)],
      hidden: [...new Set(hidden.map(({ ssid }) => ssidBytes(ssid).toString('hex')))],
    },
    start: startNetworkSearch,
  }
}

function accessPointConfig(config: WifiConfig, { network, ipv4, dhcpd, dnsd }: Fallback): WifiConfig {
  const { networks: _networks, fallback: _fallback, ...wifi } = config.wifi
  const { ipv4: _ipv4, dhcpd: _dhcpd, dnsd: _dnsd, ...rest } = config
  return { ...rest, wifi: { ...wifi, networks: [network] }, ipv4, dhcpd, dnsd }
}

interface Mesh {
  readonly root: string
  readonly up: readonly Step[]
  readonly down: readonly Step[]
  readonly parts: readonly PartService[]
}

/** A mesh interface is made beside the radio's first one, and goes with the plan. */
function meshOf(ifname: string, { rootInterface, networks = [] }: WifiSection): Mesh | undefined {
  if (rootInterface === undefined) return undefined
  if (rootInterface === ifname) {
    throw invalidField(['wifi', 'rootInterface'], 'another interface than the one that is made beside it', ifname)
  }
  const mesh = networks.find(({ mode }) => mode === 'mesh')
  const parameters: MeshParameters = {
    ...(mesh?.meshHwmpRootmode === undefined ? {} : { hwmpRootMode: mesh.meshHwmpRootmode }),
    ...(mesh?.meshGateAnnouncements === undefined ? {} : { gateAnnouncements: mesh.meshGateAnnouncements === 1 }),
  }
  const part: PartService = {
    type: 'part',
    name: 'mesh-parameters',
    args: { ...parameters },
    start: startMeshParameters,
  }
  return {
    root: rootInterface,
    up: [kernelStep({ type: 'addWirelessInterface', parent: rootInterface, ifname, mode: 'mesh' })],
    down: [deleteMeshInterface],
    parts: Object.keys(parameters).length === 0 ? [] : [part],
  }
}

/** Power saving is set once the link is up: drivers forget it when it goes down. */
function withPowerSave(step: Step, { powerSave }: WifiSection): Step[] {
  const isUp = step.type === 'kernel' && step.command.type === 'setLink' && step.command.up === true
  return powerSave === undefined || !isUp ? [step] : [step, setPowerSave(powerSave)]
}

function confFile(path: string, wifi: WifiSection, place: Parameters<typeof supplicantConf>[1]): PlanFile {
  return { path, content: supplicantConf(wifi, place), mode: FILE_MODE, secret: true }
}

function kernelStep(command: KernelCommand): Step {
  return { type: 'kernel', command }
}
