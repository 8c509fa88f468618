/** The configuration of a bond. Pure. */

import * as v from 'valibot'
import { described, flag, integer, list, memberPath, oneOf, section, word } from '../../config/section.js'
import { type NormalizeContext, validate } from '../../config/validate.js'
import { withIpDefaults } from '../ip/normalize.js'
import { linkEntries, linkName } from '../link/schema.js'

/** More cables than any machine has. */
const MAX_PORT_COUNT = 256
/** What the kernel's options take as the longest time (INT_MAX). */
const MAX_MS = 2_147_483_647
const MAX_U16 = 65_535
const DEFAULT_MIIMON_MS = 100

const MODES = [
  'active-backup',
  'balance-rr',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
] as const
type Mode = (typeof MODES)[number]

/** Keys that the kernel takes only in these modes. */
export const ONLY_IN: Readonly<Record<string, readonly Mode[]>> = {
  primary: ['active-backup', 'balance-tlb', 'balance-alb'],
  primaryReselect: ['active-backup', 'balance-tlb', 'balance-alb'],
  lacpRate: ['802.3ad'],
  adSelect: ['802.3ad'],
  packetsPerSlave: ['balance-rr'],
  tlbDynamicBalancing: ['balance-tlb', 'balance-alb'],
  failOverMac: ['active-backup'],
}

const milliseconds = integer(0, MAX_MS)

const bondSection = v.pipe(
  section(
    described(
      {
        mode: v.optional(oneOf(MODES), 'active-backup'),
        interfaces: list(linkName, MAX_PORT_COUNT, 'a list of names of network interfaces'),
        // Without it the loss of a cable stays unnoticed.
        miimonMs: v.optional(integer(1, MAX_MS), DEFAULT_MIIMON_MS),
        upDelayMs: v.optional(milliseconds),
        downDelayMs: v.optional(milliseconds),
        peerNotifyDelayMs: v.optional(milliseconds),
        primary: v.optional(linkName),
        primaryReselect: v.optional(oneOf(['always', 'better', 'failure'])),
        failOverMac: v.optional(oneOf(['none', 'active', 'follow'])),
        xmitHashPolicy: v.optional(oneOf(['layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'])),
        lacpRate: v.optional(oneOf(['slow', 'fast'])),
        adSelect: v.optional(oneOf(['stable', 'bandwidth', 'count'])),
        minLinks: v.optional(integer(0, MAX_MS)),
        allSlavesActive: v.optional(flag()),
        resendIgmp: v.optional(integer(0, 255)),
        packetsPerSlave: v.optional(integer(0, MAX_U16)),
        tlbDynamicBalancing: v.optional(flag()),
      },
      {
        mode: "which ports send; '802.3ad' is LACP",
        interfaces: 'the ports',
        miimonMs: 'milliseconds between two looks at the carrier of the ports',
        upDelayMs: 'milliseconds before a port that has got its carrier counts, a multiple of `miimonMs`; absent: 0',
        downDelayMs:
          'milliseconds before a port that has lost its carrier counts no more, a multiple of `miimonMs`; absent: 0',
        peerNotifyDelayMs: 'milliseconds between announcements after a failover; absent: 0',
        primary:
          'the port that is used whenever it works, one of `interfaces`; modes active-backup, balance-tlb, balance-alb; absent: none',
        primaryReselect: "when the primary is used again; the same modes; absent: 'always'",
        failOverMac: "which MAC address changes at a failover; mode active-backup; absent: 'none'",
        xmitHashPolicy: "what chooses the port of a frame; absent: 'layer2'",
        lacpRate: "how often LACP speaks: every 30 s or every second; mode 802.3ad; absent: 'slow'",
        adSelect: "which aggregator is used; mode 802.3ad; absent: 'stable'",
        minLinks: 'ports with carrier below which the bond has none; absent: 0',
        allSlavesActive: 'frames that reach idle ports count; absent: false',
        resendIgmp: 'times that multicast memberships are sent again after a failover; absent: 1',
        packetsPerSlave: 'packets of one port before the next is taken, 0: at random; mode balance-rr; absent: 1',
        tlbDynamicBalancing: 'flows move between ports by load; modes balance-tlb, balance-alb; absent: true',
      },
    ),
    'an object with interfaces',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues !== undefined) return
    const { value } = dataset
    const { interfaces, primary, mode } = value
    const issue = (message: string, ...keys: (string | number)[]): void =>
      addIssue({ message, path: memberPath(value, ...keys) })
    const repeated = interfaces.findIndex((name, at) => interfaces.indexOf(name) < at)
    if (repeated >= 0) issue('a name that is not listed before', 'interfaces', repeated)
    for (const [key, modes] of Object.entries(ONLY_IN)) {
      const given = value[key as keyof typeof value] !== undefined
      if (given && !modes.includes(mode)) issue(`nothing: only a bond of mode ${modes.join(' or ')} has it`, key)
    }
    if (primary !== undefined && !interfaces.includes(primary)) issue('one of `interfaces`', 'primary')
  }),
)

export const bondSchema = section(
  {
    ...described(
      { type: word('bond'), bond: bondSection },
      { type: 'selects this technology', bond: 'the bond and its ports' },
    ),
    ...linkEntries,
  },
  'the configuration of a bond',
)

/** What a user may write. */
export type BondInput = v.InferInput<typeof bondSchema>
export type BondConfig = ReturnType<typeof normalizeBond>

/** The configuration in its normal form. @throws NetworkError ERR_INVALID_CONFIG */
export function normalizeBond(config: unknown, context?: NormalizeContext) {
  return withIpDefaults(validate(bondSchema, config, context))
}
