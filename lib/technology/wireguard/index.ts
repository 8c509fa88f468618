/** WireGuard: a tunnel to peers that are known by their keys. */

import type { Technology } from '../technology.js'
import type { WireguardConfig } from './normalize.js'
import { normalizeWireguard } from './normalize.js'
import { planWireguard } from './plan.js'

export const wireguard: Technology<WireguardConfig> = {
  type: 'wireguard',
  normalize: normalizeWireguard,
  plan: planWireguard,
}
