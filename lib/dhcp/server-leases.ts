/** The lease file of udhcpd: what it is called, and what it holds. Pure. */

/** One lease that this machine's own DHCP server gave. */
export interface ServedLease {
  /** Seconds that the lease had left when udhcpd wrote it. */
  readonly leasetime: number
  /** When the lease ends, in milliseconds since the Unix epoch. */
  readonly expiresAtMs: number
  /** The address that the client has. */
  readonly leaseNip: string
  /** Of the client, in lower-case. */
  readonly leaseMac: string
  /** What the client calls itself; '' where it said nothing. */
  readonly hostname: string
}

/** 8 bytes with the time of writing in seconds since the Unix epoch. */
const HEADER_BYTES = 8
/** Seconds left (4), IPv4 address (4), MAC address (6), host name (20), padding (2); busybox, networking/udhcp/dhcpd.h. */
const RECORD_BYTES = 36
const ADDRESS_AT = 4
const MAC_AT = 8
const HOST_NAME_AT = 14
const HOST_NAME_END = 34
/** The last time that a JavaScript date can hold, in seconds. */
const MAX_EPOCH_SECONDS = 8_640_000_000_000

/** The leases in the file's order. A record that is cut short is left out; a file without a header holds none. */
export function parseLeaseFile(bytes: Uint8Array): readonly ServedLease[] {
  if (bytes.length < HEADER_BYTES) return []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const writtenAt = Math.min(Number(view.getBigUint64(0)), MAX_EPOCH_SECONDS)
  const leases: ServedLease[] = []
  for (let at = HEADER_BYTES; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
    const leasetime = view.getUint32(at)
    leases.push({
      leasetime,
      expiresAtMs: (writtenAt + leasetime) * 1000,
      leaseNip: bytes.subarray(at + ADDRESS_AT, at + MAC_AT).join('.'),
      leaseMac: [...bytes.subarray(at + MAC_AT, at + HOST_NAME_AT)].map(hexOctet).join(':'),
      hostname: hostName(bytes.subarray(at + HOST_NAME_AT, at + HOST_NAME_END)),
    })
  }
  return leases
}

/** The interface whose lease file this is, by its base name; undefined where it is none. Names of interfaces may hold dots. */
export function leaseFileInterface(path: string): string | undefined {
  return /^udhcpd\.(.+)\.leases$/s.exec(path.slice(path.lastIndexOf('/') + 1))?.[1]
}

function hexOctet(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

/** Clients choose it: characters that could do harm in a terminal become question marks. */
function hostName(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  const octets = [...(end === -1 ? bytes : bytes.subarray(0, end))]
  return octets.map((octet) => (octet > 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '?')).join('')
}
