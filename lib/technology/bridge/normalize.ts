/** The configuration of a bridge. Pure. */

import * as v from 'valibot'
import { flag, integer, list, memberPath, oneOf, section, word } from '../../config/section.js'
import { type NormalizeContext, validate } from '../../config/validate.js'
import { withIpDefaults } from '../ip/normalize.js'
import { linkEntries, linkName, MAX_VLAN_ID } from '../link/schema.js'

/** The kernel numbers ports with ten bits (BR_MAX_PORTS). */
const MAX_PORT_COUNT = 1_023
const MAX_U16 = 65_535
/** IEEE 802.1D gives a port's cost 32 bits and allows 200 million. */
const MAX_COST = 200_000_000
/** The upper six bits of a port's id. */
const MAX_PORT_PRIORITY = 63
const MAX_AGEING_S = 1_000_000

const FORWARD_MASK = 'an integer from 0 to 65535 without its lowest three bits'
/** The kernel never forwards pause frames, and not those of spanning tree by this key (BR_GROUPFWD_RESTRICTED). */
const forwardMask = v.pipe(
  v.number(FORWARD_MASK),
  v.integer(FORWARD_MASK),
  v.minValue(0, FORWARD_MASK),
  v.maxValue(MAX_U16, FORWARD_MASK),
  v.check((mask) => (mask & 7) === 0, FORWARD_MASK),
  v.description(FORWARD_MASK),
)

/** Seconds, also parts of them: the kernel counts hundredths. */
function seconds(min: number, max: number) {
  const expected = `a number of seconds from ${min} to ${max}`
  return v.pipe(
    v.number(expected),
    v.minValue(min, expected),
    v.maxValue(max, expected),
    v.check((value) => Math.abs(Math.round(value * 100) - value * 100) < 1e-6, `${expected}, in hundredths`),
    v.description(expected),
  )
}

const pathCost = integer(1, MAX_COST)
const pathPriority = integer(0, MAX_PORT_PRIORITY)

const portSection = section(
  {
    pathCost: v.optional(pathCost),
    pathPriority: v.optional(pathPriority),
    hairpin: v.optional(flag()),
    bpduGuard: v.optional(flag()),
    rootBlock: v.optional(flag()),
    fastLeave: v.optional(flag()),
    learning: v.optional(flag()),
    unicastFlood: v.optional(flag()),
    multicastFlood: v.optional(flag()),
    broadcastFlood: v.optional(flag()),
    isolated: v.optional(flag()),
    neighbourSuppression: v.optional(flag()),
  },
  'an object with the settings of a port',
)

const HAIRPIN = 'a pair of the name of a port and true or false'

const bridgeSection = v.pipe(
  section(
    {
      interfaces: list(linkName, MAX_PORT_COUNT, 'a list of names of network interfaces'),
      forwardDelay: v.optional(seconds(0, 30)),
      hairpin: v.optional(v.pipe(v.strictTuple([linkName, flag()], HAIRPIN), v.description(HAIRPIN))),
      helloTime: v.optional(seconds(1, 10)),
      maxAge: v.optional(seconds(6, 40)),
      pathCost: v.optional(pathCost),
      pathPriority: v.optional(pathPriority),
      priority: v.optional(integer(0, MAX_U16)),
      stp: v.optional(flag()),
      ageingTime: v.optional(seconds(0, MAX_AGEING_S)),
      vlanFiltering: v.optional(flag()),
      vlanProtocol: v.optional(oneOf(['802.1Q', '802.1ad'])),
      vlanDefaultPvid: v.optional(integer(0, MAX_VLAN_ID)),
      multicastSnooping: v.optional(flag()),
      multicastQuerier: v.optional(flag()),
      groupForwardMask: v.optional(forwardMask),
      ports: v.optional(v.record(linkName, portSection)),
    },
    'an object with interfaces',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues !== undefined) return
    const { interfaces, hairpin, ports = {}, stp, forwardDelay } = dataset.value
    const repeated = interfaces.findIndex((name, at) => interfaces.indexOf(name) < at)
    const issue = (message: string, ...keys: (string | number)[]): void =>
      addIssue({ message, path: memberPath(dataset.value, ...keys) })
    if (repeated >= 0) issue('a name that is not listed before', 'interfaces', repeated)
    const expected = 'one of `interfaces`'
    if (hairpin !== undefined && !interfaces.includes(hairpin[0])) issue(expected, 'hairpin', 0)
    // IEEE 802.1D: the kernel refuses less while spanning tree runs.
    if (stp === true && forwardDelay !== undefined && forwardDelay < 2) {
      issue('a number of seconds from 2 to 30, because of `stp`', 'forwardDelay')
    }
    for (const name of Object.keys(ports)) if (!interfaces.includes(name)) issue(expected, 'ports', name)
  }),
)

export const bridgeSchema = section(
  { type: word('bridge'), ...linkEntries, bridge: bridgeSection },
  'the configuration of a bridge',
)

/** What a user may write. */
export type BridgeInput = v.InferInput<typeof bridgeSchema>
export type BridgeConfig = ReturnType<typeof normalizeBridge>

/** The configuration in its normal form. @throws NetworkError ERR_INVALID_CONFIG */
export function normalizeBridge(config: unknown, context?: NormalizeContext) {
  return withIpDefaults(validate(bridgeSchema, config, context))
}
