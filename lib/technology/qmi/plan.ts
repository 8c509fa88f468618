/** The plan of a modem: raw IP on its link, and the conversation with it, which brings and judges everything else. */

import { invalidField } from '../../config/validate.js'
import type { KernelCommand } from '../../kernel/messages.js'
import type { IpConfig } from '../ip/normalize.js'
import { planIp } from '../ip/plan.js'
import type { Json, PartService, Plan, Step } from '../plan.js'
import { makePlan } from '../plan.js'
import type { PlanContext } from '../technology.js'
import type { ModemArgs } from './args.js'
import { forgetModem } from './forget-modem.js'
import type { QmiConfig } from './normalize.js'
import { startModem } from './part.js'
import { setRawIp } from './raw-ip.js'

/** Name of the part, by which ioctls find it. */
export const MODEM_PART = 'modem'
/** The plan that takes the place of the first one for modems that tell no address. */
export const DHCP_PLAN = 'dhcp'

/** Turns a normalized configuration into a plan. Pure. */
export function planQmi(ifname: string, config: QmiConfig, context: PlanContext): Plan {
  const options: Options = { context, part: modem(ifname, config) }
  const disabled = { method: 'disabled' } as const
  if (config.ipv4 !== undefined) return planAddressing(ifname, { ...config, ipv4: config.ipv4 }, config, options)
  const dhcp = planAddressing(ifname, { ...config, ipv4: { method: 'dhcp' } }, config, options)
  const plan = planAddressing(ifname, { ...config, ipv4: disabled }, config, options)
  return { ...plan, alternatives: { [DHCP_PLAN]: dhcp } }
}

interface Options {
  readonly context: PlanContext
  readonly part: PartService
}

function planAddressing(ifname: string, ip: IpConfig, source: QmiConfig, { context, part }: Options): Plan {
  const { up, down, services } = planIp(ifname, ip, context)
  return makePlan({
    ifname,
    type: source.type,
    source,
    // The framing is set while the link is down.
    up: [kernelStep({ type: 'setLink', ifname, up: false }), setRawIp(true), ...up],
    down: [...down, forgetModem],
    services,
    // The end of one must not cost the others: a new DHCP client needs no new session.
    restart: 'one-for-one',
    connectivity: part,
    ...(source.teardownOnChange === true ? { onChange: 'teardown' as const } : {}),
  })
}

function modem(ifname: string, config: QmiConfig): PartService {
  const { serviceProviders, onlyRadioTechnologies = [], pin, device, ipv4, mtu, metric } = config
  const args: ModemArgs = {
    device: device ?? deviceOf(ifname),
    serviceProviders,
    onlyRadioTechnologies,
    pin,
    mtu,
    metric,
    dhcp: ipv4 !== undefined,
    dhcpPlan: DHCP_PLAN,
  }
  return { type: 'part', name: MODEM_PART, args: JSON.parse(JSON.stringify(args)) as Json, start: startModem }
}

/** The driver numbers both alike. */
function deviceOf(ifname: string): string {
  const number = /^wwan(\d+)$/.exec(ifname)?.[1]
  if (number !== undefined) return `/dev/cdc-wdm${number}`
  throw invalidField(['device'], `the control channel of ${ifname}, such as '/dev/cdc-wdm0'`, undefined)
}

function kernelStep(command: KernelCommand): Step {
  return { type: 'kernel', command }
}
