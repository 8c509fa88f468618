/** The configuration of a VLAN. Pure. */

import * as v from 'valibot'
import { flag, integer, oneOf, section, word } from '../../config/section.js'
import { type NormalizeContext, validate } from '../../config/validate.js'
import { withIpDefaults } from '../ip/normalize.js'
import { linkEntries, linkName, MAX_VLAN_ID } from '../link/schema.js'

const vlanSection = section(
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
  'an object with parent and id',
)

export const vlanSchema = section(
  { type: word('vlan'), ...linkEntries, vlan: vlanSection },
  'the configuration of a VLAN',
)

/** What a user may write. */
export type VlanInput = v.InferInput<typeof vlanSchema>
export type VlanConfig = ReturnType<typeof normalizeVlan>

/** The configuration in its normal form. @throws NetworkError ERR_INVALID_CONFIG */
export function normalizeVlan(config: unknown, context?: NormalizeContext) {
  return withIpDefaults(validate(vlanSchema, config, context))
}
