/** WiFi: a client of networks, an access point, a node of a mesh, or a machine that only looks what is there. */

import type { Technology } from '../technology.js'
import { wifiIoctl } from './ioctl.js'
import type { WifiConfig } from './normalize.js'
import { normalizeWifi } from './normalize.js'
import { planWifi } from './plan.js'

export const wifi: Technology<WifiConfig> = {
  type: 'wifi',
  normalize: normalizeWifi,
  plan: planWifi,
  ioctl: (_ifname, command, args, context) => wifiIoctl(command, args, context),
}
