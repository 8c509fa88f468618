/** What the configurations of all IP technologies have in common. The schemas are the one source of types, validation and JSON Schema. */

import * as v from 'valibot'
import { dhcpdSchema, dnsdSchema } from './dhcp-server-schema.js'
import * as fields from './fields.js'
import { broadcastAddress, contains, maskToPrefix, toSubnet } from './ip.js'
import { compact, described, flag, list, memberPath, section, text, word } from './section.js'

/** More than a site needs; each costs a kernel command at every start. */
const MAX_ADDRESS_COUNT = 64
/** Bulk routing is the job of a routing daemon. */
const MAX_ROUTE_COUNT = 256
/** DHCP has 254 options. */
const MAX_OPTION_COUNT = 254

const requestOption = text(
  /^(?:[a-z][a-z0-9]{0,31}|[1-9]\d?|1\d\d|2[0-4]\d|25[0-4])$/,
  "the name or the number (1 to 254, as text) of a DHCP option, such as 'wpad' or '43'",
)
const printable = (what: string) => text(/^[\x20-\x7e]{1,253}$/, `${what}: 1 to 253 printable ASCII characters`)

const METHOD = 'where the address comes from'

const dhcp = section(
  described(
    {
      method: word('dhcp'),
      dhcpRequestOptions: v.optional(
        list(requestOption, MAX_OPTION_COUNT, 'a list of names or numbers of DHCP options'),
      ),
      clientId: v.optional(printable('a client identifier')),
      vendorClass: v.optional(printable('a vendor class')),
      ignoreDns: v.optional(flag()),
      ignoreGateway: v.optional(flag()),
    },
    {
      method: METHOD,
      dhcpRequestOptions:
        'options that are asked for, in this order; absent: udhcpc asks for those it asks for by itself',
      clientId:
        "who is asking; pairs of hexadecimal digits are sent as bytes; absent: udhcpc's own, by the MAC address",
      vendorClass: "what kind of client is asking; absent: udhcpc's own",
      ignoreDns: "true: the lease's name servers are not used; absent: false",
      ignoreGateway: "true: the lease's gateway is not used; absent: false",
    },
  ),
  'an object',
)

interface PrefixInput {
  readonly prefixLength?: number | undefined
  readonly netmask?: string | undefined
}

const withLength = described(
  {
    prefixLength: v.optional(fields.ipv4PrefixLength),
    netmask: v.optional(fields.ipv4Netmask),
  },
  {
    prefixLength: 'leading bits of the address that name its subnet; it or `netmask` is required, and it wins',
    netmask: 'the same as a mask; becomes `prefixLength`',
  },
)

/** One of prefixLength and netmask must be there; prefixLength wins. */
function prefixRequired<T extends PrefixInput & Record<string, unknown>>() {
  return v.rawCheck<T>(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues !== undefined) return
    const { prefixLength, netmask } = dataset.value
    if (prefixLength !== undefined || netmask !== undefined) return
    addIssue({ message: 'an integer from 1 to 32 (or `netmask`)', path: memberPath(dataset.value, 'prefixLength') })
  })
}

function prefixOf(input: PrefixInput): number {
  return input.prefixLength ?? maskToPrefix(input.netmask ?? '255.255.255.255')
}

const addressEntry = section(
  {
    ...described({ address: fields.ipv4HostAddress }, { address: 'a further address of the interface' }),
    ...withLength,
  },
  'an object with address and prefixLength',
)
const furtherAddress = v.pipe(
  addressEntry,
  prefixRequired(),
  v.transform((entry) => ({ address: entry.address, prefixLength: prefixOf(entry) })),
)

const route = section(
  described(
    {
      to: fields.ipv4Destination,
      via: v.optional(fields.ipv4Address),
      metric: v.optional(fields.routeMetric),
    },
    {
      to: 'the subnet that is reached by this route',
      via: 'the next hop, in a subnet of the interface; absent: the link itself',
      metric: "the route's priority, lower is preferred; absent: that of the interface",
    },
  ),
  'an object with to, via and metric',
)

const staticInput = section(
  {
    ...described(
      { method: word('static'), address: fields.ipv4HostAddress },
      { method: METHOD, address: 'the first address of the interface' },
    ),
    ...withLength,
    ...described(
      {
        gateway: v.optional(fields.ipv4Address),
        nameServers: v.optional(fields.nameServers),
        domain: v.optional(fields.domain),
        addresses: v.optional(list(furtherAddress, MAX_ADDRESS_COUNT, 'a list of further addresses')),
        routes: v.optional(list(route, MAX_ROUTE_COUNT, 'a list of routes')),
      },
      {
        gateway:
          "the router of the default route, in a subnet of the interface (any where one is a /32); absent: the interface has no default route and is never more than 'lan'",
        nameServers: 'DNS servers of this interface; one becomes a list',
        domain: 'search domain; used together with `nameServers` only',
        addresses: 'addresses besides the first',
        routes: 'routes besides those of the subnets and the gateway',
      },
    ),
  },
  'an object',
)
type StaticInput = v.InferOutput<typeof staticInput>

