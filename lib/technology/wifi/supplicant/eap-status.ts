/** How the authentication by EAP goes, as the property `eap_status` has it. */

import type { SupplicantEvent } from './events.js'
import { readText } from './text.js'

/** A certificate of the server's chain. */
export interface PeerCertificate {
  /** 0 is the server's own. */
  readonly depth: number
  readonly subject: string
  /** SHA-256 of the certificate, hexadecimal; absent where the supplicant did not tell it. */
  readonly hash?: string
}

export interface EapStatus {
  readonly status: null | 'started' | 'success' | 'failure'
  readonly method: string | null
  /** Of the last change; ISO 8601, UTC. */
  readonly timestamp: string | null
  readonly remoteCertificateVerified: boolean
  /** The server's chain in the order told; absent where none was told. */
  readonly certificates?: readonly PeerCertificate[]
}

export const NO_EAP: EapStatus = { status: null, method: null, timestamp: null, remoteCertificateVerified: false }

/** Chains are short; a longer one is an attack. */
const MAX_CERTIFICATES_COUNT = 8

/** The status after an event; the same object where the event says nothing of it. */
export function nextEapStatus(status: EapStatus, event: SupplicantEvent, wallMs: number): EapStatus {
  if (event.type !== 'event') return status
  if (event.name === 'CTRL-EVENT-EAP-PEER-CERT') return withCertificate(status, event.fields ?? {})
  if (event.name !== 'CTRL-EVENT-EAP-STATUS') return status
  const timestamp = new Date(wallMs).toISOString()
  const parameter = event.fields?.['parameter'] ?? ''
  switch (event.fields?.['status']) {
    case 'started':
      return { ...NO_EAP, status: 'started', timestamp }
    case 'accept proposed method':
      return { ...status, method: parameter, timestamp }
    case 'remote certificate verification':
      return { ...status, remoteCertificateVerified: parameter === 'success', timestamp }
    case 'completion':
      return parameter === 'success' || parameter === 'failure' ? { ...status, status: parameter, timestamp } : status
    default:
      return status
  }
}

/** Each certificate is told with its hash, and again with all its octets, which nobody needs here. */
function withCertificate(status: EapStatus, fields: Readonly<Record<string, string>>): EapStatus {
  const { certificates = [] } = status
  const depth = Number(fields['depth'])
  const known = certificates.some((certificate) => certificate.depth === depth)
  if (!Number.isInteger(depth) || known || certificates.length >= MAX_CERTIFICATES_COUNT) return status
  const hash = fields['hash']
  const certificate = { depth, subject: readText(fields['subject'] ?? ''), ...(hash === undefined ? {} : { hash }) }
  return { ...status, certificates: [...certificates, certificate] }
}
