/** Of a link, what the kernel's notifications keep true. The rest is exact in a fresh dump alone, so the mirror leaves it out. */

import type { KernelEvent, Link } from './messages.js'

/**
 * Attributes of a bridge's port are told in messages of the bridge's own family, if at all; a tun's owner and persistence
 * change without a word (drivers/net/tun.c).
 */
export function announced(link: Link | Extract<KernelEvent, { type: 'link' }>): Link {
  const { type: _, atMs: __, bridgePort: ___, tun, ...rest } = link as Link & { type?: 'link'; atMs?: number }
  return tun?.mode === undefined ? rest : { ...rest, tun: { mode: tun.mode } }
}
