/** What the configurations of links that we make have in common. */

import * as v from 'valibot'
import { macAddress } from '../../config/fields.js'
import { ipEntries } from '../../config/schema.js'
import { described, text } from '../../config/section.js'

/** The keys beside the section of a kind: as of Ethernet. */
export const linkEntries = {
  ...ipEntries,
  ...described(
    { macAddress: v.optional(macAddress) },
    { macAddress: "address of the link while it is configured; absent: the kernel's choice" },
  ),
}

export const linkName = text(/^(?!\.{1,2}$)[^\s/:%\0]{1,15}$/, 'the name of a network interface, 1 to 15 bytes')

/** 1 to 4094: 0 marks frames without a VLAN, 4095 is reserved (IEEE 802.1Q). */
export const MAX_VLAN_ID = 4_094
