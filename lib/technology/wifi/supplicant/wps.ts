/** What a push of the button brings: the payload of `WPS-CRED-RECEIVED`. A secret: it reaches one property and no log. */

import { NetworkError } from '../../../errors.js'
import { hexOf, ssidOf } from './text.js'

/** Attributes by name; one without a name stands under its number, its octets in hexadecimal. */
export interface WpsAttributes {
  readonly credential?: WpsAttributes
  readonly ssid?: string
  /** Where the name is no UTF-8. */
  readonly ssidHex?: string
  readonly networkKey?: string
  /** Upper case, with colons. */
  readonly macAddress?: string
  readonly networkIndex?: number
  readonly [type: number]: string
}

const CREDENTIAL = 0x100e
const SSID = 0x1045
const NETWORK_KEY = 0x1027
const MAC_ADDRESS = 0x1020
const NETWORK_INDEX = 0x1026

/** Type and length of an attribute. */
const HEADER_BYTES = 4
/** A credential in a credential is none; this is one more than there is. */
const MAX_DEPTH_LEVELS = 2

/** @throws NetworkError ERR_INVALID_CONFIG, without what was wrong in its text */
export function readWpsCredentials(hex: string): WpsAttributes {
  const text = hex.trim()
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) throw wrong('is not hexadecimal')
  const octets = Uint8Array.from(text.match(/../g) ?? [], (octet) => Number.parseInt(octet, 16))
  return readAttributes(octets, 1)
}

function readAttributes(octets: Uint8Array, depth: number): WpsAttributes {
  if (depth > MAX_DEPTH_LEVELS) throw wrong('is nested too deep')
  let attributes: WpsAttributes = {}
  let at = 0
  while (at < octets.length) {
    if (at + HEADER_BYTES > octets.length) throw wrong('ends in the head of an attribute')
    const type = number16(octets, at)
    const end = at + HEADER_BYTES + number16(octets, at + 2)
    if (end > octets.length) throw wrong('ends in an attribute')
    attributes = { ...attributes, ...attribute(type, octets.subarray(at + HEADER_BYTES, end), depth) }
    at = end
  }
  return attributes
}

function attribute(type: number, value: Uint8Array, depth: number): WpsAttributes {
  switch (type) {
    case CREDENTIAL:
      return { credential: readAttributes(value, depth + 1) }
    case SSID:
      return { ...ssidOf(value) }
    case NETWORK_KEY:
      return { networkKey: ssidOf(value).ssid }
    case MAC_ADDRESS:
      return { macAddress: Array.from(value, (octet) => hexOf(Uint8Array.of(octet)).toUpperCase()).join(':') }
    case NETWORK_INDEX:
      return value[0] === undefined ? {} : { networkIndex: value[0] }
    default:
      return { [type]: hexOf(value) }
  }
}

function number16(octets: Uint8Array, at: number): number {
  return ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0)
}

function wrong(what: string): NetworkError {
  return new NetworkError('ERR_INVALID_CONFIG', `the WPS credential ${what}`, { field: 'credential' })
}
