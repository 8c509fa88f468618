/** The configuration of a WiFi interface, as a user writes it. */

import * as v from 'valibot'
import { dhcpdSchema, dnsdSchema } from '../../config/dhcp-server-schema.js'
import { macAddress } from '../../config/fields.js'
import { ipEntries, ipv4Schema } from '../../config/schema.js'
import { described, flag, integer, list, oneOf, section, text, word } from '../../config/section.js'
import { networkSchema } from './network-schema.js'

/** A supplicant looks through all of them at each scan. */
const MAX_NETWORK_COUNT = 256
const MAX_CONF_CHARS = 262_144
/** Of a fallback. A search takes the access point off the air for seconds. */
const MIN_SEARCH_MS = 10_000
const MIN_AFTER_MS = 5_000
const DAY_MS = 86_400_000

const COUNTRY_EXPECTED = "two letters of ISO 3166-1, such as 'DE', or '00'"
const country = text(/^(?:[A-Z]{2}|00)$/, COUNTRY_EXPECTED)
const ifname = text(/^(?!\.{1,2}$)[^\s/:\0]{1,15}$/, 'the name of a network interface, 1 to 15 bytes')
const bit = integer(0, 1)
const confLine = text(/^[^"\r\n\0]{0,256}$/, 'at most 256 characters without quotation marks and line ends')

const BGSCAN_EXPECTED = "'simple', 'learn', or one of them with its arguments: { simple: '30:-45:300' }"
const bgscan = v.pipe(
  v.union(
    [
      v.picklist(['simple', 'learn'], BGSCAN_EXPECTED),
      v.pipe(
        section(
          described(
            { simple: v.optional(confLine), learn: v.optional(confLine) },
            {
              simple: "'SECONDS:DBM:SECONDS': how often is scanned while weaker than that, and else",
              learn: 'the same, with a file of channels that were heard',
            },
          ),
          BGSCAN_EXPECTED,
        ),
        v.check(({ simple, learn }) => (simple === undefined) !== (learn === undefined), BGSCAN_EXPECTED),
      ),
    ],
    BGSCAN_EXPECTED,
  ),
  v.description(BGSCAN_EXPECTED),
)

/** The access point that an interface becomes while none of its networks can be reached. */
const fallback = section(
  described(
    {
      network: networkSchema,
      ipv4: v.optional(ipv4Schema),
      dhcpd: v.optional(dhcpdSchema),
      dnsd: v.optional(dnsdSchema),
      afterMs: v.optional(integer(MIN_AFTER_MS, DAY_MS)),
      searchIntervalMs: v.optional(integer(MIN_SEARCH_MS, DAY_MS)),
    },
    {
      network: "the network that is offered, of mode 'ap'",
      ipv4: 'address of the access point, static; required',
      dhcpd: 'DHCP server for stations; absent: they get no address',
      dnsd: 'DNS server for stations; absent: none',
      afterMs: 'milliseconds without a connection until the access point comes up',
      searchIntervalMs: 'milliseconds between two searches for the networks',
    },
  ),
  'an access point: an object with a network and the address and servers that belong to it',
)

const networks = list(networkSchema, MAX_NETWORK_COUNT, 'a list of networks')

/** Keys of `wifi` that hold for the whole interface. */
const wifiEntries = described(
  {
    networks: v.optional(networks),
    apScan: v.optional(integer(0, 2)),
    bgscan: v.optional(bgscan),
    passiveScan: v.optional(bit),
    regulatoryDomain: v.optional(country),
    userMpm: v.optional(bit),
    rootInterface: v.optional(ifname),
    wpaSupplicantConf: v.optional(
      text(new RegExp(`^[^\\0]{0,${MAX_CONF_CHARS}}$`, 's'), `a text of at most ${MAX_CONF_CHARS} characters`),
    ),
    wps: v.optional(flag()),
    wpsCredProcessing: v.optional(integer(0, 2)),
    saePwe: v.optional(integer(0, 2)),
    macAddress: v.optional(macAddress),
    preassocMacAddressPolicy: v.optional(oneOf(['permanent', 'random', 'random-same-vendor'])),
    powerSave: v.optional(flag()),
    fallback: v.optional(fallback),
  },
  {
    networks: 'networks to join, or one to offer; equal ones count once',
    apScan: "who chooses the access point, in wpa_supplicant's numbers; absent: wpa_supplicant's 1",
    bgscan: 'looks for better access points while connected; absent: no',
    passiveScan: "1: listens, and calls nobody; absent: wpa_supplicant's 0",
    regulatoryDomain: "country whose rules the radio obeys; absent: the instance's option",
    userMpm: "1: peers of a mesh are managed by wpa_supplicant; absent: wpa_supplicant's 1",
    rootInterface: 'the radio beside which a mesh interface is made; required for a mesh',
    wpaSupplicantConf: 'the whole file of wpa_supplicant, a secret; absent: it is made of the other keys',
    wps: 'false: for a wpa_supplicant that was built without WPS; absent: true',
    wpsCredProcessing: 'who is told credentials of WPS: 0 wpa_supplicant, 1 we, 2 both; absent: 1',
    saePwe:
      "how SAE finds its password element: 0 hunting and pecking, 1 hash to element, 2 both; absent: 2 with SAE, else wpa_supplicant's",
    macAddress: "address of the link while it is configured; absent: the hardware's",
    preassocMacAddressPolicy: "address of the radio while it scans; absent: wpa_supplicant's (permanent)",
    powerSave: "false: the radio answers at once and uses more power; absent: the driver's",
    fallback: 'an access point while no network is in reach; absent: none',
  },
)

export const wifiSectionSchema = section(wifiEntries, 'an object')
/** Older configurations have the keys of one network here. */
const oldWifiSchema = section({ ...networkSchema.entries, ...wifiEntries }, 'an object')

export const wifiSchema = section(
  {
    ...described(
      {
        type: word('wifi'),
        wifi: v.optional(oldWifiSchema),
        verbose: v.optional(flag()),
      },
      {
        type: 'selects this technology',
        wifi: 'the radio; absent: only scans are done. The keys of one network may stand in it, as older configurations have them',
        verbose: 'true: wpa_supplicant says more, at debug; absent: false',
      },
    ),
    ...ipEntries,
  },
  'the configuration of a WiFi interface',
)

/** What a user may write. */
export type WifiInput = v.InferInput<typeof wifiSchema>
export type GivenWifi = v.InferOutput<typeof oldWifiSchema>
export type GivenFallback = v.InferOutput<typeof fallback>
