/** The configuration of a macvlan. Pure. */

import * as v from 'valibot'
import { described, oneOf, section, word } from '../../config/section.js'
import { type NormalizeContext, validate } from '../../config/validate.js'
import { withIpDefaults } from '../ip/normalize.js'
import { linkEntries, linkName } from '../link/schema.js'

const macvlanSection = section(
  described(
    { parent: linkName, mode: v.optional(oneOf(['bridge', 'private', 'vepa', 'passthru']), 'bridge') },
    {
      parent: 'name of the interface with the cable',
      mode: "whom it hears of those on the same parent; 'bridge': all, 'private': none, 'vepa': by way of the switch, 'passthru': it is alone",
    },
  ),
  'an object with parent and mode',
)

export const macvlanSchema = section(
  {
    ...described(
      { type: word('macvlan'), macvlan: macvlanSection },
      { type: 'selects this technology', macvlan: 'the link and its parent' },
    ),
    ...linkEntries,
  },
  'the configuration of a macvlan',
)

/** What a user may write. */
export type MacvlanInput = v.InferInput<typeof macvlanSchema>
export type MacvlanConfig = ReturnType<typeof normalizeMacvlan>

/** The configuration in its normal form. @throws NetworkError ERR_INVALID_CONFIG */
export function normalizeMacvlan(config: unknown, context?: NormalizeContext) {
  return withIpDefaults(validate(macvlanSchema, config, context))
}
