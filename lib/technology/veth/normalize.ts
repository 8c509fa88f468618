/** The configuration of a veth. Pure. */

import type * as v from 'valibot'
import { described, section, word } from '../../config/section.js'
import { type NormalizeContext, validate } from '../../config/validate.js'
import { withIpDefaults } from '../ip/normalize.js'
import { linkEntries, linkName } from '../link/schema.js'

export const vethSchema = section(
  {
    ...described(
      {
        type: word('veth'),
        veth: section(
          described({ peer: linkName }, { peer: 'name of the other end, which is made with this one' }),
          'an object with peer',
        ),
      },
      { type: 'selects this technology', veth: 'the pair' },
    ),
    ...linkEntries,
  },
  'the configuration of a veth',
)

/** What a user may write. */
export type VethInput = v.InferInput<typeof vethSchema>
export type VethConfig = ReturnType<typeof normalizeVeth>

/** The configuration in its normal form. @throws NetworkError ERR_INVALID_CONFIG */
export function normalizeVeth(config: unknown, context?: NormalizeContext) {
  return withIpDefaults(validate(vethSchema, config, context))
}
