/** Refusals of generic netlink, in words that say what is the matter with the link. */

import { NetworkError } from '../errors.js'
import { type Asked, refusal } from './kernel-error.js'
import type { EngineError } from './messages.js'

/** What the kernel says of a link that lacks what was asked of it. */
const UNSUPPORTED_ERRNOS = new Set(['EOPNOTSUPP', 'EPROTONOSUPPORT'])

/** The kernel's refusal of what was asked; `linkThere`: the link named exists, so ENODEV means another kind of link. */
export function genericRefusal(error: EngineError, asked: Asked, linkThere: boolean): NetworkError {
  const details = { errno: error.errno, operation: asked.operation, ifname: asked.ifname }
  if (error.code === 'ENODEV' && linkThere) {
    return new NetworkError('ERR_UNSUPPORTED', `${asked.description}: not a wireless interface (ENODEV)`, details)
  }
  if (error.code === 'ENETDOWN') {
    return new NetworkError('ERR_KERNEL_REFUSED', `${asked.description}: the link is down (ENETDOWN)`, details)
  }
  const refused = refusal(error, asked)
  return UNSUPPORTED_ERRNOS.has(error.code) ? new NetworkError('ERR_UNSUPPORTED', refused.message, details) : refused
}
