/** One question to one name server, sent from an address of our choice. */

import { Resolver } from 'node:dns/promises'
import { messageOf } from '../errors.js'

export interface NameQuestion {
  readonly name: string
  /** 4 asks for A records, 6 for AAAA records. */
  readonly family: 4 | 6
  /** IP text of the server; its port is 53. */
  readonly server: string
  /** Own address, of the server's family: the rule for it makes the question leave by its interface. Absent: any. */
  readonly source?: string | undefined
  readonly timeoutMs: number
  /** Aborting it ends the question as `failed`. */
  readonly signal: AbortSignal
}

export type NameAnswer =
  | { readonly type: 'addresses'; readonly addresses: readonly string[]; readonly ttlMs: number }
  /** The server knows that there is nothing: no such name, or none with such a record. */
  | { readonly type: 'nothing' }
  /** Silence, a refusal, or an answer that is none. */
  | { readonly type: 'failed'; readonly reason: string }

export type AskNameServer = (question: NameQuestion) => Promise<NameAnswer>

/** NXDOMAIN, and an answer without such a record. */
const NOTHING_CODES: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA'])

/**
 * Asks by UDP, and by TCP where the answer was truncated: c-ares, which Node brings along, checks what comes back against what
 * was asked. Works in the network namespace of this process only. Never rejects.
 */
export const askNameServer: AskNameServer = async ({ name, family, server, source, timeoutMs, signal }) => {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 })
  const cancel = (): void => resolver.cancel()
  try {
    resolver.setServers([server])
    if (source !== undefined) setSource(resolver, source)
    signal.addEventListener('abort', cancel)
    if (signal.aborted) return { type: 'failed', reason: 'cancelled' }
    const ask = family === 4 ? resolver.resolve4(name, { ttl: true }) : resolver.resolve6(name, { ttl: true })
    const records = await ask
    if (records.length === 0) return { type: 'nothing' }
    const ttlMs = Math.min(...records.map(({ ttl }) => ttl)) * 1_000
    return { type: 'addresses', addresses: records.map(({ address }) => address), ttlMs }
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
    if (NOTHING_CODES.has(code)) return { type: 'nothing' }
    return { type: 'failed', reason: typeof code === 'string' ? code : messageOf(thrown) }
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** The other family is left as it is: the only server has none of it. */
function setSource(resolver: Resolver, source: string): void {
  if (source.includes(':')) resolver.setLocalAddress('0.0.0.0', source)
  else resolver.setLocalAddress(source)
}
