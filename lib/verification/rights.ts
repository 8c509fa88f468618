/** The rights of this process: what it may do to the network, and what its daemons may. */

import type { Finding } from '../technology/technology.js'
import { type FindingCode, finding } from './findings.js'
import type { HostView } from './host-view.js'

/** Bits of linux/capability.h. */
const RIGHTS: readonly {
  readonly bit: bigint
  readonly name: string
  readonly code: FindingCode
  readonly why: string
}[] = [
  {
    bit: 12n,
    name: 'CAP_NET_ADMIN',
    code: 'RIGHT_NET_ADMIN_MISSING',
    why: 'links, addresses and routes cannot be changed',
  },
  {
    bit: 13n,
    name: 'CAP_NET_RAW',
    code: 'RIGHT_NET_RAW_MISSING',
    why: 'DHCP clients cannot send, probes cannot be bound to a link',
  },
  {
    bit: 10n,
    name: 'CAP_NET_BIND_SERVICE',
    code: 'RIGHT_NET_BIND_SERVICE_MISSING',
    why: 'DHCP and DNS servers cannot open their ports',
  },
]

/** Looks at the process's own capabilities; `runsPrograms`: daemons will need them as well. */
export function findMissingRights(host: HostView, runsPrograms: boolean): Finding[] {
  const status = host.read('/proc/self/status')
  const effective = maskOf(status, 'CapEff')
  if (effective === undefined) return []
  const missing = RIGHTS.filter(({ bit }) => !has(effective, bit))
  const findings = missing.map(({ name, code, why }) =>
    finding(
      code,
      `the process lacks ${name}: ${why}`,
      `run it as root, or with "AmbientCapabilities=${name}" in its systemd unit`,
    ),
  )
  const ambient = maskOf(status, 'CapAmb') ?? 0n
  const isRoot = /^Uid:\s+\d+\s+0\b/m.test(status ?? '')
  const lost = RIGHTS.filter(({ bit }) => has(effective, bit) && !has(ambient, bit)).map(({ name }) => name)
  if (isRoot || !runsPrograms || lost.length === 0) return findings
  const message = `daemons do not inherit ${lost.join(', ')}: the process has them, but not as ambient capabilities`
  const remedy = `run it as root, or with "AmbientCapabilities=${lost.join(' ')}" in its systemd unit`
  return [...findings, finding('RIGHTS_NOT_INHERITED', message, remedy)]
}

function maskOf(status: string | undefined, field: string): bigint | undefined {
  const digits = new RegExp(`^${field}:\\s*([0-9a-f]+)$`, 'm').exec(status ?? '')?.[1]
  return digits === undefined ? undefined : BigInt(`0x${digits}`)
}

function has(mask: bigint, bit: bigint): boolean {
  return ((mask >> bit) & 1n) === 1n
}
