/** A supplicant that plays what a test, or a recording, says. */

/** A datagram of a recorded conversation; the text has one character for each octet. */
export interface RecordedDatagram {
  readonly direction: 'sent' | 'received'
  readonly atMs: number
  readonly text: string
}
