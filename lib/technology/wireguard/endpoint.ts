/** Where a peer is reached: 'host:port', with an IPv6 address in brackets. Pure. */

import { parseAddress } from '../../config/ip.js'

export interface Endpoint {
  /** A host name, or an IP address in canonical text. */
  readonly host: string
  /** 1 to 65535. */
  readonly port: number
  /** The host is an address: nobody need be asked. */
  readonly literal: boolean
}

const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?'
const HOST_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`)
/** Numbers and dots alone are an address, or nothing. */
const NUMERIC = /^[\d.]+$/
const MAX_PORT = 65_535

/** Undefined where the text is none. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === '' || port < 1 || port > MAX_PORT) return undefined
  const address = parseAddress(bracketed ?? plain ?? '')
  if (bracketed !== undefined) {
    return address?.family === 6 ? { host: address.address, port, literal: true } : undefined
  }
  if (address?.family === 4) return { host: address.address, port, literal: true }
  if (plain === undefined || NUMERIC.test(plain) || !HOST_NAME.test(plain)) return undefined
  return { host: plain, port, literal: false }
}

/** 'host:port', an IPv6 address in brackets. */
export function formatEndpoint(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
