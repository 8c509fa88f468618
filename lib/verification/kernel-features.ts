/** What the kernel can do: tried, not read. What is tried changes no way of any packet, and is taken back at once. */

import { isNetworkError, type NetworkError } from '../errors.js'
import type { Kernel } from '../kernel/kernel.js'
import { type KernelCommand, OUR_PROTOCOL } from '../kernel/messages.js'
import type { Finding } from '../technology/technology.js'
import { finding } from './findings.js'

/** For documentation (RFC 5737, RFC 3849): no packet has such a source. */
const UNUSED_SOURCE = { 4: '192.0.2.255/32', 6: '2001:db8::ffff/128' } as const
/** Behind every rule of ours, before the kernel's last two. */
const TRIAL_PRIORITY = 32_700
const MAIN_TABLE = 254
/** RTPROT_STATIC: not the number by which the route manager knows its own. */
const STATIC_PROTOCOL = 4
/** "vint" in ASCII: nobody counts up to it. */
const TRIAL_NEXTHOP_ID = 0x76696e74
/** Of the host's own network 127.0.0.0/8. */
const TRIAL_ADDRESS = { ifname: 'lo', address: '127.118.110.183', prefixLength: 32 } as const
const [EPERM, ENOENT, EACCES, EEXIST] = [1, 2, 13, 17]

export async function findMissingFeatures(kernel: Kernel): Promise<Finding[]> {
  const refusals: NetworkError[] = []
  const findings = [
    await policyRouting(kernel, 4, refusals),
    await policyRouting(kernel, 6, refusals),
    await nexthops(kernel, refusals),
    await addressProtocol(kernel),
    await linkdownSysctl(kernel),
  ].flat()
  return isRight(refusals) ? [notPermitted(refusals), ...findings] : findings
}

function isRight(refusals: readonly NetworkError[]): refusals is readonly [NetworkError] {
  return refusals.length > 0
}

function notPermitted([refusal]: readonly [NetworkError]): Finding {
  const message = `the kernel lets this process change nothing: ${refusal.message}`
  return finding('RIGHT_NET_ADMIN_MISSING', message, 'run it as root, or with CAP_NET_ADMIN in this network namespace')
}

async function policyRouting(kernel: Kernel, family: 4 | 6, refusals: NetworkError[]): Promise<Finding[]> {
  if (kernel.mirror.rules({ protocol: OUR_PROTOCOL }).some((rule) => rule.family === family)) return []
  const rule = {
    family,
    priority: TRIAL_PRIORITY,
    from: UNUSED_SOURCE[family],
    action: 'table' as const,
    table: MAIN_TABLE,
    protocol: STATIC_PROTOCOL,
  }
  const refusal = await tryOut(kernel, { type: 'addRule', ...rule }, { type: 'deleteRule', ...rule })
  if (refusal === undefined) return []
  if (isPermission(refusal)) return keep(refusals, refusal)
  const option = family === 4 ? 'CONFIG_IP_MULTIPLE_TABLES' : 'CONFIG_IPV6_MULTIPLE_TABLES'
  const message = `no policy routing for IPv${family}: answers may leave by another interface than questions came in by (${refusal.message})`
  return [finding('KERNEL_POLICY_ROUTING_MISSING', message, `build the kernel with ${option}`)]
}

async function nexthops(kernel: Kernel, refusals: NetworkError[]): Promise<Finding[]> {
  const id = TRIAL_NEXTHOP_ID
  const refusal = await tryOut(
    kernel,
    { type: 'addNexthop', id, family: 4, blackhole: true, protocol: STATIC_PROTOCOL },
    { type: 'deleteNexthop', id },
  )
  if (refusal === undefined) return []
  if (isPermission(refusal)) return keep(refusals, refusal)
  const message = `the kernel has no nexthop objects: ${refusal.message}`
  return [
    finding('KERNEL_NEXTHOP_MISSING', message, 'only programs that use them miss it; a kernel since 5.3 has them'),
  ]
}

/** Whether addresses carry who added them (IFA_PROTO). */
async function addressProtocol(kernel: Kernel): Promise<Finding[]> {
  if (kernel.mirror.addresses().some(({ protocol }) => protocol !== 0)) return []
  if (kernel.mirror.linkByName(TRIAL_ADDRESS.ifname) === undefined) return []
  const add = { type: 'addAddress', ...TRIAL_ADDRESS, noPrefixRoute: true, protocol: OUR_PROTOCOL } as const
  const [added] = await kernel.send([add])
  if (added !== 'done') return []
  const seen = (await kernel.addresses()).find(({ address }) => address === TRIAL_ADDRESS.address)
  await kernel.send([{ type: 'deleteAddress', ...TRIAL_ADDRESS }])
  if (seen?.protocol === OUR_PROTOCOL) return []
  const message =
    'the kernel does not keep who added an address: after a crash the ledger in tmpDir alone says which are ours'
  return [finding('KERNEL_ADDRESS_PROTOCOL_MISSING', message, 'a kernel since 5.18 keeps it')]
}

/** Whether links of ours can be told to lose their routes with their carrier: the present value is written again. */
async function linkdownSysctl(kernel: Kernel): Promise<Finding[]> {
  const refused: string[] = []
  for (const family of ['ipv4', 'ipv6']) {
    const path = [family, 'conf', TRIAL_ADDRESS.ifname, 'ignore_routes_with_linkdown']
    const value = await kernel.readSysctl(path).catch(() => undefined)
    if (value === undefined) continue
    const [result] = await kernel.send([{ type: 'setSysctl', path, value }])
    if (isNetworkError(result) && result.errno !== ENOENT) refused.push(`${family}: ${result.message}`)
  }
  if (refused.length === 0) return []
  const message = `ignore_routes_with_linkdown cannot be set (${refused.join('; ')}): the kernel uses a link without carrier until this process has taken its routes away`
  return [
    finding(
      'KERNEL_LINKDOWN_SYSCTL_REFUSED',
      message,
      'make /proc/sys/net writable for this process; failover works without it, a little later',
    ),
  ]
}

/** Adds and deletes; resolves with the refusal of the first. What stands already proves as much, and is left alone. */
async function tryOut(kernel: Kernel, add: KernelCommand, remove: KernelCommand): Promise<NetworkError | undefined> {
  const [added] = await kernel.send([add])
  if (added === 'done') await kernel.send([remove])
  return isNetworkError(added) && added.errno !== EEXIST ? added : undefined
}

function isPermission({ errno }: NetworkError): boolean {
  return errno === EPERM || errno === EACCES
}

function keep(refusals: NetworkError[], refusal: NetworkError): Finding[] {
  refusals.push(refusal)
  return []
}
