/** `vintage-net/technology`: what a technology of one's own is made of. */

export { type InferInput, type InferOutput, optional } from 'valibot'
export type { DhcpdConfig, DnsdConfig } from '../config/dhcp-server-schema.js'
export { domain, hostname, ipv4Address, macAddress, metric, mtu, nameServers } from '../config/fields.js'
export {
  canonicalAddress,
  contains,
  type Family,
  formatPrefix,
  type ParsedAddress,
  type ParsedPrefix,
  parseAddress,
  parsePrefix,
  type Subnet,
  toSubnet,
} from '../config/ip.js'
export { isSecretKey, redact } from '../config/redact.js'
export { type Ipv4Config, type Ipv6Config, ipEntries } from '../config/schema.js'
export { compact, type Entries, flag, integer, list, oneOf, section, text, word } from '../config/section.js'
export { invalidField, type NormalizeContext, validate } from '../config/validate.js'
export { DhcpEventDecoder as ScriptEventDecoder, type RawDhcpEvent as ScriptEvent } from '../dhcp/event-decoder.js'
export type * from '../serial/serial-ports.js'
export { addAddresses, deleteAddresses } from './ip/addresses.js'
export { type IpConfig, withIpDefaults } from './ip/normalize.js'
export { type IpPart, planIp } from './ip/plan.js'
export { clearNameServers, clearRoutes, setNameServers, setRoutes } from './ip/steps.js'
export * from './plan.js'
export type { Finding, IoctlContext, PlanContext, Technology, VerifyContext } from './technology.js'
