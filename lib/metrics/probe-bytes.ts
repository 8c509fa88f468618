/** What a probe costs on the wire. Pure. */

/**
 * Bytes of the packets of one TCP connect that is closed at once, IP headers included, as Linux sends them without losses: SYN and
 * SYN-ACK have 20 octets of options, others 12 (timestamps). A connection: SYN, SYN-ACK, ACK, then FIN, FIN-ACK, ACK; a refusal: SYN and RST; silence:
 * SYN, and its repetitions after 1 s and 3 s within the deadline of 5 s (tcp(7), tcp_syn_retries).
 */
export function probeBytes(outcome: string, family: 4 | 6): number {
  const ip = family === 4 ? 20 : 40
  const syn = ip + 40
  const segment = ip + 32
  const reset = ip + 20
  switch (outcome) {
    case 'connected':
      return 2 * syn + 4 * segment
    case 'refused':
      return syn + reset
    case 'timeout':
      return 3 * syn
    default:
      return 0
  }
}
