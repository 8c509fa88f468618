/** The configuration of a WireGuard interface, as a user writes it. */

import * as v from 'valibot'
import * as fields from '../../config/fields.js'
import { parseAddress, parsePrefix } from '../../config/ip.js'
import { described, flag, integer, list, section, text, word } from '../../config/section.js'
import { parseEndpoint } from './endpoint.js'

/** Each costs a kernel command at every start. */
const MAX_ADDRESS_COUNT = 64
/** Some thousand would be a provider's concentrator, which wants a routing daemon. */
const MAX_PEER_COUNT = 1_024
const MAX_ALLOWED_IP_COUNT = 1_024
const MAX_U16 = 65_535
const MAX_U32 = 4_294_967_295

const KEY_EXPECTED = 'a key: 32 octets as 44 characters of base64'
/** 43 characters hold 258 bits: the last one ends with two zero bits. */
const key = text(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, KEY_EXPECTED)
const path = text(/^\/[^\0]{0,4094}$/, 'the absolute path of a file that holds the key')

/** What stands in the place of a prefix: one host. */
const prefixEntry = (expected: string) => {
  const parsed = (given: string): boolean => (parsePrefix(given) ?? parseAddress(given)) !== undefined
  return v.pipe(
    v.union(
      [
        v.pipe(v.string(expected), v.check(parsed, expected)),
        v.pipe(
          section(
            described(
              { address: v.string(expected), prefixLength: v.optional(integer(0, 128)) },
              { address: 'IP address', prefixLength: 'leading bits that name the subnet; absent: one host' },
            ),
            expected,
          ),
          v.check(({ address, prefixLength }) => parsed(withLength(address, prefixLength)), expected),
        ),
      ],
      expected,
    ),
    v.description(expected),
  )
}

/** The text of an address and its prefix length. */
export function withLength(address: string, prefixLength: number | undefined): string {
  return prefixLength === undefined ? address : `${address}/${prefixLength}`
}

const ENDPOINT_EXPECTED = "'host:port', an IPv6 address in brackets: '[2001:db8::1]:51820'"
const endpoint = v.pipe(
  v.string(ENDPOINT_EXPECTED),
  v.check((given) => parseEndpoint(given) !== undefined, ENDPOINT_EXPECTED),
  v.description(ENDPOINT_EXPECTED),
)

const peer = section(
  described(
    {
      publicKey: key,
      presharedKey: v.optional(key),
      presharedKeyFile: v.optional(path),
      endpoint: v.optional(endpoint),
      allowedIps: v.optional(
        list(prefixEntry("a prefix like '198.51.100.0/24'"), MAX_ALLOWED_IP_COUNT, 'a list of prefixes'),
      ),
      persistentKeepalive: v.optional(integer(0, MAX_U16)),
    },
    {
      publicKey: 'who the peer is',
      presharedKey: 'a further key that both know, a secret; absent: none',
      presharedKeyFile: 'a file with such a key, read whenever the device is set',
      endpoint: 'where the peer is reached; absent: the peer comes by itself',
      allowedIps: "addresses that are the peer's: what goes there, and may come from there; host bits are cut",
      persistentKeepalive: 'seconds between two signs of life, 0: none; absent: none',
    },
  ),
  'an object with a publicKey',
)

const SERVER_EXPECTED = 'an IP address'
const nameServer = v.pipe(
  v.string(SERVER_EXPECTED),
  v.check((given) => (parsePrefix(given) ?? parseAddress(given)) !== undefined, SERVER_EXPECTED),
  v.description(SERVER_EXPECTED),
)

export const wireguardSchema = section(
  described(
    {
      type: word('wireguard'),
      privateKey: v.optional(key),
      privateKeyFile: v.optional(path),
      listenPort: v.optional(integer(0, MAX_U16)),
      fwmark: v.optional(integer(0, MAX_U32)),
      addresses: list(
        prefixEntry("an address like '192.0.2.2/24'"),
        MAX_ADDRESS_COUNT,
        "a list of addresses like '192.0.2.2/24'",
      ),
      dns: v.optional(list(nameServer, MAX_ADDRESS_COUNT, 'a list of IP addresses')),
      domain: v.optional(fields.domain),
      mtu: v.optional(fields.mtu),
      metric: v.optional(fields.metric),
      allowedIpRoutes: v.optional(flag()),
      teardownOnChange: v.optional(flag()),
      peers: list(peer, MAX_PEER_COUNT, 'a list of peers'),
    },
    {
      type: 'selects this technology',
      privateKey: 'our own key, a secret; it or `privateKeyFile` is required',
      privateKeyFile: 'a file with our own key, read whenever the device is set',
      listenPort: "UDP port, 0: the kernel's choice; absent: the kernel's choice",
      fwmark:
        "mark of the tunnel's own packets, 0: none; absent: 51820 where a route goes before all others, else none",
      addresses: 'addresses of the interface, of both families; a /32 or /128 without a length',
      dns: 'name servers that are asked through the tunnel',
      domain: 'search domain; used together with `dns` only',
      mtu: 'longest packet in the tunnel in bytes; absent: 1420',
      metric:
        'base of the metric of its routes, lower is preferred; absent: 5 with a route that goes before all others, else computed',
      allowedIpRoutes: 'false: allowed IPs become no routes; absent: true',
      teardownOnChange: 'true: every change of this configuration undoes everything first; absent: false',
      peers: 'the far ends; may be empty',
    },
  ),
  'the configuration of a WireGuard interface',
)

/** What a user may write. */
export type WireguardInput = v.InferInput<typeof wireguardSchema>
export type GivenWireguard = v.InferOutput<typeof wireguardSchema>
export type GivenPeer = v.InferOutput<typeof peer>
export type GivenPrefix = NonNullable<GivenPeer['allowedIps']>[number]
