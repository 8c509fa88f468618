/** Commands for addresses. */

import type { AddressCommand } from '../commands.js'
import { boolean, type Check, integer, ip, link, MAX_U8, required, text, wrong } from './fault.js'
import { familyOf } from './ip-text.js'

/** Longest label: IFNAMSIZ less the end mark. */
const MAX_LABEL_BYTES = 15

export function addressFault(command: AddressCommand): Check {
  const fault = link(command, true)
  if (fault !== undefined) return fault
  const family = familyOf(command.address)
  if (family === undefined) return wrong('address', 'an IP address', command.address)
  return (
    required('prefixLength', command.prefixLength) ??
    integer('prefixLength', command.prefixLength, 0, family === 4 ? 32 : 128) ??
    ip('peer', command.peer, family) ??
    (family === 6 && command.broadcast !== undefined
      ? wrong('broadcast', 'nothing: IPv6 has none', command.broadcast)
      : ip('broadcast', command.broadcast, family)) ??
    text('label', command.label, MAX_LABEL_BYTES) ??
    boolean('noPrefixRoute', command.noPrefixRoute) ??
    integer('scope', command.scope, 0, MAX_U8) ??
    integer('protocol', command.protocol, 0, MAX_U8)
  )
}
