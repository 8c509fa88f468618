/** The plan of a bridge: its link, its attributes, a part for each port. Pure. */

import { invalidField } from '../../config/validate.js'
import type { Bridge, BridgePort, SetLink } from '../../kernel/messages.js'
import { planNewLink } from '../link/plan.js'
import { portPart } from '../link/port.js'
import type { Plan } from '../plan.js'
import type { PlanContext } from '../technology.js'
import type { BridgeConfig } from './normalize.js'

type Section = BridgeConfig['bridge']

/** Turns a normalized configuration into a plan. */
export function planBridge(ifname: string, config: BridgeConfig, context: PlanContext): Plan {
  const { interfaces } = config.bridge
  const itself = interfaces.indexOf(ifname)
  if (itself >= 0) {
    throw invalidField(['bridge', 'interfaces', String(itself)], 'another link than the bridge', ifname)
  }
  return planNewLink(ifname, config, {
    context,
    link: { kind: 'bridge' },
    settings: bridgeSettings(ifname, config.bridge),
    parts: interfaces.map((port) =>
      portPart({ port, master: 'bridge', bridgePort: portSettings(config.bridge, port) }),
    ),
  })
}

/**
 * All attributes, also those that the configuration leaves to the kernel, with the kernel's values: so that they can be set
 * anew in place when the configuration changes, and a bridge that is taken over is as if it were new.
 */
function bridgeSettings(ifname: string, section: Section): SetLink[] {
  const bridge: Bridge = {
    stp: section.stp ?? false,
    forwardDelayMs: milliseconds(section.forwardDelay ?? 15),
    helloTimeMs: milliseconds(section.helloTime ?? 2),
    maxAgeMs: milliseconds(section.maxAge ?? 20),
    ageingTimeMs: milliseconds(section.ageingTime ?? 300),
    priority: section.priority ?? 32_768,
    multicastSnooping: section.multicastSnooping ?? true,
    multicastQuerier: section.multicastQuerier ?? false,
    groupForwardMask: section.groupForwardMask ?? 0,
  }
  return [bridge, ...vlanSettings(section)].map((attributes) => ({ type: 'setLink', ifname, bridge: attributes }))
}

/** A kernel may be built without VLANs in bridges; the default VLAN can only change while the bridge does not filter. */
function vlanSettings({ vlanFiltering, vlanProtocol, vlanDefaultPvid }: Section): Bridge[] {
  if (vlanFiltering === undefined && vlanProtocol === undefined && vlanDefaultPvid === undefined) return []
  return [
    { vlanFiltering: false, vlanProtocol: vlanProtocol ?? '802.1Q', vlanDefaultPvid: vlanDefaultPvid ?? 1 },
    ...(vlanFiltering === true ? [{ vlanFiltering }] : []),
  ]
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1_000)
}

/** What holds for all ports, then what holds for this one. */
function portSettings({ pathCost, pathPriority, hairpin, ports = {} }: Section, port: string): BridgePort | undefined {
  const { pathCost: ownCost, pathPriority: ownPriority, ...others } = ports[port] ?? {}
  const cost = ownCost ?? pathCost
  const priority = ownPriority ?? pathPriority
  const settings: BridgePort = {
    ...(hairpin?.[0] === port ? { hairpin: hairpin[1] } : {}),
    ...(cost === undefined ? {} : { cost }),
    ...(priority === undefined ? {} : { priority }),
    ...others,
  }
  return Object.keys(settings).length === 0 ? undefined : settings
}
