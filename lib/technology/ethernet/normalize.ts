/** The configuration of an Ethernet interface. */

import * as v from 'valibot'
import { macAddress } from '../../config/fields.js'
import { ipEntries } from '../../config/schema.js'
import { described, section, word } from '../../config/section.js'
import type { NormalizeContext } from '../../config/validate.js'
import { validate } from '../../config/validate.js'
import { withIpDefaults } from '../ip/normalize.js'

export const ethernetSchema = section(
  {
    ...described({ type: word('ethernet') }, { type: 'selects this technology' }),
    ...ipEntries,
    ...described(
      { macAddress: v.optional(macAddress) },
      { macAddress: "address of the link while it is configured; absent: the hardware's" },
    ),
  },
  'the configuration of an Ethernet interface',
)

/** What a user may write. */
export type EthernetInput = v.InferInput<typeof ethernetSchema>
export type EthernetConfig = ReturnType<typeof normalizeEthernet>

/** The configuration in its normal form. Pure. @throws NetworkError ERR_INVALID_CONFIG */
export function normalizeEthernet(config: unknown, context?: NormalizeContext) {
  return withIpDefaults(validate(ethernetSchema, config, context))
}
