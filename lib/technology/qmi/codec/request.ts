/** A question to a modem: what is sent, and how the answer is read. */

import type { MalformedMessage } from './bytes.js'
import type { ServiceName } from './service.js'
import type { Tlv, Tlvs } from './tlv.js'

export interface QmiRequest<Answer> {
  readonly service: ServiceName
  readonly message: number
  /** For errors and logs: never has a value of the request. */
  readonly name: string
  readonly tlvs: readonly Tlv[]
  /** How long an answer may take; absent: as the client says. */
  readonly limitMs?: number | undefined
  /** Reads the TLVs of an answer that says success. @throws MalformedMessage */
  read(tlvs: Tlvs): Answer
  /** What an answer that says failure tells besides its error. */
  readonly readFailure?: ((tlvs: Tlvs) => string | undefined) | undefined
}

export type { MalformedMessage }

/** The outcome that every response carries; it need not come first. */
const RESULT = 0x02

/** Undefined: success. A response without an outcome is malformed. */
export function errorOf(tlvs: Tlvs): number | undefined {
  const [result, error] = tlvs.required(RESULT, (reader) => [reader.u16(), reader.u16()] as const)
  return result === 0 ? undefined : error
}

/** Where nothing but success is told. */
export const readNothing = (): undefined => undefined
