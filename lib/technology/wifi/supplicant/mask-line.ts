/** What wpa_supplicant prints, without the secrets that some of its lines have. Pure. */

import { MASK } from '../../../config/redact.js'

/** Events whose payload is a credential or a key. */
const PAYLOADS = /\b(WPS-CRED-RECEIVED|DPP-[A-Z0-9-]+|P2P-[A-Z0-9-]*(?:STARTED|PASSPHRASE)[A-Z0-9-]*)\s.*$/
/** Complaints about a line of the file quote that line; so may any other message about a passphrase. */
const QUOTES = /^(.*?\b(?:Line \d+:|psk|passphrase|password|private_key|identity)[^'"]*)['"].*$/i

export function maskSupplicantLine(line: string): string {
  return line.replace(PAYLOADS, `$1 ${MASK}`).replace(QUOTES, `$1${MASK}`)
}
