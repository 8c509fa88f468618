/** The schemas of all built-in technologies, for the JSON Schema and the types of what a user may write. */

import type { BondInput } from './bond/normalize.js'
import { bondSchema } from './bond/normalize.js'
import type { BridgeInput } from './bridge/normalize.js'
import { bridgeSchema } from './bridge/normalize.js'
import type { DirectInput } from './direct/normalize.js'
import { directSchema } from './direct/normalize.js'
import type { DummyInput } from './dummy/normalize.js'
import { dummySchema } from './dummy/normalize.js'
import type { EthernetInput } from './ethernet/normalize.js'
import { ethernetSchema } from './ethernet/normalize.js'
import type { MacvlanInput } from './macvlan/normalize.js'
import { macvlanSchema } from './macvlan/normalize.js'
import type { MobileInput } from './mobile/schema.js'
import { mobileSchema } from './mobile/schema.js'
import type { NullInput } from './null/index.js'
import { nullSchema } from './null/index.js'
import type { QmiInput } from './qmi/schema.js'
import { qmiSchema } from './qmi/schema.js'
import type { VethInput } from './veth/normalize.js'
import { vethSchema } from './veth/normalize.js'
import type { VlanInput } from './vlan/normalize.js'
import { vlanSchema } from './vlan/normalize.js'
import type { WifiInput } from './wifi/schema.js'
import { wifiSchema } from './wifi/schema.js'
import type { WireguardInput } from './wireguard/schema.js'
import { wireguardSchema } from './wireguard/schema.js'

/** By type. */
export const configurationSchemas = {
  bond: bondSchema,
  bridge: bridgeSchema,
  dummy: dummySchema,
  macvlan: macvlanSchema,
  veth: vethSchema,
  vlan: vlanSchema,
  direct: directSchema,
  ethernet: ethernetSchema,
  mobile: mobileSchema,
  null: nullSchema,
  qmi: qmiSchema,
  wifi: wifiSchema,
  wireguard: wireguardSchema,
} as const

/** A configuration of a technology that users bring along, or that is normalized from anything. */
export interface OtherInput {
  readonly type: string
  readonly [key: string]: unknown
}

/** The configuration of one interface, as a user writes it. */
export type InterfaceConfig =
  | BondInput
  | BridgeInput
  | DummyInput
  | MacvlanInput
  | VethInput
  | VlanInput
  | DirectInput
  | EthernetInput
  | MobileInput
  | NullInput
  | QmiInput
  | WifiInput
  | WireguardInput
  | OtherInput
