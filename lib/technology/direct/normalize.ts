/** The configuration of a direct connection. Pure. */

import * as v from 'valibot'
import { hostname, macAddress } from '../../config/fields.js'
import { ipEntries } from '../../config/schema.js'
import { described, section, word } from '../../config/section.js'
import { type NormalizeContext, validate } from '../../config/validate.js'

/** What is no text never was a host name: it is ignored, as it always was. */
const directSection = section(
  described(
    { hostname: v.optional(v.union([hostname, v.number(), v.boolean(), v.null()], 'a host name')) },
    {
      hostname:
        "the name that the addresses follow from; what is no text is ignored with a warning; absent: the machine's",
    },
  ),
  'an object',
)

export const directSchema = section(
  {
    ...described(
      {
        type: v.union([word('direct'), word('gadget')], "'direct'"),
        direct: v.optional(directSection),
        gadget: v.optional(directSection),
      },
      {
        type: "selects this technology; 'gadget' is an older name",
        direct: 'the connection',
        gadget: 'an older name of `direct`',
      },
    ),
    // Addresses and servers follow from the host name: these have nothing to say.
    ...ipEntries,
    ...described({ macAddress: v.optional(macAddress) }, { macAddress: 'not used: dropped with a warning' }),
  },
  'the configuration of a direct connection',
)

/** What a user may write. */
export type DirectInput = v.InferInput<typeof directSchema>

export interface DirectConfig {
  readonly type: 'direct'
  readonly direct: { readonly hostname?: string }
}

/** The configuration in its normal form. @throws NetworkError ERR_INVALID_CONFIG */
export function normalizeDirect(config: unknown, context: NormalizeContext = {}): DirectConfig {
  const { type: _type, direct, gadget, ...others } = validate(directSchema, config, context)
  for (const key of Object.keys(others))
    context.onWarning?.(key, 'a direct connection has no use for it: it is dropped')
  const given = (direct ?? gadget)?.hostname
  if (given === undefined || typeof given === 'string') {
    return { type: 'direct', direct: given === undefined ? {} : { hostname: given } }
  }
  context.onWarning?.('direct.hostname', 'is no text: the name of the machine is used')
  return { type: 'direct', direct: {} }
}
