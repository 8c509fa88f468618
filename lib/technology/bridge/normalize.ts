/** The configuration of a bridge. Pure. */

import * as v from 'valibot'
import { described, flag, integer, list, memberPath, oneOf, section, word } from '../../config/section.js'
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
  described(
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
    {
      pathCost:
        "cost of the port, lower is preferred; absent: that of the bridge's `pathCost`, or the kernel's, by speed",
      pathPriority:
        "priority of the port, lower is preferred; absent: that of the bridge's `pathPriority`, or the kernel's 32",
      hairpin: "frames go back where they came from; absent: the kernel's (false)",
      bpduGuard: "a message of spanning tree that comes in shuts the port; absent: the kernel's (false)",
      rootBlock: "the port never leads to the root; absent: the kernel's (false)",
      fastLeave: "a multicast group ends at once when it is left; absent: the kernel's (false)",
      learning: "addresses are learned from the port; absent: the kernel's (true)",
      unicastFlood: "frames for unknown addresses go out here; absent: the kernel's (true)",
      multicastFlood: "multicast that nobody asked for goes out here; absent: the kernel's (true)",
      broadcastFlood: "broadcast goes out here; absent: the kernel's (true)",
      isolated: "isolated ports do not hear each other; absent: the kernel's (false)",
      neighbourSuppression:
        "the bridge answers ARP and neighbour discovery itself where it knows the answer; absent: the kernel's (false)",
    },
  ),
  'an object with the settings of a port',
)

const HAIRPIN = 'a pair of the name of a port and true or false'

const bridgeSection = v.pipe(
  section(
    described(
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
      {
        interfaces: 'the ports; [] is a bridge without any',
        forwardDelay:
          "seconds that a port listens, and then learns, before it forwards; with `stp` from 2; absent: the kernel's 15",
        hairpin: 'a port that sends frames back where they came from, true; absent: none',
        helloTime: "seconds between two messages of the root; absent: the kernel's 2",
        maxAge: "seconds after which a message of spanning tree counts no more; absent: the kernel's 20",
        pathCost: "cost of every port, lower is preferred; absent: the kernel's, by speed",
        pathPriority: "priority of every port, lower is preferred; absent: the kernel's 32",
        priority: "the bridge with the lowest becomes the root; absent: the kernel's 32768",
        stp: "the kernel's spanning tree protocol (IEEE 802.1D); absent: false",
        ageingTime: "seconds after which an address that was learned is forgotten; absent: the kernel's 300",
        vlanFiltering: 'the bridge tells VLANs apart; absent: false',
        vlanProtocol: "tag of VLANs; absent: '802.1Q'",
        vlanDefaultPvid: 'the VLAN of frames without a tag, 0: none; absent: 1',
        multicastSnooping: 'multicast goes only where it was asked for; absent: true',
        multicastQuerier: 'the bridge asks who wants multicast; absent: false',
        groupForwardMask: 'bit n passes on frames for 01:80:c2:00:00:0n; absent: 0',
        ports: 'settings of single ports, by name',
      },
    ),
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
  {
    ...described(
      { type: word('bridge'), bridge: bridgeSection },
      { type: 'selects this technology', bridge: 'the bridge and its ports' },
    ),
    ...linkEntries,
  },
  'the configuration of a bridge',
)

/** What a user may write. */
export type BridgeInput = v.InferInput<typeof bridgeSchema>
export type BridgeConfig = ReturnType<typeof normalizeBridge>

/** The configuration in its normal form. @throws NetworkError ERR_INVALID_CONFIG */
export function normalizeBridge(config: unknown, context?: NormalizeContext) {
  return withIpDefaults(validate(bridgeSchema, config, context))
}
