/** A TCP socket as the kernel tells it, for tests of what its counters mean. */

import type { TcpSocket } from '../../lib/kernel/sockets.js'

export interface SocketFacts extends Partial<TcpSocket> {
  readonly sent?: number
  readonly received?: number
}

/** A connection from 192.0.2.50 to 203.0.113.9. */
export function tcpSocket({ sent = 0, received = 0, ...facts }: SocketFacts = {}): TcpSocket {
  return {
    family: 4,
    state: 'established',
    localAddress: '192.0.2.50',
    localPort: 40_000,
    remoteAddress: '203.0.113.9',
    remotePort: 443,
    uid: 1000,
    inode: 4711,
    receiveQueueBytes: 0,
    sendQueueBytes: 0,
    traffic: {
      bytesAcked: sent,
      bytesReceived: received,
      segsIn: 0,
      segsOut: 0,
      lastDataSentMs: 0,
      lastDataReceivedMs: 0,
      lastAckReceivedMs: 0,
      rttMs: 0,
      retransmits: 0,
    },
    ...facts,
  }
}
