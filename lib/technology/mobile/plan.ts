/** The plan of a mobile interface: pppd, and beside it the conversation with its modem. Pure. */

import type { DaemonService, PartService, Plan, PlanFile, RunStep } from '../plan.js'
import { makePlan } from '../plan.js'
import type { PlanContext } from '../technology.js'
import { chatScript } from './chat-script.js'
import { startDiscovery } from './discovery.js'
import { forgetModem } from './forget.js'
import type { Modem } from './modem.js'
import { BUILT_IN_MODEMS } from './modems/table.js'
import { AUTOMATIC, type Modems, modemOf, withModem } from './normalize.js'
import { pppdArgs, pppdOptions } from './ppp/options.js'
import { pppReader } from './ppp/reader.js'
import type { MobileConfig } from './schema.js'
import { startModemWatch } from './watch.js'

export const PPP_DAEMON = 'pppd'
export const MODEM_PART = 'modem'

/** Who we are to the network stands in one of them, lines of the user's in the other. */
const FILE_MODE = 0o600

/** Turns a normalized configuration into a plan. */
export function planMobile(ifname: string, config: MobileConfig, context: PlanContext, modems: Modems): Plan {
  if (config.modem !== AUTOMATIC) return planFor(ifname, config, { context, modem: modemOf(config.modem, modems) })
  const known = [...modems.values()].filter(({ usbIds = [], pppTty }) => usbIds.length > 0 && pppTty !== undefined)
  const alternatives = known.map((modem): [string, Plan] => {
    const completed = withModem(config, {}, modem)
    return [modem.name, { ...planFor(ifname, completed, { context, modem, found: true }), source: config }]
  })
  return makePlan({
    ifname,
    type: config.type,
    source: config,
    requires: [],
    down: [forgetModem],
    services: [discovery(known)],
    alternatives: Object.fromEntries(alternatives),
  })
}

interface Means {
  readonly context: PlanContext
  readonly modem: Modem
  /** By its USB device: when that goes, another one may come. */
  readonly found?: boolean | undefined
}

/** The link is made by pppd, so it is not required: what must be there is the modem. */
function planFor(ifname: string, config: MobileConfig, { context, modem, found = false }: Means): Plan {
  const { tmpDir, handlersPath } = context
  const chatPath = `${tmpDir}/chatscript.${ifname}`
  const optionsPath = `${tmpDir}/ppp-options.${ifname}`
  const { metric, ignoreDns } = config
  // Lines of the user's, or of a modem of the user's, may hold secrets; those of the built-in ones do not.
  const secretScript = config.chatscriptAdditions !== undefined || !BUILT_IN_MODEMS.includes(modem)
  const pppd: DaemonService = {
    type: 'daemon',
    name: PPP_DAEMON,
    program: 'pppd',
    args: pppdArgs(ifname, config, {
      chatScript: chatPath,
      secretScript,
      optionsFile: optionsPath,
      handlers: handlersPath,
    }),
    whileOpened: true,
    reader: pppReader({
      ...(metric === undefined ? {} : { metric }),
      ...(ignoreDns === undefined ? {} : { ignoreDns }),
    }),
  }
  return makePlan({
    ifname,
    type: config.type,
    source: config,
    requires: [],
    files: [file(chatPath, chatScript(config, modem), secretScript), file(optionsPath, pppdOptions(config), true)],
    up: [ignoringErrors('mknod', '/dev/ppp', 'c', '108', '0'), ignoringErrors('mkdir', '-p', '/var/run/pppd/lock')],
    down: [forgetModem],
    services: [pppd, watch(config, modem, found)],
    // Whatever becomes of the conversation with the modem, a connection that stands goes on.
    restart: 'one-for-one',
    connectivity: 'internet',
  })
}

function watch(config: MobileConfig, modem: Modem, found: boolean): PartService {
  const { pppTty = '', atTty, speed = modem.speed, pin } = config
  return {
    type: 'part',
    name: MODEM_PART,
    args: {
      modem: modem.name,
      daemon: PPP_DAEMON,
      pppPort: `/dev/${pppTty}`,
      ...(atTty === undefined ? {} : { atPort: `/dev/${atTty}` }),
      speed,
      monitors: [...modem.monitors],
      ...(pin === undefined ? {} : { pin }),
      ...(found ? { found } : {}),
    },
    start: startModemWatch,
  }
}

function discovery(known: readonly Modem[]): PartService {
  const ids = known.flatMap(({ name, pppTty, usbIds = [] }) =>
    usbIds.map((id) => [id, { plan: name, pppPort: `/dev/${pppTty}` }] as const),
  )
  return { type: 'part', name: 'discovery', args: { modems: Object.fromEntries(ids) }, start: startDiscovery }
}

function file(path: string, content: string, secret: boolean): PlanFile {
  return { path, content, mode: FILE_MODE, secret }
}

/** A board without udev has no /dev/ppp; where it is there already, nothing is lost. */
function ignoringErrors(program: string, ...args: string[]): RunStep {
  return { type: 'run', program, args, ignoreErrors: true }
}
