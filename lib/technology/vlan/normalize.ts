/** The configuration of a VLAN. Pure. */

import * as v from 'valibot'
import { described, flag, integer, oneOf, section, word } from '../../config/section.js'
import { type NormalizeContext, validate } from '../../config/validate.js'
import { withIpDefaults } from '../ip/normalize.js'
import { linkEntries, linkName, MAX_VLAN_ID } from '../link/schema.js'

const vlanSection = section(
  described(
    {
      parent: linkName,
      id: integer(1, MAX_VLAN_ID),
      protocol: v.optional(oneOf(['802.1Q', '802.1ad']), '802.1Q'),
      reorderHeader: v.optional(flag()),
      gvrp: v.optional(flag()),
      mvrp: v.optional(flag()),
      looseBinding: v.optional(flag()),
      bridgeBinding: v.optional(flag()),
    },
    {
      parent: 'name of the interface with the cable',
      id: 'number of the VLAN',
      protocol: "tag of the frames; '802.1ad': the outer of two",
      reorderHeader: 'programs that capture frames see them without the tag; absent: true',
      gvrp: 'the VLAN is announced to switches by GVRP; absent: false',
      mvrp: 'the VLAN is announced to switches by MVRP; absent: false',
      looseBinding: 'the state of the parent does not matter; absent: false',
      bridgeBinding: 'the state is that of the ports of a bridge below that are members of the VLAN; absent: false',
    },
  ),
  'an object with parent and id',
)

export const vlanSchema = section(
  {
    ...described(
      { type: word('vlan'), vlan: vlanSection },
      { type: 'selects this technology', vlan: 'the VLAN and its parent' },
    ),
    ...linkEntries,
  },
  'the configuration of a VLAN',
)

/** What a user may write. */
export type VlanInput = v.InferInput<typeof vlanSchema>
export type VlanConfig = ReturnType<typeof normalizeVlan>

/** The configuration in its normal form. @throws NetworkError ERR_INVALID_CONFIG */
export function normalizeVlan(config: unknown, context?: NormalizeContext) {
  return withIpDefaults(validate(vlanSchema, config, context))
}