const staticIpv4 = v.pipe(
  staticInput,
  prefixRequired(),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues !== undefined) return
    const problem = addressProblem(dataset.value)
    if (problem !== undefined) addIssue({ message: problem.expected, path: memberPath(dataset.value, ...problem.keys) })
  }),
  v.transform(({ netmask, prefixLength, method, address, ...rest }) =>
    compact({ method, address, prefixLength: prefixOf({ prefixLength, netmask }), ...rest }),
  ),
)

interface Problem {
  readonly keys: readonly (string | number)[]
  readonly expected: string
}

/** The rules between the fields: addresses differ, gateways can be reached. */
function addressProblem(config: StaticInput): Problem | undefined {
  const first = { address: config.address, prefixLength: prefixOf(config) }
  const all = [first, ...(config.addresses ?? [])]
  const repeated = all.findIndex((one, index) => all.findIndex((other) => other.address === one.address) < index)
  if (repeated > 0)
    return { keys: ['addresses', repeated - 1, 'address'], expected: 'an address that is not listed before' }
  if (config.gateway !== undefined) {
    const expected = hopProblem(config.gateway, all)
    if (expected !== undefined) return { keys: ['gateway'], expected }
  }
  for (const [index, { via }] of (config.routes ?? []).entries()) {
    const expected = via === undefined ? undefined : hopProblem(via, all)
    if (expected !== undefined) return { keys: ['routes', index, 'via'], expected }
  }
  return undefined
}

interface OwnAddress {
  readonly address: string
  readonly prefixLength: number
}

/** What is expected of a next hop, where it cannot be one. A /32 has no neighbours, so its gateway is taken as on-link. */
function hopProblem(hop: string, own: readonly OwnAddress[]): string | undefined {
  if (own.some(({ address }) => address === hop)) return 'the address of another host'
  if (own.some(({ prefixLength }) => prefixLength === 32)) return undefined
  const subnet = own.find((one) => contains(one, hop))
  const subnets = own
    .map(({ address, prefixLength }) => `${toSubnet(address, prefixLength)}/${prefixLength}`)
    .join(' or ')
  if (subnet === undefined) return `an address in ${subnets}`
  // A /31 has two hosts and neither a network nor a broadcast address (RFC 3021).
  if (subnet.prefixLength === 31) return undefined
  const reserved = [toSubnet(hop, subnet.prefixLength), broadcastAddress(hop, subnet.prefixLength)]
  return reserved.includes(hop) ? `the address of a host in ${subnets}` : undefined
}

const disabled = section(described({ method: word('disabled') }, { method: METHOD }), 'an object')

const METHODS = "one of 'dhcp', 'static', 'disabled'"

/** IPv4 of an interface; which keys apply depends on `method`. */
export const ipv4Schema = v.variant('method', [dhcp, staticIpv4, disabled], (issue) =>
  issue.path === undefined ? `an object with a method: ${METHODS}` : METHODS,
)

const IPV6_METHODS = "'auto' or 'disabled'"

/** IPv6 of an interface: 'auto' leaves it to the kernel (router advertisements), 'disabled' turns it off. */
export const ipv6Schema = section(
  described(
    { method: v.pipe(v.picklist(['auto', 'disabled'], IPV6_METHODS), v.description(IPV6_METHODS)) },
    { method: "'auto': the kernel follows router advertisements; 'disabled': there is no IPv6" },
  ),
  'an object with a method',
)

/** The keys that every IP technology takes besides its own. */
export const ipEntries = described(
  {
    ipv4: v.optional(ipv4Schema),
    ipv6: v.optional(ipv6Schema),
    hostname: v.optional(fields.hostname),
    mtu: v.optional(fields.mtu),
    metric: v.optional(fields.metric),
    dhcpd: v.optional(dhcpdSchema),
    dnsd: v.optional(dnsdSchema),
    teardownOnChange: v.optional(flag()),
  },
  {
    ipv4: 'IPv4 of the interface',
    ipv6: 'IPv6 of the interface; absent: left as it is',
    hostname: "the name that DHCP sends; absent: the machine's host name",
    mtu: "longest packet of the link in bytes; absent: the driver's",
    metric:
      'base of the metric of its default route, lower is preferred; absent: computed by kind of interface and connection',
    dhcpd: 'a DHCP server for others on the link',
    dnsd: 'a DNS server for others on the link; only with a static address, else dropped',
    teardownOnChange: 'true: every change of this configuration undoes everything first; absent: false',
  },
)

export type Ipv4Input = v.InferInput<typeof ipv4Schema>
export type Ipv4Config = v.InferOutput<typeof ipv4Schema>
export type Ipv6Config = v.InferOutput<typeof ipv6Schema>
