/** The technology of an interface that is not configured: it touches nothing, and says why it is there. */

import * as v from 'valibot'
import { isPlainObject, toPlain } from '../../config/plain.js'
import { described, section, word } from '../../config/section.js'
import { validate } from '../../config/validate.js'
import { makePlan } from '../plan.js'
import type { Technology } from '../technology.js'

const REASON_EXPECTED = 'a text that says why the interface is not configured'

export const nullSchema = section(
  described(
    {
      type: word('null'),
      reason: v.optional(v.pipe(v.string(REASON_EXPECTED), v.description(REASON_EXPECTED)), ''),
    },
    { type: 'selects this technology', reason: 'why the interface is not used: stands in the property reason' },
  ),
  'the configuration of an interface that is not used',
)

/** What a user may write. */
export type NullInput = v.InferInput<typeof nullSchema>
export type NullConfig = v.InferOutput<typeof nullSchema>

export const nullTechnology: Technology<NullConfig> = {
  type: 'null',
  // Keys of the technology that an interface had before do not apply to it any more: only the reason is kept.
  normalize(config) {
    const plain = toPlain(config)
    if (!isPlainObject(plain)) return validate(nullSchema, plain)
    const { type, reason } = plain
    return validate(nullSchema, { type, reason })
  },
  plan(ifname, config) {
    return makePlan({ ifname, type: config.type, source: config, requires: [] })
  },
}
