/**
 * Endpoints that speak in messages: devices, and unix datagram sockets, each a socket with a name of its own and one peer, as wpa_supplicant's control interface wants it.
 * Hand-kept on both sides: native/engine/fields/datagram.hh has the same fields, and test/native compares them.
 * Limits of the engine: 32 endpoints, 65,536 bytes a datagram, 32 datagrams that wait for a peer that reads nothing.
 */

/**
 * Opens an endpoint; it is known by this command's id. A name is an absolute path, or '@' and an abstract name, of at most
 * 107 bytes. A file left behind at `local` is replaced, one in use is not (EADDRINUSE); the new one has mode 0600 and goes
 * with the endpoint. ENOENT and ECONNREFUSED: nobody is behind `peer`.
 */
export interface DatagramNames {
  readonly local: string
  readonly peer: string
}

/**
 * Opens a device whose reads and writes are messages, such as a modem's control channel (/dev/cdc-wdm0); it is an endpoint
 * like the others. One read is one arrival: what a driver has gathered may hold several messages. EBUSY: another program that
 * asks for the lock (flock(2)) has it. EINVAL: no character device. ENOENT, ENXIO: nothing is there. EPERM: a device that
 * poll(2) does not know. A seqpacket socket in the place of the device serves as well.
 */
export interface DeviceName {
  /** Absolute. */
  readonly path: string
}

/**
 * Sends one whole datagram; answered when the kernel has taken it. EMSGSIZE: too long. ENOBUFS: too many wait.
 * ECONNREFUSED: the peer is gone (then `datagramEnd` follows). EBADF: no such endpoint.
 */
export interface SendDatagram {
  readonly endpoint: number
  readonly bytes: Uint8Array
}

/** Closes an endpoint; what still waited is refused with ECANCELED. Answered also where it had ended. */
export interface CloseDatagram {
  readonly endpoint: number
}

/** A datagram has come. */
export interface DatagramArrival {
  readonly endpoint: number
  readonly bytes: Uint8Array
  /** It had more than 65,536 bytes: its end is lost. */
  readonly truncated: boolean
}

/** The peer is gone, and the endpoint with it: noticed when something is sent; of a device at once. */
export interface DatagramEnd {
  readonly endpoint: number
}
