/** What verifySystem() can find: the one register of codes, and how a finding is made. docs/verify.md explains each. */

import type { Finding } from '../technology/technology.js'

/** All codes, with their severity. Technologies bring codes of their own. */
export const FINDING_CODES = {
  PROGRAM_MISSING: 'error',
  PROGRAM_TOO_OLD: 'warning',
  KERNEL_POLICY_ROUTING_MISSING: 'error',
  KERNEL_NEXTHOP_MISSING: 'info',
  KERNEL_ADDRESS_PROTOCOL_MISSING: 'info',
  KERNEL_LINKDOWN_SYSCTL_REFUSED: 'warning',
  RIGHT_NET_ADMIN_MISSING: 'error',
  RIGHT_NET_RAW_MISSING: 'error',
  RIGHT_NET_BIND_SERVICE_MISSING: 'warning',
  RIGHTS_NOT_INHERITED: 'warning',
  TMP_DIR_NOT_WRITABLE: 'error',
  PERSISTENCE_DIR_NOT_WRITABLE: 'error',
  RESOLV_CONF_NOT_WRITABLE: 'error',
  RESOLV_CONF_SYSTEMD_RESOLVED: 'warning',
  RESOLV_CONF_RESOLVCONF: 'warning',
  RESOLV_CONF_FOREIGN_LINK: 'warning',
  RIVAL_NETWORK_MANAGER: 'error',
  RIVAL_SYSTEMD_NETWORKD: 'error',
  RIVAL_DHCPCD: 'error',
  RIVAL_CONNMAN: 'error',
  RIVAL_WPA_SUPPLICANT: 'error',
  RIVAL_DHCP_CLIENT: 'error',
  CHECK_FAILED: 'warning',
} as const satisfies Readonly<Record<string, Finding['severity']>>

export type FindingCode = keyof typeof FINDING_CODES

/** A finding of the core; the severity is the code's. */
export function finding(code: FindingCode, message: string, remedy: string): Finding {
  return { code, severity: FINDING_CODES[code], message, remedy }
}
