/** The control service: versions, client ids, synchronisation. */

import { u8 } from './bytes.js'
import { type QmiRequest, readNothing } from './request.js'

/** Also the indication of a modem that has begun anew. */
export const CTL_SYNC = 0x0027

/** How long a modem may take to give a client id. */
const CLIENT_ID_LIMIT_MS = 4_000

export interface ServiceVersion {
  readonly service: number
  readonly major: number
  readonly minor: number
}

export function getVersionInfo(): QmiRequest<readonly ServiceVersion[]> {
  return {
    service: 'ctl',
    message: 0x0021,
    name: 'get version info',
    tlvs: [],
    read: (tlvs) =>
      tlvs.required(0x01, (reader) =>
        reader.list(reader.u8(), () => ({ service: reader.u8(), major: reader.u16(), minor: reader.u16() })),
      ),
  }
}

export interface ClientId {
  readonly service: number
  readonly client: number
}

export function allocateClientId(service: number): QmiRequest<ClientId> {
  return {
    service: 'ctl',
    message: 0x0022,
    name: 'allocate client id',
    tlvs: [[0x01, u8(service)]],
    limitMs: CLIENT_ID_LIMIT_MS,
    read: (tlvs) => tlvs.required(0x01, (reader) => ({ service: reader.u8(), client: reader.u8() })),
  }
}

export function releaseClientId({ service, client }: ClientId): QmiRequest<undefined> {
  return {
    service: 'ctl',
    message: 0x0023,
    name: 'release client id',
    tlvs: [[0x01, Uint8Array.of(service, client)]],
    read: readNothing,
  }
}

/** The modem forgets the client ids that were given on this channel. */
export function sync(): QmiRequest<undefined> {
  return { service: 'ctl', message: CTL_SYNC, name: 'sync', tlvs: [], read: readNothing }
}

export function setInstanceId(instance: number): QmiRequest<number | undefined> {
  return {
    service: 'ctl',
    message: 0x0020,
    name: 'set instance id',
    tlvs: [[0x01, u8(instance)]],
    read: (tlvs) => tlvs.u16(0x01),
  }
}
