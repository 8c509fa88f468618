/** The schemas of all built-in technologies, for the JSON Schema and the types of what a user may write. */

import type { EthernetInput } from './ethernet/normalize.js'
import { ethernetSchema } from './ethernet/normalize.js'
import type { MobileInput } from './mobile/schema.js'
import { mobileSchema } from './mobile/schema.js'
import type { NullInput } from './null/index.js'
import { nullSchema } from './null/index.js'
import type { WifiInput } from './wifi/schema.js'
import { wifiSchema } from './wifi/schema.js'
import type { WireguardInput } from './wireguard/schema.js'
import { wireguardSchema } from './wireguard/schema.js'

/** By type. */
export const configurationSchemas = {
  ethernet: ethernetSchema,
  mobile: mobileSchema,
  null: nullSchema,
  wifi: wifiSchema,
  wireguard: wireguardSchema,
} as const

/** A configuration of a technology that users bring along, or that is normalized from anything. */
export interface OtherInput {
  readonly type: string
  readonly [key: string]: unknown
}

/** The configuration of one interface, as a user writes it. */
export type InterfaceConfig = EthernetInput | MobileInput | NullInput | WifiInput | WireguardInput | OtherInput
