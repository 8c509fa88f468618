/** The configuration of a dummy. Pure. */

import type * as v from 'valibot'
import { described, section, word } from '../../config/section.js'
import { type NormalizeContext, validate } from '../../config/validate.js'
import { withIpDefaults } from '../ip/normalize.js'
import { linkEntries } from '../link/schema.js'

export const dummySchema = section(
  { ...described({ type: word('dummy') }, { type: 'selects this technology' }), ...linkEntries },
  'the configuration of a dummy link',
)

/** What a user may write. */
export type DummyInput = v.InferInput<typeof dummySchema>
export type DummyConfig = ReturnType<typeof normalizeDummy>

/** The configuration in its normal form; there is nobody to ask for an address by DHCP. @throws NetworkError ERR_INVALID_CONFIG */
export function normalizeDummy(config: unknown, context?: NormalizeContext) {
  const { ipv4 = { method: 'disabled' as const }, ...rest } = validate(dummySchema, config, context)
  return withIpDefaults({ ...rest, ipv4 })
}
