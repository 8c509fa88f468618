/**
 * TCP sockets as the kernel's socket diagnostics tell of them (sock_diag(7)), those of all processes of the namespace.
 * Hand-kept on both sides: native/engine/fields/diag.hh has the same fields, and test/native compares them.
 */

import type { Family } from './nouns.js'

/** RFC 9293's states; 'newSynReceived' and 'bound' are the kernel's own, 'unknown' is one that is younger than we are. */
export type TcpState =
  | 'unknown'
  | 'established'
  | 'synSent'
  | 'synReceived'
  | 'finWait1'
  | 'finWait2'
  | 'timeWait'
  | 'closed'
  | 'closeWait'
  | 'lastAck'
  | 'listen'
  | 'closing'
  | 'newSynReceived'
  | 'bound'

/** What struct tcp_info says of a connection; counters run from the connection's begin. */
export interface TcpTraffic {
  /** Sent bytes that the far end acknowledged; the SYN counts as one. */
  readonly bytesAcked: number
  readonly bytesReceived: number
  readonly segsIn: number
  readonly segsOut: number
  /** Milliseconds since data was last sent, in steps of the kernel's tick (1 to 10 ms). */
  readonly lastDataSentMs: number
  readonly lastDataReceivedMs: number
  readonly lastAckReceivedMs: number
  /** Smoothed round-trip time in milliseconds, to the microsecond; 0 before the first measurement. */
  readonly rttMs: number
  /** Segments sent again since the connection's begin. */
  readonly retransmits: number
}

/** One TCP socket. */
export interface TcpSocket {
  /** Of the socket: one of IPv6 that talks IPv4 has addresses '::ffff:a.b.c.d'. */
  readonly family: Family
  readonly state: TcpState
  readonly localAddress: string
  readonly localPort: number
  /** '0.0.0.0' or '::' for a listener. */
  readonly remoteAddress: string
  readonly remotePort: number
  /** The link it is bound to (SO_BINDTODEVICE, a link-local address); absent where to none. */
  readonly ifindex?: number
  readonly uid: number
  /** 0 where no process holds it any more. */
  readonly inode: number
  /** Bytes that wait for the process; of a listener, connections that wait for accept. */
  readonly receiveQueueBytes: number
  /** Bytes that the far end has not acknowledged; of a listener, how many connections may wait. */
  readonly sendQueueBytes: number
  /** Absent in TIME_WAIT and SYN_RECV, and from kernels before 4.2. */
  readonly traffic?: TcpTraffic
}

/** Which sockets to list, of both families; what is absent or empty matches all. The kernel does the selecting. */
export interface SocketsRequest {
  readonly states: readonly TcpState[]
  /** Only those bound to this link (kernel 4.16). */
  readonly ifindex?: number
  readonly localPort?: number
  readonly remotePort?: number
  /** 'address/prefixLength': only those whose local address lies in it; IPv4 also finds '::ffff:' addresses. */
  readonly local?: string
}
