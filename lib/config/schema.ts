/** What the configurations of all IP technologies have in common. The schemas are the one source of types, validation and JSON Schema. */

import * as v from 'valibot'
import { dhcpdSchema, dnsdSchema } from './dhcp-server-schema.js'
import * as fields from './fields.js'
import { broadcastAddress, contains, maskToPrefix, toSubnet } from './ip.js'
import { compact, flag, list, memberPath, section, text, word } from './section.js'

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

const dhcp = section(
  {
    method: word('dhcp'),
    dhcpRequestOptions: v.optional(list(requestOption, MAX_OPTION_COUNT, 'a list of names or numbers of DHCP options')),
    clientId: v.optional(printable('a client identifier')),
    vendorClass: v.optional(printable('a vendor class')),
    ignoreDns: v.optional(flag()),
    ignoreGateway: v.optional(flag()),
  },
  'an object',
)

interface PrefixInput {
  readonly prefixLength?: number | undefined
  readonly netmask?: string | undefined
}

const withLength = {
  prefixLength: v.optional(fields.ipv4PrefixLength),
  netmask: v.optional(fields.ipv4Netmask),
}

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
  { address: fields.ipv4HostAddress, ...withLength },
  'an object with address and prefixLength',
)
const furtherAddress = v.pipe(
  addressEntry,
  prefixRequired(),
  v.transform((entry) => ({ address: entry.address, prefixLength: prefixOf(entry) })),
)

const route = section(
  {
    to: fields.ipv4Destination,
    via: v.optional(fields.ipv4Address),
    metric: v.optional(fields.routeMetric),
  },
  'an object with to, via and metric',
)

const staticInput = section(
  {
    method: word('static'),
    address: fields.ipv4HostAddress,
    ...withLength,
    gateway: v.optional(fields.ipv4Address),
    nameServers: v.optional(fields.nameServers),
    domain: v.optional(fields.domain),
    addresses: v.optional(list(furtherAddress, MAX_ADDRESS_COUNT, 'a list of further addresses')),
    routes: v.optional(list(route, MAX_ROUTE_COUNT, 'a list of routes')),
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

const disabled = section({ method: word('disabled') }, 'an object')

const METHODS = "one of 'dhcp', 'static', 'disabled'"

/** IPv4 of an interface; which keys apply depends on `method`. */
export const ipv4Schema = v.variant('method', [dhcp, staticIpv4, disabled], (issue) =>
  issue.path === undefined ? `an object with a method: ${METHODS}` : METHODS,
)

const IPV6_METHODS = "'auto' or 'disabled'"

/** IPv6 of an interface: 'auto' leaves it to the kernel (router advertisements), 'disabled' turns it off. */
export const ipv6Schema = section(
  { method: v.pipe(v.picklist(['auto', 'disabled'], IPV6_METHODS), v.description(IPV6_METHODS)) },
  'an object with a method',
)

/** The keys that every IP technology takes besides its own. */
export const ipEntries = {
  ipv4: v.optional(ipv4Schema),
  ipv6: v.optional(ipv6Schema),
  hostname: v.optional(fields.hostname),
  mtu: v.optional(fields.mtu),
  metric: v.optional(fields.metric),
  dhcpd: v.optional(dhcpdSchema),
  dnsd: v.optional(dnsdSchema),
  teardownOnChange: v.optional(flag()),
}

export type Ipv4Input = v.InferInput<typeof ipv4Schema>
export type Ipv4Config = v.InferOutput<typeof ipv4Schema>
export type Ipv6Config = v.InferOutput<typeof ipv6Schema>
